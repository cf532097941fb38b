// Copy buttons: a tick for a moment, and a message; data-copied is said instead of what was copied.
(() => {
  "use strict";

  const { element, toast } = window.counterpart;

  // Outside of HTTPS browsers have no clipboard but the old command.
  const copyOldWay = (text) => {
    const area = element("textarea", { value: text, className: "vh", readOnly: true });
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied ? Promise.resolve() : Promise.reject(new Error("copying is not allowed"));
  };

  const copy = (text) => (navigator.clipboard ? navigator.clipboard.writeText(text) : copyOldWay(text));

  const tick = (button) => {
    const use = button.querySelector("use");
    const sprite = use.getAttribute("href").split("#")[0];
    button.classList.add("done");
    use.setAttribute("href", `${sprite}#check`);
    setTimeout(() => {
      button.classList.remove("done");
      use.setAttribute("href", `${sprite}#copy`);
    }, 1500);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.dataset.copy;
    try {
      await copy(text);
      tick(button);
      toast(button.dataset.copied ?? (text.length > 60 ? "Copied." : `Copied ${text}`), "success");
    } catch {
      toast("The browser did not allow copying. Select the text and copy it by hand.", "error");
    }
  });
})();
