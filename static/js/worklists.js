// The worklists beside the page: the one whose list is shown is marked, also after htmx has changed the address.
(() => {
  "use strict";

  const lists = document.querySelector("[data-worklists]");
  if (!lists) return;

  const asked = (address) => {
    const query = new URLSearchParams(new URL(address, location.href).search);
    const wanted = [...query].filter(([name, value]) => value && name !== "page");
    return JSON.stringify(wanted.sort());
  };

  document.addEventListener("htmx:pushedIntoHistory", () => {
    for (const link of lists.querySelectorAll("a")) {
      const shown = link.pathname === location.pathname && asked(link.href) === asked(location.href);
      if (shown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  });

  // Nobody asked for the numbers, so nobody is told that they did not come.
  for (const type of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    lists.addEventListener(type, (event) => event.stopPropagation());
  }
})();
