// Ticks in the list: a click with Shift ticks all rows between, the head ticks the page, x ticks the row in focus.
(() => {
  "use strict";

  const { announce, enhance, onKey } = window.counterpart;
  let last = null;

  const boxesOf = (form) => [...form.querySelectorAll("tbody .tick input")];

  const tell = (form) => {
    const boxes = boxesOf(form);
    const count = boxes.filter((box) => box.checked).length;
    const head = form.querySelector("[data-tick-all]");
    head.checked = count === boxes.length;
    head.indeterminate = count > 0 && count < boxes.length;
    form.querySelector("[data-ticked]").textContent = `${count} ticked`;
    return count;
  };

  const tickBetween = (form, one, other, ticked) => {
    const boxes = boxesOf(form);
    const [from, to] = [boxes.indexOf(one), boxes.indexOf(other)].sort((a, b) => a - b);
    if (from >= 0) for (const box of boxes.slice(from, to + 1)) box.checked = ticked;
  };

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("tbody .tick input");
    if (!box) return;
    if (event.shiftKey && last?.isConnected) tickBetween(box.form, last, box, box.checked);
    last = box;
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form.ticks");
    if (!form) return;
    if (event.target.matches("[data-tick-all]")) for (const box of boxesOf(form)) box.checked = event.target.checked;
    announce(`${tell(form)} ticked`);
  });

  onKey("x", () => {
    const box = document.activeElement.closest("tr")?.querySelector(".tick input");
    box?.click();
    return Boolean(box);
  });

  onKey("b", () => {
    const button = [...document.querySelectorAll(".bulkbar .primary")].find((found) => found.checkVisibility());
    button?.click();
    return Boolean(button);
  });

  enhance("form.ticks", tell);
  // The browser's Back button brings ticks back.
  window.addEventListener("pageshow", () => document.querySelectorAll("form.ticks").forEach(tell));
})();
