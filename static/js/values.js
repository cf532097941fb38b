// The values of a log's rows: under the pointer, or chosen with the arrows, each can be asked for, left out or copied.
(() => {
  "use strict";

  const { announce, element, icon, onKey } = window.counterpart;
  const NOT = "-";

  const cellOf = (target) => target.closest?.(".entries td[data-name]");

  const address = (cell, sign) => {
    const { name, value } = cell.dataset;
    const url = new URL(cell.closest("[data-list]").dataset.list, location.href);
    const opposite = sign ? name : NOT + name;
    if (!url.searchParams.getAll(sign + name).includes(value)) url.searchParams.append(sign + name, value);
    url.searchParams.delete(opposite, value);
    return url.pathname + url.search;
  };
  const ask = (cell, sign) => window.counterpart.show(address(cell, sign));

  const button = (name, label, work) => {
    const made = element("button", { type: "button", title: label, ariaLabel: label }, icon(name, "s"));
    made.addEventListener("click", (event) => {
      event.preventDefault();
      work();
    });
    return made;
  };

  let tools = null;
  const hide = () => {
    tools?.remove();
    tools = null;
  };
  const copyButton = (cell) => {
    const made = element("button", { type: "button", className: "copy", title: "Copy (c)", ariaLabel: "Copy the value" }, icon("copy", "s"));
    made.dataset.copy = cell.dataset.value;
    return made;
  };
  const show = (cell) => {
    if (tools?.parentElement === cell) return;
    hide();
    tools = element(
      "div",
      { className: "value-tools" },
      button("plus", "Show only entries with this value (+)", () => ask(cell, "")),
      button("minus", "Leave out entries with this value (-)", () => ask(cell, NOT)),
      copyButton(cell),
    );
    tools.setAttribute("role", "group");
    tools.setAttribute("aria-label", "This value");
    cell.append(tools);
    // Cells are cut off at their edges, so the tools are placed within the row.
    const room = cell.classList.contains("num") ? cell.offsetWidth - tools.offsetWidth : 0;
    tools.style.left = `${cell.offsetLeft + room}px`;
  };

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const cell = cellOf(event.target);
    if (cell) show(cell);
    else if (!tools?.parentElement.contains(document.activeElement)) hide();
  });

  // A press beside a menu closes it, and does no more.
  let closesMenu = false;
  document.addEventListener(
    "pointerdown",
    () => (closesMenu = document.querySelector("details.menu[open], :popover-open") !== null),
    true,
  );

  // A press on a row opens its entry, unless it is on something else to press, or text is being selected.
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.(".entries tbody tr");
    if (!row || closesMenu || event.defaultPrevented || event.target.closest("a, button") || !getSelection().isCollapsed) return;
    row.querySelector(".row-link")?.click();
  });
  document.addEventListener("focusin", (event) => {
    const cell = cellOf(event.target);
    if (cell) show(cell);
    else hide();
  });

  // From the link of a row the arrows lead to its values, and between rows.
  const stops = (row) => [row.querySelector(".row-link"), ...row.querySelectorAll("td[data-name]")].filter(Boolean);
  const go = (stop) => {
    if (!stop) return;
    if (stop.matches("td")) stop.tabIndex = -1;
    stop.focus();
    if (stop.matches("td")) announce(`${stop.dataset.label}: ${stop.dataset.value.slice(0, 80)}. Plus, minus or c.`);
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const stop = event.target.closest?.(".entries td[data-name], .entries .row-link");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const row = stop?.closest("tr");
    if (!row || (stop !== event.target && !stop.matches(".row-link"))) return;
    if (event.key === "Escape" && stop.matches("td")) {
      event.preventDefault();
      return go(row.querySelector(".row-link"));
    }
    if (!step) return;
    event.preventDefault();
    go(stops(row)[stops(row).indexOf(stop) + step]);
  });

  const onCell = (work) => () => {
    const cell = cellOf(document.activeElement ?? document.body);
    if (cell) work(cell);
    return Boolean(cell);
  };
  onKey("+", onCell((cell) => ask(cell, "")));
  onKey("-", onCell((cell) => ask(cell, NOT)));
  // Elsewhere the letter means what the page has put on it.
  onKey("c", () => {
    const cell = cellOf(document.activeElement ?? document.body);
    const target = cell ? cell.querySelector("[data-copy]") : document.querySelector('[data-key="c"]');
    target?.click();
    return Boolean(target);
  });

  // Rows that are gone take the tools with them.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id === "results") hide();
  });
})();
