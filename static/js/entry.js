// The panel of an entry beside the list: keys step to the next one, Esc closes it, and the focus goes along.
(() => {
  "use strict";

  const { announce } = window.counterpart;

  const panel = () => document.getElementById("entry");
  const shown = () => panel()?.querySelector("[data-entry]");
  const links = () => [...document.querySelectorAll("tr[data-id] .row-link")];
  const linkOf = (id) => links().find((link) => link.closest("tr").dataset.id === id);
  const singleKeys = () => !/(?:^|; )keys=off(?:;|$)/.test(document.cookie);
  const typing = (target) =>
    target.isContentEditable || target.closest("input:not([type=checkbox], [type=radio]), textarea, select") !== null;

  // The row whose entry is open says so.
  const mark = () => {
    const current = shown() && linkOf(shown().dataset.entry);
    for (const link of links()) {
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    return current;
  };

  const withoutEntry = () => {
    const url = new URL(location.href);
    url.searchParams.delete("entry");
    return url.pathname + url.search;
  };

  const close = () => {
    const link = linkOf(shown().dataset.entry);
    panel().replaceChildren();
    mark();
    history.replaceState(history.state, "", withoutEntry());
    (link ?? document.getElementById("main")).focus();
    announce("Entry closed.");
  };

  // The row after or before in the list; beyond its end, what the server says comes next.
  const step = (by) => {
    const all = links();
    const at = all.indexOf(linkOf(shown().dataset.entry));
    const beside = at < 0 ? null : all[at + by];
    const next = beside ?? shown().querySelector(by > 0 ? "a[rel=next]" : "a[rel=prev]");
    if (next) next.click();
    else announce(by > 0 ? "This is the last entry." : "This is the first entry.");
  };

  const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

  // Before the keys of the list, which would move the focus alone.
  document.addEventListener("keydown", (event) => {
    if (!shown() || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
    if (typing(event.target) || document.querySelector("dialog[open], :popover-open")) return;
    if (event.key === "Escape") close();
    else if (event.key in STEPS && (event.key.length > 1 ? event.target.id === "entry-h" : singleKeys())) step(STEPS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close-entry]")) return;
    event.preventDefault();
    close();
  });

  // What the button says is what it does.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unfold]");
    if (!button) return;
    const isOpen = button.textContent === "Unfold all";
    const part = button.closest("section");
    for (const one of part.querySelectorAll("details:not(.more)")) one.open = isOpen;
    button.textContent = isOpen ? "Fold all" : "Unfold all";
  });

  // That an entry is gone is told in its place.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (target !== panel() || xhr.status !== 404 || /^\s*<!doctype/i.test(xhr.responseText)) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== panel()) {
      // The list may have come anew, around the entry that is still open.
      if (shown()) mark();
      return;
    }
    const current = mark();
    // Where there is no room for both, the list is hidden while an entry is open.
    if (current?.checkVisibility()) current.scrollIntoView({ block: "nearest" });
    else if (!document.getElementById("entries").checkVisibility()) panel().scrollIntoView();
    panel().scrollTop = 0;
    panel().querySelector("#entry-h")?.focus({ preventScroll: true });
  });
})();
