// What the other files share: window.counterpart.
(() => {
  "use strict";

  const root = document.documentElement;
  root.dataset.js = "";

  const announcer = document.createElement("div");
  announcer.className = "vh";
  announcer.setAttribute("role", "status");
  document.body.append(announcer);

  // The token that every POST needs; its cookie cannot be read by scripts.
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  // An icon of the sprite, whose address the page knows.
  const icon = (name, size = "") => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    const sprite = document.querySelector("svg.i use").getAttribute("href").split("#")[0];
    use.setAttribute("href", `${sprite}#${name}`);
    svg.setAttribute("class", `i ${size}`.trim());
    svg.setAttribute("aria-hidden", "true");
    svg.append(use);
    return svg;
  };

  // Say something to screen readers alone.
  const announce = (text) => {
    announcer.textContent = "";
    setTimeout(() => (announcer.textContent = text), 50);
  };

  // Do something once to each element that matches, now and whenever htmx brings new ones.
  const enhance = (selector, change) => {
    const done = new WeakSet();
    const run = (scope) => {
      for (const found of [...(scope.matches?.(selector) ? [scope] : []), ...scope.querySelectorAll(selector)]) {
        if (!done.has(found)) {
          done.add(found);
          change(found);
        }
      }
    };
    run(document);
    document.addEventListener("htmx:load", (event) => run(event.detail.elt));
  };

  const setCookie = (name, value) => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
  };

  window.counterpart = { csrf, element, icon, announce, enhance, setCookie };

  // Where several ask for it, as an error above a conflict does, the first has the focus.
  enhance("[data-focus]", (found) => {
    if (!document.activeElement.matches("[data-focus]")) found.focus();
  });
})();
