// Rows of formsets: add one, remove one, take it back. Without JavaScript the server does the same.
(() => {
  "use strict";

  const { announce, element, enhance, icon } = window.counterpart;

  const rowsOf = (box) => [...box.querySelectorAll("[data-row]")];
  const management = (box, what) => box.querySelector(`[name="${CSS.escape(`${box.dataset.rows}-${what}`)}"]`);
  const deletion = (row) => row.querySelector('input[name$="-DELETE"]');
  const firstField = (row) => row.querySelector('input:not([type="hidden"], [name$="-DELETE"]), select, textarea');
  const nameOf = (box, row) => `${box.dataset.rowName || "Row"} ${rowsOf(box).indexOf(row) + 1}`;
  const changed = (box) => box.dispatchEvent(new Event("change", { bubbles: true }));

  const button = (className, ariaLabel, content) => element("button", { type: "button", className, ariaLabel }, content);

  const setRemoved = (box, row, removed) => {
    deletion(row).checked = removed;
    row.toggleAttribute("data-removed", removed);
    changed(box);
  };

  // Put a button and the line "Removed · Undo" in place of the checkbox.
  const equip = (box, row) => {
    const checkbox = deletion(row);
    row.setAttribute("aria-label", nameOf(box, row));
    if (!checkbox || row.querySelector(".remove-row")) return;
    checkbox.closest(".remove").hidden = true;
    const name = nameOf(box, row);
    const remove = button("btn ghost icon remove-row", `Remove ${name}`, icon("trash-2"));
    const undo = button("btn ghost small", `Undo the removal of ${name}`, "Undo");
    remove.title = "Remove";
    row.append(remove, element("p", { className: "removed" }, `${name} removed`, " · ", undo));
    remove.addEventListener("click", () => {
      setRemoved(box, row, true);
      undo.focus();
      announce(`${name} removed.`);
    });
    undo.addEventListener("click", () => {
      setRemoved(box, row, false);
      firstField(row)?.focus();
      announce(`${name} is back.`);
    });
    row.toggleAttribute("data-removed", checkbox.checked);
  };

  // Where a tier ends, the next begins: at the same value, or one further.
  const prefill = (box, row) => {
    const before = rowsOf(box).filter((other) => other !== row && !other.hasAttribute("data-removed")).at(-1);
    const end = before?.querySelector("[data-to]")?.value.trim();
    const start = row.querySelector("[data-from]");
    if (!end || !start) return;
    const counts = box.dataset.step === "1" && /^\d+$/.test(end);
    start.value = counts ? String(BigInt(end) + 1n) : end;
  };

  const add = (box) => {
    const total = management(box, "TOTAL_FORMS");
    const most = Number(management(box, "MAX_NUM_FORMS")?.value || Infinity);
    const index = Number(total.value);
    if (index >= most) return announce(`No more than ${most} are possible.`);
    const made = document.createElement("template");
    made.innerHTML = box.querySelector("[data-row-template]").innerHTML.replaceAll("__prefix__", String(index));
    const row = made.content.querySelector("[data-row]");
    row.dataset.added = "";
    row.classList.add("added");
    box.querySelector(".rows").append(row);
    total.value = String(index + 1);
    equip(box, row);
    prefill(box, row);
    changed(box);
    const first = firstField(row);
    first?.focus();
    // What was filled in beforehand gives way to what is typed.
    first?.select?.();
    announce(`${nameOf(box, row)} added.`);
  };

  enhance("[data-rows]", (box) => rowsOf(box).forEach((row) => equip(box, row)));

  document.addEventListener("click", (event) => {
    const adding = event.target.closest("[data-add-row]");
    if (!adding) return;
    event.preventDefault();
    add(adding.closest("[data-rows]"));
  });
})();
