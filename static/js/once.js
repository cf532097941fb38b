// A form is sent once: a second press while the first is on its way does nothing.
(() => {
  "use strict";

  // Longer than the server takes for a change; after that the sending has been stopped or lost.
  const SECONDS = 10;

  const guarded = (form) =>
    form.method === "post" && !form.matches("[data-many], [hx-post]") && !form.closest("[hx-boost=true]");

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
    else {
      setSent(form, true);
      setTimeout(() => setSent(form, false), SECONDS * 1000);
    }
  });

  // The browser's Back button brings the page back as it was left.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => setSent(form, false));
  });
})();
