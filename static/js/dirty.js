// Unsaved changes: the save bar says how many, leaving the page asks, Ctrl/Cmd+S saves.
(() => {
  "use strict";

  const SECONDS = 10;
  let leaving = false;

  const forms = () => [...document.querySelectorAll("form[data-dirty]")];

  // Compared with what the server sent, not with what the page held first: browsers bring input back by themselves.
  const differs = (control) => {
    if (!control.name || control.disabled || ["hidden", "submit"].includes(control.type)) return false;
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    if (control.type === "file") return control.files.length > 0;
    if (control.tagName !== "SELECT") return "defaultValue" in control && control.value !== control.defaultValue;
    const options = [...control.options];
    if (!control.multiple && !options.some((option) => option.defaultSelected)) return control.selectedIndex > 0;
    return options.some((option) => option.selected !== option.defaultSelected);
  };

  // A row counts once, whether it was added or removed.
  const countChanges = (form) => {
    const touched = (row) => row.hasAttribute("data-added") !== row.hasAttribute("data-removed");
    const rows = [...form.querySelectorAll("[data-row]")].filter(touched);
    const inRows = (control) => control.closest("[data-row]:is([data-added], [data-removed])") !== null;
    const changed = [...form.elements].filter((control) => differs(control) && !inRows(control));
    const radios = new Set(changed.filter((control) => control.type === "radio").map((control) => control.name));
    return rows.length + radios.size + changed.filter((control) => control.type !== "radio").length;
  };

  const update = (form) => {
    const count = countChanges(form);
    form.toggleAttribute("data-changed", count > 0);
    const words = form.querySelector("[data-dirty-count]");
    if (!words) return;
    words.dataset.rest ??= words.textContent;
    // What was typed before this page came cannot be counted.
    const counted = count > 0 && !form.hasAttribute("data-unsaved");
    words.textContent = counted ? `${count} unsaved ${count === 1 ? "change" : "changes"}` : words.dataset.rest;
  };

  // A form that came back with errors holds input that is saved nowhere.
  const unsaved = (form) => form.matches("[data-changed], [data-unsaved], :has(.problems)");

  for (const type of ["input", "change"]) {
    document.addEventListener(type, (event) => {
      const form = event.target.closest?.("form[data-dirty]");
      if (form) update(form);
    });
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-dirty]") || event.defaultPrevented) return;
    leaving = true;
    // Still here after that long: the sending was stopped, and the input is as unsaved as before.
    setTimeout(() => (leaving = false), SECONDS * 1000);
  });

  document.addEventListener("reset", (event) => {
    if (event.target.matches("form[data-dirty]")) setTimeout(() => update(event.target));
  });

  window.addEventListener("beforeunload", (event) => {
    if (!leaving && forms().some(unsaved)) event.preventDefault();
  });

  window.addEventListener("pageshow", () => {
    leaving = false;
    forms().forEach(update);
  });

  document.addEventListener("keydown", (event) => {
    const saves = event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey);
    if (!saves || event.shiftKey || event.altKey) return;
    const form = event.target.closest("form[data-dirty]") ?? forms()[0];
    // A form without a save bar takes a step that nobody takes by a habit of the fingers.
    const save = form?.querySelector(".savebar .primary");
    if (!save) return;
    event.preventDefault();
    form.requestSubmit(save);
  });

  forms().forEach(update);
})();
