// The chart of a log: a bar is a link to its piece of time; drawn over, the list shows what lies in between.
(() => {
  "use strict";

  const { enhance } = window.counterpart;
  const THRESHOLD = 5;

  const address = (chart, from, to) => {
    const url = new URL(chart.dataset.zoom, location.href);
    url.searchParams.set("from", from);
    url.searchParams.set("to", to);
    return url.pathname + url.search;
  };

  enhance(".log-bars", (chart) => {
    const brush = chart.querySelector(".brush");
    const pieces = [...chart.querySelectorAll("g[data-from]")];
    const links = [...chart.querySelectorAll("a")];
    let start = null;
    let isDrawn = false;

    // What a bar tells stands above the chart while the pointer or the focus is on it.
    const readout = chart.parentElement.querySelector(".readout");
    const read = (piece) => {
      const words = piece?.dataset.said ?? piece?.querySelector("a")?.getAttribute("aria-label") ?? "";
      readout.textContent = words;
    };
    for (const name of ["pointerover", "focusin"]) {
      chart.addEventListener(name, (event) => read(event.target.closest("g[data-from]")));
    }
    chart.addEventListener("pointerleave", () => read(null));
    chart.addEventListener("focusout", () => read(null));

    // One stop for Tab; arrows go from bar to bar.
    links.forEach((link, at) => link.setAttribute("tabindex", at ? "-1" : "0"));
    chart.addEventListener("keydown", (event) => {
      const at = links.indexOf(document.activeElement);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1 }[event.key];
      if (at < 0 || !links[next]) return;
      event.preventDefault();
      links.forEach((link, other) => link.setAttribute("tabindex", other === next ? "0" : "-1"));
      links[next].focus();
    });

    const place = (event) => {
      const box = chart.getBoundingClientRect();
      return Math.min(Math.max(event.clientX - box.left, 0), box.width);
    };
    const end = () => {
      start = null;
      brush.removeAttribute("width");
    };
    const draw = (to) => {
      brush.setAttribute("x", Math.min(start, to));
      brush.setAttribute("width", Math.abs(to - start));
    };

    // A finger reads a bar first; pressed again, the bar zooms.
    let isTouch = false;
    let tapped = null;
    chart.addEventListener("focusout", () => (tapped = null));
    chart.addEventListener("pointerdown", (event) => {
      isTouch = event.pointerType === "touch";
      if (event.button !== 0 || event.pointerType === "touch") return;
      start = place(event);
      isDrawn = false;
    });
    chart.addEventListener("pointermove", (event) => {
      if (start === null) return;
      if (!isDrawn && Math.abs(place(event) - start) < THRESHOLD) return;
      if (!isDrawn) chart.setPointerCapture(event.pointerId);
      isDrawn = true;
      draw(place(event));
    });
    chart.addEventListener("pointerup", (event) => {
      if (start === null || !isDrawn) return end();
      const { width } = chart.getBoundingClientRect();
      const numbers = [start, place(event)].sort((one, other) => one - other);
      const [first, last] = numbers.map((x) => Math.min(Math.floor((x / width) * pieces.length), pieces.length - 1));
      end();
      window.counterpart.show(address(chart, pieces[first].dataset.from, pieces[last].dataset.to));
    });
    chart.addEventListener("pointercancel", end);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || start === null) return;
      event.preventDefault();
      isDrawn = true;
      end();
    });
    // Links of a drawing can be dragged away, and followed after one has drawn over them.
    chart.addEventListener("dragstart", (event) => event.preventDefault());
    chart.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      const piece = event.target.closest("g[data-from]");
      if (isDrawn) event.preventDefault();
      else if (isTouch && piece !== tapped) {
        event.preventDefault();
        tapped = piece;
        read(piece);
      } else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        window.counterpart.show(link.getAttribute("href"));
      }
      isDrawn = false;
    });
  });
})();
