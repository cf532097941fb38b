// Toasts go away by themselves, but not while they are read, and not where they tell of an error or offer something.
(() => {
  "use strict";

  const { element, enhance, icon } = window.counterpart;
  const SECONDS = 7;
  const MOST = 3;
  const ICONS = { error: "circle-alert", warning: "triangle-alert", success: "circle-check", info: "info" };

  const stays = (toast) => toast.dataset.tone === "error" || toast.querySelector(".toast-action") !== null;

  const letGo = (toast) => {
    let timer;
    const start = () => (timer = setTimeout(() => toast.remove(), SECONDS * 1000));
    const hold = () => clearTimeout(timer);
    for (const event of ["pointerenter", "focusin"]) toast.addEventListener(event, hold);
    for (const event of ["pointerleave", "focusout"]) toast.addEventListener(event, start);
    start();
  };

  enhance(".toast", (toast) => {
    if (!stays(toast)) letGo(toast);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest(".toast-close")) event.target.closest(".toast").remove();
  });

  // Show a message; `tone` is success, info, warning or error. Returns the toast.
  window.counterpart.toast = (text, tone = "info", ...more) => {
    const properties = { type: "button", className: "toast-close", ariaLabel: "Dismiss" };
    const close = element("button", properties, icon("x", "s"));
    const toast = element("div", { className: "toast" }, icon(ICONS[tone]), element("p", {}, text, ...more), close);
    toast.dataset.tone = tone;
    if (tone === "error") toast.setAttribute("role", "alert");
    const box = document.getElementById("toasts");
    const shown = [...box.children];
    for (const other of shown) if (other.querySelector("p").firstChild?.textContent === text) other.remove();
    if (shown.length >= MOST) shown.find((other) => !stays(other))?.remove();
    box.append(toast);
    if (!stays(toast)) letGo(toast);
    return toast;
  };
})();
