// The price of what is typed is asked for in the background: what goes wrong with it is told in its place, quietly.
(() => {
  "use strict";

  const { element, enhance } = window.counterpart;

  const AGAIN = "Your session is not the one this page was opened in, so there is no price to show. Your entries stay here and are kept when you save.";
  const FAILED = "The price could not be worked out. It is tried again with your next change; your entries stay here.";

  enhance("[data-price]", (box) => {
    let shown;
    const fail = (text) => {
      shown = undefined;
      box.replaceChildren(element("p", { className: "hint" }, text));
    };

    box.addEventListener("htmx:beforeSwap", (event) => {
      const { status, responseText } = event.detail.xhr;
      if (status >= 400) {
        event.detail.isError = false;
        fail(status === 403 ? AGAIN : FAILED);
      } else if (responseText === shown) {
        // What is there already would be read aloud a second time.
        event.detail.shouldSwap = false;
      } else shown = responseText;
    });

    for (const type of ["htmx:sendError", "htmx:timeout"]) {
      box.addEventListener(type, (event) => {
        event.stopPropagation();
        fail(FAILED);
      });
    }
  });
})();
