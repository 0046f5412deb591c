"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const facts = JSON.parse($("facts").textContent);
  const { boxes, lines, needs, statements, exits, steps } = facts;
  const view = $("view");
  const svg = view.querySelector("svg");

  /** An element with attributes and children; texts become text, never markup. */
  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
    made.append(...children.flat().filter((child) => child !== null));
    return made;
  }

  /** A count with its unit, as the rest of msdl writes it. */
  function amount(number) {
    for (const [size, digits, unit] of [[1e9, 3, "G"], [1e6, 2, "M"], [1e3, 1, "K"]]) {
      if (number >= size) return (number / size).toFixed(digits) + unit;
    }
    return String(number);
  }

  const exact = (number) => number.toLocaleString("en");
  const plural = (count, word) => `${exact(count)} ${word}${count === 1 ? "" : "s"}`;

  // What belongs to what

  const drawn = new Map([...svg.querySelectorAll(".node[id], .edge[id]")].map((each) => [each.id, each]));
  const nodes = boxes.map((box) => drawn.get(box.id));
  const edges = lines.map((line) => drawn.get(line.id));
  const into = boxes.map(() => []);
  const outOf = boxes.map(() => []);
  lines.forEach((line, number) => {
    into[line.target].push(number);
    for (const source of line.sources) outOf[source].push(number);
  });

  // The cell that is looked at

  let hovered = null, focused = null, kept = null, chosen = null, lit = [];

  function look() {
    const shown = hovered ?? kept ?? focused;
    for (const each of lit) each?.classList.remove("lit", "input", "reader", "shown");
    lit = [];
    svg.classList.toggle("lighting", shown !== null);
    if (shown === null) return mark([]);
    const light = (each, name) => { each?.classList.add(name); lit.push(each); };
    light(nodes[shown], "shown");
    for (const number of into[shown]) {
      light(edges[number], "lit");
      for (const source of lines[number].sources) light(nodes[source], "input");
    }
    for (const number of outOf[shown]) {
      light(edges[number], "lit");
      light(nodes[lines[number].target], "reader");
    }
    tell(shown);
    const written = statements[boxes[shown].statement];
    mark(written.lines ?? []);
  }

  /** What a click and Enter do: an exit is chosen, a cell stays in the panel until it is clicked again. */
  function pick(number) {
    const { exit } = boxes[number];
    if (steps && exit !== null) return choose(exit);
    kept = kept === number ? null : number;
    select();
    look();
  }

  function select() {
    const selected = ({ role, exit }, number) => number === kept || (role === "exit" && exit === chosen);
    nodes.forEach((node, number) => node?.setAttribute("aria-selected", String(selected(boxes[number], number))));
  }

  /** The panel's words about a box. */
  function tell(number) {
    const box = boxes[number];
    const rows = [];
    const row = (term, ...said) => rows.push(element("dt", {}, term), element("dd", {}, ...said));
    row("place", box.place);
    if (box.op) row("op", element("span", { class: "text" }, box.op));
    row("shape", shape(box));
    if (box.shape && (box.role !== "exit" || box.parameters || box.macs)) {
      row("parameters", exact(box.parameters));
      row("MACs", exact(box.macs), share(box));
    }
    row("needed by", needers(box));
    if (firstStep.get(number)) row("computed", `for ${exits[sectionOf.get(number)].name}, step ${firstStep.get(number)}`);
    const inputs = connections(into[number], (line) => line.sources);
    if (inputs.length) row("reads", element("ul", { class: "input" }, inputs));
    const readers = connections(outOf[number], (line) => [line.target]);
    if (readers.length) row("read by", element("ul", { class: "reader" }, readers));
    const written = statements[box.statement];
    row("written", element("span", { class: "text" }, written.text), element("span", { class: "quiet" }, ` ${whereabouts(written)}`));
    const role = box.role === "exit" ? exits[box.exit].name : box.role;
    const heading = element("p", { class: "id" }, box.id, element("small", {}, role));
    const mistake = box.mistake ? element("p", { class: "mistake" }, box.mistake) : null;
    $("panel").replaceChildren(...[heading, mistake, element("dl", {}, rows)].filter(Boolean));
  }

  function whereabouts({ lines, place }) {
    if (!lines) return place;
    return lines[0] === lines[1] ? `line ${lines[0]}` : `lines ${lines[0]}\u2013${lines[1]}`;
  }

  function shape({ shape }) {
    if (shape === null) return "not known, because of an error";
    const [channels, height, width] = shape;
    return height === undefined ? `${exact(channels)} numbers` : `${plural(channels, "channel")} of ${height} x ${width}`;
  }

  function share(box) {
    if (!total || !box.macs) return null;
    return element("span", { class: "quiet" }, ` ${((100 * box.macs) / total).toFixed(1)}% of the whole`);
  }

  function needers(box) {
    const by = needs[box.needs];
    if (!by.length) return "no exit";
    const said = runs(by).map(([low, high]) => (low === high ? exits[low].name : `${exits[low].name} to ${exits[high].name}`));
    return said.join(", ");
  }

  /** An item for each kind of line, with all the boxes at their other ends. */
  function connections(numbers, ends) {
    const kinds = new Map();
    for (const number of numbers) {
      const { kind } = lines[number];
      kinds.set(kind, [...(kinds.get(kind) ?? []), ...ends(lines[number])]);
    }
    return [...kinds].map(([kind, found]) => {
      const sample = document.querySelector(`.legend [data-kind="${kind}"] svg`)?.cloneNode(true) ?? null;
      return element("li", {}, sample, element("span", {}, element("span", { class: "quiet" }, `${kind}: `), ranges(found)));
    });
  }

  /** `scale 1: layers 0-3, 5; stem`: cells of the grid by scale, others by their ids. */
  function ranges(numbers) {
    const scales = new Map(), others = [];
    for (const box of [...new Set(numbers)].map((number) => boxes[number])) {
      const onGrid = box.role === "cell" && box.id === `layer${box.layer}.scale${box.scale}`;
      if (onGrid) scales.set(box.scale, [...(scales.get(box.scale) ?? []), box.layer]);
      else others.push(box.role === "exit" ? exits[box.exit].name : box.id);
    }
    const said = [...scales].sort(([a], [b]) => a - b).map(([scale, layers]) => {
      const parts = runs(layers.sort((a, b) => a - b)).map(([low, high]) => (low === high ? `${low}` : `${low}\u2013${high}`));
      return `scale ${scale}, layer${layers.length === 1 ? "" : "s"} ${parts.join(", ")}`;
    });
    const few = others.length > 8 ? [...others.slice(0, 6), `${others.length - 6} more`] : others;
    return [...few, ...said].join("; ");
  }

  /** Rising numbers as stretches without gaps. */
  function runs(numbers) {
    const found = [];
    for (const number of numbers) {
      const last = found.at(-1);
      if (last && last[1] + 1 === number) last[1] = number;
      else found.push([number, number]);
    }
    return found;
  }

  // The spec

  let marked = [];

  function mark(stretch) {
    for (const line of marked) line.classList.remove("marked");
    const [first, last] = stretch;
    marked = [];
    for (let number = first; number <= last; number++) {
      const line = $(`line-${number}`);
      if (line) marked.push(line);
    }
    for (const line of marked) line.classList.add("marked");
    if (marked.length) reveal($("source"), marked[0], marked.at(-1));
  }

  /** Scrolls a pane, and it alone, until it shows two elements and all between them, or the first. */
  function reveal(pane, first, last = first) {
    const frame = pane.getBoundingClientRect(), from = first.getBoundingClientRect(), to = last.getBoundingClientRect();
    const needed = (low, high, start, end) => (low < start || high - low > end - start ? low - start - 24 : high > end ? high - end + 24 : 0);
    if (from.top < frame.top || to.bottom > frame.bottom) pane.scrollTop += needed(from.top, to.bottom, frame.top, frame.bottom);
    if (pane === view && (from.left < frame.left || to.right > frame.right)) pane.scrollLeft += needed(from.left, to.right, frame.left, frame.right);
  }

  for (const button of all(".remarks [data-line]")) {
    $(`line-${button.dataset.line}`)?.classList.add(button.closest("li").className);
    button.addEventListener("click", () => mark([Number(button.dataset.line), Number(button.dataset.line)]));
  }

  // The lazy order

  const firstStep = new Map(), sectionOf = new Map();
  const ends = exits.map(() => 0);
  const sofar = [0];
  (steps ?? []).forEach(([box, section, macs], number) => {
    if (!firstStep.has(box)) firstStep.set(box, number + 1), sectionOf.set(box, section);
    for (let exit = section; exit < exits.length; exit++) ends[exit] = number + 1;
    sofar.push(sofar[number] + macs);
  });
  boxes.forEach(({ exit }, number) => {
    if (!steps || firstStep.has(number)) return;
    // The image is there from the start; a head of `identity` is once its features are.
    firstStep.set(number, exit === null ? 0 : ends[exit]);
    sectionOf.set(number, exit ?? 0);
  });
  const total = sofar.at(-1);
  let playing = null;

  /** What is to be seen of a box once so many steps are done, on the way to an exit, or when that is reached. */
  function stateOf(number, step, exit, reached) {
    const first = firstStep.get(number);
    if (first <= step) {
      if (first === step && step && !reached) return "now";
      return reached && !needs[boxes[number].needs].includes(exit) ? "spare" : "done";
    }
    if (sectionOf.get(number) === exit) return "waiting";
    return boxes[number].layer <= exits[exit].layer ? "skipped" : "later";
  }

  function set(node, state) {
    if (!node || node.dataset.state === state) return;
    if (state) node.dataset.state = state;
    else delete node.dataset.state;
  }

  /** Shows the frontier after a step; `exit` says which one was chosen where several end with the same step. */
  function walk(step, exit = ends.indexOf(step)) {
    const reached = exit >= 0 && step > 0;
    const towards = reached ? exit : step ? steps[step - 1][1] : 0;
    const states = boxes.map((_, number) => stateOf(number, step, towards, reached));
    nodes.forEach((node, number) => set(node, states[number]));
    const present = (state) => state === "done" || state === "now";
    edges.forEach((edge, number) => {
      const target = states[lines[number].target];
      set(edge, present(target) ? "on" : target === "spare" ? "spare" : "off");
    });
    show(step, towards, reached, states);
    if (step) reveal(view, nodes[steps[step - 1][0]] ?? svg);
  }

  function whole() {
    for (const each of [...nodes, ...edges]) set(each, "");
    $("steps").value = steps.length;
    point(null, null);
    announce(`The whole network: ${plural(steps.length, "step")}, ${amount(total)} MACs.`, steps.length);
    $("whole").disabled = true;
  }

  function show(step, exit, reached, states) {
    const { name } = exits[exit];
    $("steps").value = step;
    $("whole").disabled = false;
    point(exit, reached ? "chosen" : "next");
    const cost = `${amount(sofar[step])} of ${amount(total)} MACs`;
    if (reached) {
      const spare = states.filter((state) => state === "spare").length;
      const skipped = states.filter((state) => state === "skipped").length;
      const more = [spare && `${spare} of the computed are not needed by it`, skipped && `${skipped} skipped`].filter(Boolean);
      announce(`${name} answers after step ${step} of ${steps.length}: ${cost}${more.length ? `; ${more.join(", ")}` : ""}.`, step);
    } else if (step) announce(`Step ${step} of ${steps.length}, for ${name}: ${boxes[steps[step - 1][0]].id}. ${cost}.`, step);
    else announce(`Nothing is computed yet; ${name} comes first.`, 0);
  }

  function announce(words, step) {
    $("said").textContent = words;
    $("steps").setAttribute("aria-valuetext", words);
    $("steps").style.setProperty("--part", `${(100 * step) / (steps.length || 1)}%`);
  }

  /** Marks an exit in the table, among the ticks and in the drawing. */
  function point(exit, state) {
    chosen = state === "chosen" ? exit : null;
    select();
    for (const row of all("tr[data-exit]")) {
      const own = Number(row.dataset.exit) === exit;
      set(row, own ? state : "");
      row.querySelector("button").setAttribute("aria-pressed", String(own && chosen !== null));
      if (own) reveal(row.closest("section"), row);
    }
    for (const tick of all("#ticks button")) tick.toggleAttribute("data-chosen", Number(tick.dataset.exit) === chosen);
  }

  function choose(exit) {
    pause();
    walk(ends[exit], exit);
  }

  function pause() {
    clearInterval(playing);
    playing = null;
    if (steps) $("play").textContent = "Play";
  }

  function play() {
    if (playing) return pause();
    let step = Number($("steps").value);
    if (step === steps.length) walk((step = 0));
    $("play").textContent = "Pause";
    playing = setInterval(() => {
      walk(++step);
      if (step >= steps.length) pause();
    }, Math.max(40, Math.min(220, 12000 / steps.length)));
  }

  function timeline() {
    const slider = $("steps");
    slider.max = steps.length;
    slider.addEventListener("input", () => { pause(); walk(Number(slider.value)); });
    const past = () => Number(slider.value);
    $("whole").addEventListener("click", () => { pause(); whole(); });
    $("play").addEventListener("click", play);
    $("back").addEventListener("click", () => {
      const exit = ends.findLastIndex((end) => end < past());
      if (exit >= 0) choose(exit);
      else pause(), walk(0);
    });
    $("onwards").addEventListener("click", () => {
      const exit = ends.findIndex((end) => end > past());
      choose(exit >= 0 ? exit : exits.length - 1);
    });
    exits.forEach(({ name }, exit) => {
      const tick = element("button", { type: "button", tabindex: "-1", "data-exit": exit, title: name }, "\u00a0");
      tick.style.left = `${(100 * ends[exit]) / (steps.length || 1)}%`;
      tick.addEventListener("click", () => choose(exit));
      $("ticks").append(tick);
    });
    nameTicks();
    addEventListener("resize", nameTicks);
    for (const row of all("tr[data-exit]")) row.addEventListener("click", () => choose(Number(row.dataset.exit)));
    for (const cell of all("[data-part]")) cell.style.setProperty("--part", `${100 * cell.dataset.part}%`);
    whole();
  }

  /** Names the ticks, from the last on, as far as there is room for the names. */
  function nameTicks() {
    let free = Infinity;
    for (const tick of all("#ticks button").reverse()) {
      tick.textContent = exits[tick.dataset.exit].name;
      const { left, right } = tick.getBoundingClientRect();
      if (right + 4 > free) tick.textContent = "\u00a0";
      else free = left;
    }
  }

  // Pointer and keys on the drawing

  function say(box, number) {
    const name = box.role === "exit" ? `${exits[box.exit].name}, ${box.id}` : box.id;
    return `${name}: ${box.shape ? box.shape.join(" x ") : "shape not known"}, ${amount(box.parameters)} parameters, ${amount(box.macs)} MACs${box.mistake ? `; ${box.mistake}` : ""}`;
  }

  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  /** The box that an arrow leads to: the nearest one that way, those straight ahead before others. */
  function neighbour(number, [across, down]) {
    const [x, y] = boxes[number].at;
    let best = null, least = Infinity;
    boxes.forEach((box, each) => {
      const dx = box.at[0] - x, dy = box.at[1] - y;
      const ahead = dx * across + dy * down, aside = Math.abs(dx * down) + Math.abs(dy * across);
      if (ahead > 0.5 && ahead + 4 * aside < least) [best, least] = [each, ahead + 4 * aside];
    });
    return best;
  }

  function edgeOfRow(number, last) {
    const row = boxes.map((box, each) => [box.at[0], each]).filter(([, each]) => boxes[each].at[1] === boxes[number].at[1]);
    return row.sort(([a], [b]) => a - b).at(last ? -1 : 0)[1];
  }

  function reach(number) {
    nodes.forEach((node, each) => node?.setAttribute("tabindex", each === number ? "0" : "-1"));
    nodes[number].focus();
  }

  function press(event, number) {
    const key = event.key;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (key in STEPS) {
      const next = neighbour(number, STEPS[key]);
      if (next !== null) reach(next);
    } else if (key === "Home" || key === "End") reach(edgeOfRow(number, key === "End"));
    else if (key === "Enter" || key === " ") pick(number);
    else return;
    event.preventDefault();
  }

  svg.querySelector(".graph").setAttribute("role", "listbox");
  svg.querySelector(".graph").setAttribute("aria-multiselectable", "true"); // a cell that is kept, an exit that is chosen
  svg.querySelector(".graph").setAttribute("aria-label", "Cells and exits; arrow keys go from one to the next");
  for (const each of svg.querySelectorAll(".edge, .cluster, .words, .sign")) each.setAttribute("aria-hidden", "true");
  nodes.forEach((node, number) => {
    if (!node) return;
    node.setAttribute("role", "option");
    node.setAttribute("aria-label", say(boxes[number]));
    node.setAttribute("tabindex", number === 0 ? "0" : "-1");
    node.addEventListener("pointerenter", () => { hovered = number; look(); });
    node.addEventListener("pointerleave", () => { hovered = null; look(); });
    node.addEventListener("focus", () => { focused = node.matches(":focus-visible") ? number : null; look(); });
    node.addEventListener("blur", () => { focused = null; look(); });
    node.addEventListener("click", () => { reach(number); pick(number); });
    node.addEventListener("keydown", (event) => press(event, number));
  });

  // Zoom

  const [, , wide, high] = svg.getAttribute("viewBox").split(" ").map(Number);
  let zoom = 1, fitted = true;

  /** Draws at another size; what is seen at a point stays there. */
  function scale(wanted, [x, y] = middle()) {
    const before = svg.getBoundingClientRect(), old = zoom;
    zoom = Math.min(4, Math.max(0.1, wanted));
    svg.style.width = `${wide * zoom}px`;
    svg.style.height = `${high * zoom}px`;
    const after = svg.getBoundingClientRect();
    view.scrollLeft += after.left - x + ((x - before.left) * zoom) / old;
    view.scrollTop += after.top - y + ((y - before.top) * zoom) / old;
  }

  function middle() {
    const frame = view.getBoundingClientRect();
    return [frame.left + frame.width / 2, frame.top + frame.height / 2];
  }

  /** As large as the pane allows; `legibly`, not so small that nothing can be read. */
  function fit(legibly = false) {
    fitted = true;
    const width = (view.clientWidth - 34) / wide, height = (parseFloat(getComputedStyle(view).maxHeight) - 18) / high;
    const all = Math.min(width, height, 1.6);
    scale(legibly ? Math.max(all, 0.5) : all);
    view.scrollTo(0, 0);
  }

  const by = (factor) => () => { fitted = false; scale(zoom * factor); };
  $("smaller").addEventListener("click", by(1 / 1.25));
  $("larger").addEventListener("click", by(1.25));
  $("actual").addEventListener("click", () => { fitted = false; scale(1); });
  $("fit").addEventListener("click", () => fit());
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    fitted = false;
    scale(zoom * Math.exp(-event.deltaY / 400), [event.clientX, event.clientY]);
  }, { passive: false });
  addEventListener("resize", () => { if (fitted) fit(true); });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    kept = focused = null;
    select();
    look();
  });

  // Dark and light: the screen's wish, until the button says otherwise

  const wish = matchMedia("(prefers-color-scheme: dark)");
  const schemes = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule instanceof CSSMediaRule && rule.conditionText.includes("prefers-color-scheme"))
    .map((rule) => [rule, rule.conditionText.includes("dark")]);
  let dark = wish.matches;

  function theme() {
    $("theme").setAttribute("aria-pressed", String(dark));
  }

  $("theme").addEventListener("click", () => {
    dark = !dark;
    for (const [rule, isDark] of schemes) rule.media.mediaText = isDark === dark ? "all" : "not all";
    theme();
  });
  wish.addEventListener("change", () => { dark = wish.matches; theme(); });

  theme();
  select();
  if (steps) timeline();
  fit(true);
})();
