// The list of a log: leads it to other addresses for the files that follow, and tells in it what went wrong.
(() => {
  "use strict";

  const { element } = window.counterpart;

  // Show another list in the place of this one, as a link of the page would.
  window.counterpart.show = (url) => {
    const results = document.getElementById("results");
    const link = element("a", { href: url, hidden: true });
    for (const [name, value] of [["get", url], ["target", "#results"], ["push-url", "true"]]) {
      link.setAttribute(`hx-${name}`, value);
    }
    results.append(link);
    window.htmx.process(link);
    link.click();
  };

  // What an address asks for in vain, and what took too long, is told in the list's place.
  const TOLD = new Set([400, 503]);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (target?.id === "results" && TOLD.has(xhr.status) && !/^\s*<!doctype/i.test(xhr.responseText)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  // The chart knows how many entries there are, which the foot of the list tells as well; where counting over time
  // takes too long, counting alone may not.
  document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
    const total = document.getElementById("log-total");
    if (!total || !target.matches(".log-chart")) return;
    const counted = target.querySelector("[data-total]");
    if (counted) total.textContent = `of ${counted.dataset.total}`;
    else window.htmx.trigger(total, "uncounted");
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id === "log-total" && !detail.xhr.responseText.trim()) detail.shouldSwap = false;
  });
})();
