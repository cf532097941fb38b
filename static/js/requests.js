// What htmx could not load is told in a toast that stays, with the id under which the server noted it.
(() => {
  "use strict";

  const { element, icon, toast } = window.counterpart;

  const REASONS = {
    400: "The server did not understand the request.",
    403: "You are not allowed to do this.",
    404: "This is no longer there.",
    409: "Somebody else has changed this in the meantime. Reload the page.",
    429: "That was too often. Wait a moment and try again.",
    503: "MongoDB does not answer. Try again in a moment.",
  };

  const requestId = (id) => {
    if (!id) return [];
    const properties = { type: "button", className: "copy", ariaLabel: "Copy the request id" };
    const button = element("button", properties, icon("copy", "s"));
    button.dataset.copy = id;
    return [element("br"), "Request ", element("code", {}, id), button];
  };

  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    const reason = REASONS[status] ?? `The server answered with an error (${status}). Try again, or reload the page.`;
    toast(reason, "error", ...requestId(event.detail.xhr.getResponseHeader("X-Request-ID")));
  });

  document.addEventListener("htmx:sendError", () => {
    toast("The server could not be reached. Check your connection and try again.", "error");
  });

  document.addEventListener("htmx:timeout", () => toast("The server took too long to answer. Try again.", "error"));

  const pathOf = (address) => new URL(address, location.href).pathname;

  // A whole page from another address than was asked for is the sign-in: the session has ended.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo } = event.detail;
    const elsewhere = xhr.responseURL && pathOf(xhr.responseURL) !== pathOf(pathInfo.requestPath);
    if (elsewhere && xhr.status < 400 && /^\s*<!doctype/i.test(xhr.responseText)) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });

  // What is being loaded anew says so, and nothing of it afterwards: an element that bears a role's children has none.
  document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target?.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", ({ detail }) => detail.target?.removeAttribute("aria-busy"));

  // A filter that is not set has no place in the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") return;
    for (const [name, value] of [...event.detail.formData]) if (value === "") event.detail.formData.delete(name);
  });
})();
