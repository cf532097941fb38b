// The zone in which a log's times are shown: that of the browser is offered besides the others.
(() => {
  "use strict";

  const { element, enhance } = window.counterpart;

  enhance("select[data-zones]", (select) => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!own) return;
    const words = `${own.replaceAll("_", " ")} (this browser)`;
    const found = [...select.options].find((option) => option.value === own);
    if (found) found.textContent = words;
    else select.append(element("option", { value: own }, words));
  });
})();
