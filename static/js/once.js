// A form is sent once: a second press while the first is on its way does nothing.
(() => {
  "use strict";

  const guarded = (form) =>
    form.method === "post" && !form.hasAttribute("data-many") && !form.closest("[hx-boost=true]") && !form.matches("[hx-post]");

  const setSent = (form, sent) => {
    form.toggleAttribute("data-sent", sent);
    for (const button of form.querySelectorAll("button:not([type=button])")) {
      if (sent) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!guarded(form) || event.defaultPrevented) return;
    if (form.hasAttribute("data-sent")) event.preventDefault();
    else setSent(form, true);
  });

  // The browser's Back button brings the page back as it was left.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => setSent(form, false)));
})();
