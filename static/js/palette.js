// The palette: Ctrl/Cmd+K opens it, arrows choose, Enter goes. The server finds pages, actions and contracts; what the
// page at hand offers ([data-offers]) and the contracts opened last ([data-recent]) are added here.
(() => {
  "use strict";

  const { element, icon } = window.counterpart;

  const RECENT = "recent";
  const MOST_RECENT = 5;
  const NOTHING = "Nothing fits. Try a part of a name, an id, an e‑mail address or a tag.";
  const FAILED = "The server did not answer, so nothing can be found just now. Type on to try again.";

  const palette = document.getElementById("palette");
  // Nobody is signed in here, and names of customers are not for whoever comes next.
  if (!palette) return sessionStorage.removeItem(RECENT);

  const input = palette.querySelector("[role=combobox]");
  const list = palette.querySelector("[role=listbox]");
  const found = document.getElementById("palette-found");
  const line = palette.querySelector("[role=status]");
  const targets = new WeakMap();
  // What the server answers while nothing is typed; it is asked for once a page.
  let atRest;
  // An answer is still to come; Enter waits for it; the option that the arrows have reached.
  let due = false;
  let hurried = false;
  let walked = null;

  // The contracts opened last, of this user and in this tab alone ------------------------------------------

  const recent = () => {
    const kept = JSON.parse(sessionStorage.getItem(RECENT) ?? "null");
    return kept?.user === palette.dataset.user ? kept.contracts : [];
  };

  const opened = document.querySelector("[data-recent]");
  if (opened) {
    const here = { title: opened.dataset.recent, url: location.pathname };
    const contracts = [here, ...recent().filter(({ url }) => url !== here.url)].slice(0, MOST_RECENT + 1);
    sessionStorage.setItem(RECENT, JSON.stringify({ user: palette.dataset.user, contracts }));
  }

  // Options ------------------------------------------------------------------------------------------------

  const partsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const begins = (word) => partsOf(input.value).find((part) => word.toLowerCase().startsWith(part));
  const fits = (label) => partsOf(input.value).every((part) => partsOf(label).some((word) => word.startsWith(part)));

  const marked = (label) =>
    label.split(/(\s+)/).flatMap((word) => {
      const length = begins(word)?.length ?? 0;
      return length ? [element("mark", {}, word.slice(0, length)), word.slice(length)] : [word];
    });

  const option = (tag, label, drawing, properties) => {
    const made = element(tag, { tabIndex: -1, ...properties }, drawing, element("span", {}, ...marked(label)));
    made.setAttribute("role", "option");
    return made;
  };

  const offer = (target) => {
    const drawing = target.querySelector("svg.i")?.cloneNode(true) ?? icon("arrow-right");
    const made = option("button", target.textContent.trim(), drawing, { type: "button" });
    targets.set(made, target);
    return made;
  };

  const show = (name, options) => {
    const group = palette.querySelector(`[data-own=${name}]`);
    group.querySelector("div").replaceChildren(...options);
    group.hidden = options.length === 0;
  };

  // What needs no server follows each key at once.
  const showOwn = () => {
    const others = recent().filter(({ title, url }) => url !== location.pathname && fits(title));
    show("recent", others.map(({ title, url }) => option("a", title, icon("history"), { href: url })));
    const offered = [...document.querySelectorAll("[data-offers] :is(a, button)")];
    show("here", offered.filter(({ textContent }) => fits(textContent)).map(offer));
  };

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  const choose = (wanted) => {
    for (const other of options()) other.setAttribute("aria-selected", String(other === wanted));
    if (wanted) input.setAttribute("aria-activedescendant", wanted.id);
    else input.removeAttribute("aria-activedescendant");
  };

  const nameOf = (one) => one.href ?? one.textContent;

  // After a change of the options the first one is chosen, unless the arrows have been used meanwhile.
  const settle = () => {
    const all = options();
    all.forEach((one, index) => (one.id = `palette-option-${index}`));
    const same = all.find((one) => nameOf(one) === walked);
    choose(same ?? all[0]);
    if (!same) list.scrollTop = 0;
    list.hidden = all.length === 0;
    input.setAttribute("aria-expanded", String(all.length > 0));
    const said = found.querySelector("[data-line]")?.dataset.line;
    line.textContent = said ?? (all.length || due ? "" : NOTHING);
  };

  const walk = (index) => {
    const all = options();
    const wanted = all.at(index % all.length);
    choose(wanted);
    walked = wanted ? nameOf(wanted) : null;
    hurried = false;
    wanted?.scrollIntoView({ block: "nearest" });
  };

  // Opening and asking -------------------------------------------------------------------------------------

  const open = () => {
    input.value = "";
    walked = null;
    due = atRest === undefined;
    found.innerHTML = atRest ?? "";
    showOwn();
    settle();
    palette.showModal();
    if (due) window.htmx.trigger(input, "ask");
  };

  const toggle = () => (palette.open ? palette.close() : open());

  const answered = () => {
    due = false;
    settle();
    if (hurried) chosen()?.click();
    hurried = false;
  };

  const fail = () => {
    found.replaceChildren(element("div"));
    found.firstChild.dataset.line = FAILED;
    hurried = false;
    answered();
  };

  palette.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const asked = requestConfig.parameters.q ?? "";
    // The answer to what is not typed any more is of no use, and Enter must not follow it.
    if (asked !== input.value) event.detail.shouldSwap = event.detail.isError = false;
    else if (xhr.status >= 400) {
      event.detail.isError = false;
      fail();
    }
  });

  palette.addEventListener("htmx:afterSwap", () => {
    if (!input.value) atRest = found.innerHTML;
    answered();
  });

  for (const type of ["htmx:sendError", "htmx:timeout"]) {
    palette.addEventListener(type, (event) => {
      event.stopPropagation();
      fail();
    });
  }

  input.addEventListener("input", () => {
    due = true;
    hurried = false;
    walked = null;
    showOwn();
    settle();
  });

  palette.addEventListener("close", () => (due = hurried = false));

  // Keys and pointer ---------------------------------------------------------------------------------------

  const KEYS = {
    ArrowDown: () => walk(options().indexOf(chosen()) + 1),
    ArrowUp: () => walk(options().indexOf(chosen()) - 1),
    Home: () => walk(0),
    End: () => walk(-1),
    // Enter may come before the answer to what has been typed: then it waits for it.
    Enter: () => (due && walked === null ? (hurried = true) : chosen()?.click()),
  };

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (!Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  list.addEventListener("pointermove", (event) => {
    const wanted = event.target.closest("[role=option]");
    if (wanted && wanted !== chosen()) choose(wanted);
  });

  list.addEventListener("click", (event) => {
    const used = event.target.closest("[role=option]");
    if (!used) return;
    palette.close();
    targets.get(used)?.click();
  });

  document.addEventListener("keydown", (event) => {
    const asks = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (!asks || event.shiftKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    toggle();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) toggle();
    // The palette has no edge of its own, so what is pressed on itself lies beside it.
    else if (event.target === palette) palette.close();
  });
})();
