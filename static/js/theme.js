// The colours change at once; the server keeps the choice in a cookie, so the next page is right from its first byte.
(() => {
  "use strict";

  const show = (theme) => {
    document.documentElement.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-theme-form] [name=theme]")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    show(event.submitter.value);
    const sent = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, event.submitter),
      redirect: "manual",
    }).catch(() => null);
    if (!sent || sent.status >= 400) window.counterpart.toast("Your choice of colours could not be kept.", "error");
  });
})();
