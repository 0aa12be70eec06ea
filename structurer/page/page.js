(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const values = new Map(all("[data-v]").map((link) => [+link.dataset.v, link]));
  const details = new Map(all("[data-d]").map((part) => [+part.dataset.d, part]));
  const marks = all("[data-o]");
  const printed = new Map();
  for (const mark of marks) {
    for (const number of owners(mark)) {
      if (!printed.has(number)) printed.set(number, []);
      printed.get(number).push(mark);
    }
  }
  const listed = all(".items [data-to]").map((link) => +link.dataset.to);
  const open = [...new Set([...listed, ...all(".open[data-v]").map((link) => +link.dataset.v)])];
  const hint = document.querySelector(".hint");
  const toggle = document.querySelector("[data-sheet]");
  const narrow = matchMedia("(max-width: 800px)");
  let chosen = null;

  function owners(mark) {
    return mark.dataset.o.split(" ").map(Number);
  }

  function sheet(state) {
    root.dataset.sheet = state;
    toggle.setAttribute("aria-expanded", String(state !== "closed"));
    toggle.textContent = { closed: "open", half: "more", full: "close" }[state];
    toggle.setAttribute("aria-label", `${toggle.textContent} source`);
  }

  function clear() {
    for (const lit of all(".on, .near")) lit.classList.remove("on", "near");
    for (const link of all("[aria-current]")) link.removeAttribute("aria-current");
    if (chosen !== null) details.get(chosen).hidden = true;
    hint.hidden = false;
    chosen = null;
  }

  function around(value) {
    const row = value.closest(".r");
    return row ? all("[data-v]", row).flatMap((link) => printed.get(+link.dataset.v) || []) : [];
  }

  // Light a value and the places that print it; bring into view whichever side was not used.
  function choose(number, used) {
    const value = values.get(number);
    if (!value) return;
    clear();
    chosen = number;
    hint.hidden = true;
    details.get(number).hidden = false;
    details.get(number).parentElement.scrollTop = 0;
    const places = printed.get(number) || [];
    for (const place of places) place.classList.add("on");
    const near = places.length ? [] : around(value);
    for (const place of near) place.classList.add("near");
    value.classList.add("on");
    value.setAttribute("aria-current", "true");
    for (const link of all(`[data-to="${number}"]`)) link.classList.add("on");
    if (narrow.matches && root.dataset.sheet !== "half") sheet("half");
    stop(value);
    if (places.length) stop(places[0]);
    if (used !== "source") show(places[0] || near[0]);
    if (used !== "value") show(value);
  }

  function show(part) {
    if (part) part.scrollIntoView({ block: "center", inline: "nearest" });
  }

  // One stop a pane for the Tab key; the arrow keys go from value to value.
  function stop(link) {
    const [name, list] = link.dataset.o ? ["o", marks] : ["v", [...values.values()]];
    for (const other of list) other.tabIndex = -1;
    link.tabIndex = 0;
    return name;
  }

  function use(link) {
    if (link.dataset.o) {
      const known = owners(link);
      const next = link.classList.contains("on") ? known.indexOf(chosen) + 1 : 0;
      choose(known[next % known.length], "source");
    } else if (link.dataset.v) {
      choose(+link.dataset.v, "value");
    } else {
      choose(+link.dataset.to, "list");
    }
  }

  function neighbour(link, key) {
    const list = link.dataset.o ? marks : [...values.values()];
    const along = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    const cell = link.closest("td");
    if (cell && !link.dataset.o && (key === "ArrowDown" || key === "ArrowUp")) {
      const rows = all("tbody tr", cell.closest("table"));
      const column = cell.cellIndex;
      for (let at = rows.indexOf(cell.parentElement) + along; rows[at]; at += along) {
        const found = rows[at].cells[column]?.querySelector("[data-v]");
        if (found) return found;
      }
      const edge = all("[data-v]", cell.closest("table"));
      return list[list.indexOf(along > 0 ? edge[edge.length - 1] : edge[0]) + along];
    }
    return list[list.indexOf(link) + along];
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-o], [data-v], [data-to]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    use(link);
    const target = link.dataset.to ? values.get(+link.dataset.to) : link;
    target.focus({ preventScroll: true });
  });

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      clear();
      if (narrow.matches) sheet("closed");
      return;
    }
    const link = event.target.closest?.("[data-o], [data-v]");
    if (!link) return;
    if (event.key.startsWith("Arrow")) {
      const next = neighbour(link, event.key);
      if (!next) return;
      event.preventDefault();
      next.focus({ preventScroll: true });
      use(next);
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      // The second Enter on a lit value crosses to the other side.
      if (link.classList.contains("on")) {
        const other = link.dataset.o ? values.get(chosen) : printed.get(chosen)?.[0];
        other?.focus({ preventScroll: true });
      } else {
        use(link);
      }
    }
  });

  for (const button of all("[data-step]")) {
    button.hidden = !open.length;
    button.addEventListener("click", () => {
      const step = +button.dataset.step;
      const at = open.indexOf(chosen);
      const next = at < 0 ? (step > 0 ? 0 : open.length - 1) : (at + step + open.length) % open.length;
      choose(open[next], "list");
    });
  }
  toggle.addEventListener("click", () => {
    sheet({ closed: "half", half: "full", full: "closed" }[root.dataset.sheet]);
  });
  const fit = () => (toggle.hidden = !narrow.matches);
  narrow.addEventListener("change", fit);
  fit();
  root.classList.add("js");
  sheet("closed");
  for (const list of [marks, [...values.values()]]) if (list.length) stop(list[0]);
  const asked = /^#v([0-9]+)$/.exec(location.hash);
  if (asked) choose(+asked[1], "list");
})();
