// The bar under the pointer, in words: in the element whose id is the chart's with "-readout".
(() => {
  "use strict";

  const { element } = window.counterpart;
  const atRest = new WeakMap();

  const readoutOf = (chart) => document.getElementById(`${chart.id}-readout`);

  document.addEventListener("pointerover", (event) => {
    const column = event.target.closest?.("svg.chart .column");
    const readout = column && readoutOf(column.closest("svg"));
    if (!readout) return;
    if (!atRest.has(readout)) atRest.set(readout, [...readout.childNodes]);
    readout.replaceChildren(element("b", {}, column.dataset.text), ` ${column.dataset.label}`);
  });

  document.addEventListener("pointerout", (event) => {
    const chart = event.target.closest?.("svg.chart");
    if (!chart || chart.contains(event.relatedTarget)) return;
    const readout = readoutOf(chart);
    if (readout && atRest.has(readout)) readout.replaceChildren(...atRest.get(readout));
  });
})();
