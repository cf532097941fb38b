// What has data-open opens the dialog of that id; without JavaScript a link goes to the page that does the same.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    const dialog = opener && document.getElementById(opener.dataset.open);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    } else if (event.target.closest("[data-close]") || event.target.matches("dialog.keys")) {
      event.target.closest("dialog").close();
    }
  });
})();
