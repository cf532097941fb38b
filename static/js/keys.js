// Shortcuts. Single keys can be turned off (WCAG 2.1.4): the switch is in the dialog that lists them.
(() => {
  "use strict";

  const { setCookie } = window.counterpart;
  const LEAD_SECONDS = 1.2;
  const works = new Map();
  let leading = 0;

  // What other files do at a single key: the work tells whether there was anything to do.
  window.counterpart.onKey = (key, work) => works.set(key, work);

  const singleKeys = () => !/(?:^|; )keys=off(?:;|$)/.test(document.cookie);

  const typing = (target) =>
    target.isContentEditable || target.closest("input:not([type=checkbox], [type=radio]), textarea, select") !== null;

  const use = (found) => {
    if (found.matches("input")) {
      found.focus();
      found.select();
    } else {
      found.click();
    }
  };

  const walk = (step) => {
    const links = [...document.querySelectorAll("main .row-link")].filter((link) => link.checkVisibility());
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
    next?.focus();
    return links.length > 0;
  };

  const press = (key) => {
    if (leading > Date.now()) {
      leading = 0;
      const target = [...document.querySelectorAll("[data-go]")].find((link) => link.dataset.go === key);
      target?.click();
      return Boolean(target);
    }
    if (key === "g") {
      leading = Date.now() + LEAD_SECONDS * 1000;
      return true;
    }
    if (key === "j" || key === "k") return walk(key === "j" ? 1 : -1);
    if (works.has(key)) return works.get(key)();
    const target = [...document.querySelectorAll("[data-key]")].find((found) => found.dataset.key === key);
    if (target) use(target);
    return Boolean(target);
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target) || document.querySelector("dialog[open]") || !singleKeys()) return;
    if (press(event.key)) event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-single-keys]")) setCookie("keys", event.target.checked ? "on" : "off");
  });
})();
