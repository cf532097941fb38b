// The live tail of a log: rows come in as they are written. It holds them back while somebody reads, and goes on
// where it was after the connection was lost: what comes twice is told by its id.
(() => {
  "use strict";

  const { announce, element, enhance } = window.counterpart;
  const EVERY = 2000;
  const PATIENCE = 10_000;
  const LONGEST_WAIT = 30_000;
  const MOST_HELD = 1000;
  const MOST_SHOWN = 1000;
  // The server repeats what came in the round before.
  const ROUNDS_KNOWN = 2;
  const READING_AT = 120;
  // The chart and the values beside the list follow the rows at most this often.
  const COUNTED_EVERY = 15_000;
  const COUNTED = "#results :is(.log-chart, .facet):not(:has(.late))";

  // No number where the time is no date of the calendar: nothing is above it or below it.
  const times = new WeakMap();
  const names = new WeakMap();
  const timeOf = (row) => {
    if (!times.has(row)) times.set(row, Date.parse(row.cells[0].querySelector("time")?.dateTime ?? ""));
    return times.get(row);
  };
  // A row that has no id is known by what it said when it came.
  const nameOf = (row) => {
    if (!names.has(row)) names.set(row, row.dataset.id || row.textContent);
    return names.get(row);
  };
  const isAbove = (row, other) => {
    const [one, two] = [timeOf(row), timeOf(other)];
    return one > two || (one === two && nameOf(row) > nameOf(other));
  };
  const inWords = (number) => `${number.toLocaleString("en")} new`;

  const start = (box) => {
    const state = box.querySelector(".live-state");
    const words = box.querySelector("[data-words]");
    const pause = box.querySelector("[data-pause]");
    const news = box.querySelector("[data-news]");
    const pill = document.querySelector("[data-pill]");
    const body = () => document.querySelector("#results tbody");
    const seen = new Map();
    let { cursor } = box.dataset;
    let on = "";
    let round = 0;
    let isCut = false;
    let held = [];
    let isPaused = false;
    let failures = 0;
    let problem = "";
    let isStopped = false;
    let timer = 0;
    let isAsking = false;
    let isPressed = false;
    let heard = 0;
    let behind = new Set();
    let counted = Date.now();
    const gone = new AbortController();
    const { signal } = gone;

    const say = (name, text) => {
      state.dataset.state = pill.dataset.state = name;
      if (words.textContent !== text) words.textContent = text;
      // The state is out of sight where one has scrolled away from it, and that is what holds rows back.
      const told = name === "paused" && held.length ? news.textContent : text;
      pill.hidden = scrollY <= READING_AT;
      if (pill.lastElementChild.textContent !== told) pill.lastElementChild.textContent = told;
    };

    const isRead = () =>
      isPaused || scrollY > READING_AT || document.querySelector("#entry")?.childElementCount > 0 || isPressed;

    const shown = () => [...(body()?.rows ?? [])];

    // What belongs below the last row of many stands on the next page.
    const isBeyond = (row) => {
      const last = body()?.rows[body().rows.length - 1];
      return last && (isCut || document.querySelector("#results .pager [rel=next]")) && isAbove(last, row);
    };

    // The rows that are held, each in its place, in one walk down the list.
    const put = () => {
      const now = Date.now();
      let other = body().firstElementChild;
      let newest = -Infinity;
      for (const row of held.sort((one, two) => (isAbove(one, two) ? -1 : 1))) {
        for (; other && !isAbove(row, other); other = other.nextElementSibling) {
          // A writer's clock may be ahead, and what is below its entries is not late for that.
          if (timeOf(other) <= now) newest = Math.max(newest, timeOf(other));
        }
        if (newest > timeOf(row)) {
          row.cells[0].append(" ", element("small", { className: "late-word" }, "late"));
        }
        row.classList.add("added");
        body().insertBefore(row, other);
        window.htmx.process(row);
      }
      heard += held.length;
      held = [];
    };

    // The page no longer is what was counted when it was loaded.
    const recount = () => {
      const foot = document.querySelector("#results .pager");
      const number = foot?.querySelector("p b");
      if (!number) return;
      number.textContent = shown().length.toLocaleString("en");
      const total = foot.querySelector("#log-total");
      if (total) total.textContent = "";
      foot.querySelector("nav")?.toggleAttribute("hidden", isCut);
    };

    const release = () => {
      if (!held.length) return;
      if (!body()) return location.reload();
      put();
      const beyond = shown().slice(MOST_SHOWN);
      beyond.forEach((row) => row.remove());
      isCut ||= beyond.length > 0;
      recount();
      behind = new Set(document.querySelectorAll(COUNTED));
    };

    const show = () => {
      if (!isRead()) release();
      news.hidden = !held.length;
      news.textContent = held.length < MOST_HELD ? inWords(held.length) : `${MOST_HELD.toLocaleString("en")}+ new`;
      if (isStopped) say("stopped", problem);
      else if (failures) say("lost", problem);
      else if (isRead()) say("paused", isPaused ? "Paused" : "Waiting while you read");
      else say("live", "Live");
    };

    const take = (table) => {
      for (const row of [...table.tBodies[0].rows]) {
        const name = nameOf(row);
        if (!seen.has(name) && !isBeyond(row)) held.push(document.adoptNode(row));
        seen.set(name, round);
      }
      ({ cursor, on } = table.dataset);
      if (on) return;
      round += 1;
      // A writer's clock may be far ahead: its entry is on the page long before the server tells of it.
      const here = new Set([...shown(), ...held].map(nameOf));
      for (const [name, last] of seen) if (last < round - ROUNDS_KNOWN && !here.has(name)) seen.delete(name);
    };

    const stop = (text) => {
      isStopped = true;
      problem = text;
      pause.hidden = true;
    };

    const reach = async (address) => {
      try {
        const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(PATIENCE) });
        return { status: answer.status, text: await answer.text() };
      } catch {
        throw new Error("Connection lost. Trying again…");
      }
    };

    const ask = async () => {
      const address = new URL(box.dataset.live, location.href);
      address.searchParams.set("since", cursor);
      if (on) address.searchParams.set("on", on);
      const { status, text } = await reach(address);
      if (status === 401 || status === 403) return stop("Your session has ended. Reload the page.");
      if (status === 400) return stop("The tail cannot go on. Reload the page.");
      const table = new DOMParser().parseFromString(text, "text/html").querySelector("table[data-cursor]");
      if (status !== 200 || !table) throw new Error("The server cannot answer. Trying again…");
      take(table);
    };

    // What counts the rows does so again where it is seen, unless somebody is on it.
    const recountPart = async (part) => {
      const { status, text } = await reach(part.getAttribute("hx-get")).catch(() => ({}));
      if (status !== 200) behind.add(part);
      else if (!signal.aborted) window.htmx.swap(part, text, { swapStyle: "innerHTML" }, { eventInfo: { target: part } });
    };
    const catchUp = () => {
      if (failures || Date.now() - counted < COUNTED_EVERY) return;
      for (const part of behind) {
        if (!part.checkVisibility() || part.matches(":hover, :focus-within")) continue;
        behind.delete(part);
        counted = Date.now();
        recountPart(part);
      }
    };

    const waitFor = () => {
      if (failures) return Math.min(EVERY * 2 ** (failures - 1), LONGEST_WAIT);
      return on && held.length < MOST_HELD ? 0 : EVERY;
    };

    const poll = async () => {
      if (!box.isConnected) gone.abort();
      if (signal.aborted || isAsking || isStopped) return;
      isAsking = true;
      try {
        if (held.length < MOST_HELD) await ask();
        failures = 0;
      } catch (error) {
        problem = error.message;
        failures += 1;
      }
      isAsking = false;
      if (signal.aborted) return;
      show();
      if (isStopped) return;
      catchUp();
      clearTimeout(timer);
      timer = setTimeout(poll, waitFor());
    };

    const press = (event) => (isPressed = Boolean(event.target.closest?.("#results tbody")));
    const letGo = () => {
      // A press may have begun a selection, which new rows would move away.
      isPressed = !document.getSelection().isCollapsed;
      show();
    };
    document.addEventListener("pointerdown", press, { signal });
    document.addEventListener("pointerup", letGo, { signal });
    document.addEventListener("pointercancel", letGo, { signal });
    document.addEventListener("scroll", show, { passive: true, signal });
    window.addEventListener("online", () => failures && poll(), { signal });
    // Another list has a tail of its own; an answer that takes no place leaves this one where it was.
    document.addEventListener(
      "htmx:beforeSwap",
      ({ detail }) => detail.target.id === "results" && detail.shouldSwap && gone.abort(),
      { signal },
    );
    signal.addEventListener("abort", () => (pill.hidden = true));

    const hold = (isOn) => {
      isPaused = isOn;
      pause.textContent = isOn ? "Resume" : "Pause";
    };
    pause.addEventListener("click", () => {
      hold(!isPaused);
      show();
    });

    const lookUp = () => {
      hold(false);
      scrollTo(0, 0);
      release();
      show();
    };
    news.addEventListener("click", lookUp);
    pill.addEventListener("click", lookUp, { signal });

    // Now and then somebody who cannot see the rows hears how many there were.
    const teller = setInterval(() => {
      if (signal.aborted) return clearInterval(teller);
      if (heard) announce(inWords(heard));
      heard = 0;
    }, 5 * EVERY);

    for (const row of shown()) seen.set(nameOf(row), round);
    timer = setTimeout(poll, EVERY / 4);
  };

  enhance("[data-live]", start);
})();
