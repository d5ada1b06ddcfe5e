/*
 * answer.js - draws what a run made of a question: verdicts, agents as lanes, thoughts, texts.
 *
 * Part of the pages that show questions (web/inspect, web/report), behind parts.js. The data are those that
 * src/eval/inspect/web.c wrote; what their fields are called stands there and in the few readers below.
 */
const data = JSON.parse(document.getElementById("data").textContent);
const { runs, words, texts } = data.head;
const questions = data.questions;

/* ---- Reading the data ---- */

function readAgent(turn) {
  const [read, thought, spoken, shared, kept, dropped, begin, end, rest] = turn.m;
  return {
    name: words[turn.n] + (turn.r ? ", round " + turn.r : ""),
    read, thought, spoken, shared, kept, dropped, begin, end, rest,
    ms: turn.t, isCut: Boolean(turn.f & 1), isCircling: Boolean(turn.f & 2),
    output: turn.o || "", probe: turn.b || "", prompt: turn.i, thoughts: turn.h || [],
  };
}

/* An odd prompt has its question cut out. */
function readPrompt(agent, question) {
  const text = texts[agent.prompt >> 1] || "";
  return agent.prompt & 1 ? text.split("\u0001").join(question) : text;
}

function readNear(list) {
  const near = [];
  for (let i = 0; i + 1 < list.length; i += 2) near.push({ text: words[list[i]], score: list[i + 1] });
  return near;
}

function readThought(thought) {
  const [norm, entropy, before, prompt, head, input] = thought;
  return { norm, entropy, before, prompt, head: readNear(head), input: readNear(input) };
}

/* Where a handover dropped cells there are fewer than positions. */
function inheritedCells(agent, n) {
  return agent.kept || agent.dropped ? Math.min(agent.kept, n) : n;
}

/* Stretches of the working memory, as lmi_segments() cuts them. */
function segments(agent) {
  const prompt = agent.begin + agent.read;
  const ends = { inherited: agent.begin, prompt, thoughts: prompt + agent.thought, text: agent.end };
  const list = [];
  let pos = 0;
  for (const [kind, asked] of Object.entries(ends)) {
    const end = kind === "inherited" ? asked : Math.min(asked, agent.end);
    if (end > pos) list.push({ kind, begin: pos, end, cells: kind === "inherited" ? inheritedCells(agent, end) : end - pos });
    pos = Math.max(pos, end);
  }
  return list;
}

/* Positions that the lanes of a question have in common. */
const scaleOf = (q) => Math.max(1, ...q.r.filter(has).flatMap((answer) => (answer.a || []).map((turn) => Math.max(turn.m[6], turn.m[7]))));

/* ---- Lanes ---- */

function sizeOf(run, cells) {
  return run.cell ? ", " + bytes(cells * run.cell) : "";
}

function describe(run, s) {
  return s.kind + ", positions " + s.begin + " to " + (s.end - 1) + ", " + count(s.cells, "cell") + sizeOf(run, s.cells);
}

/* What a click on a stretch opens: its text, or the thought under the pointer. */
function openSegment(view, a, s, event) {
  if (s.kind !== "thoughts") {
    const details = view.card.querySelector('[data-text="' + a + s.kind + '"]');
    if (!details) return;
    details.open = true;
    details.scrollIntoView({ block: "nearest" });
    details.querySelector("summary").focus({ preventScroll: true });
    return;
  }
  const box = event.currentTarget.getBoundingClientRect();
  const part = event.detail ? (event.clientX - box.left) / box.width : 0;
  open(view, a, Math.min(view.agents[a].thought - 1, Math.max(0, Math.floor(part * view.agents[a].thought))));
}

function drawSegment(view, a, s) {
  const title = describe(view.run, s);
  const canOpen = s.kind === "thoughts" ? view.agents[a].thoughts.length > 0 : s.kind !== "inherited";
  const node = canOpen
    ? el("button", { type: "button", class: s.kind, title, "aria-label": title, onclick: (e) => openSegment(view, a, s, e) })
    : el("span", { class: s.kind, title, role: "img", "aria-label": title });
  return place(node, (100 * s.begin) / view.scale, (100 * (s.end - s.begin)) / view.scale);
}

function sayAgent(run, agent) {
  const own = Math.max(0, agent.end - agent.begin);
  return [
    agent.read ? "read " + agent.read : null,
    agent.thought ? "thought " + agent.thought + (agent.rest ? ", at rest after " + agent.rest : "") : null,
    agent.spoken ? "spoke " + agent.spoken + (agent.isCut ? ", cut" : "") + (agent.isCircling ? ", repeating itself" : "") : null,
    agent.dropped ? "kept " + agent.kept + " of " + (agent.kept + agent.dropped) + " cells" : null,
    own ? "positions " + agent.begin + "–" + (agent.end - 1) + sizeOf(run, own) : "no working memory",
  ].filter(Boolean).join(" · ");
}

function drawChip(view, a, t) {
  const thought = readThought(view.agents[a].thoughts[t]);
  const top = thought.head[0];
  const chip = el("button", {
    type: "button", class: "chip", "data-key": a + "." + t, "aria-expanded": "false", tabindex: t ? -1 : 0,
    title: "thought " + (t + 1) + (top ? ", says " + shown(top.text) : ""),
    onclick: () => toggle(view, a, t),
  }, el("small", { class: "num" }, String(t + 1)), el("span", { class: "mono" }, top ? shown(top.text) : "?"));
  chip.style.setProperty("--sure", (top ? Math.max(0, Math.min(34, top.score / 300)) : 0).toFixed(0) + "%");
  return chip;
}

function drawLane(view, a) {
  const agent = view.agents[a];
  const chips = agent.thoughts.length
    ? el("div", { class: "chips", role: "group", "aria-label": "thoughts of " + agent.name, onkeydown: (e) => walk(view, a, e) },
      agent.thoughts.map((_, t) => drawChip(view, a, t)))
    : null;
  return el("section", { class: "lane", "data-lane": a },
    el("h3", {}, el("span", {}, agent.name), el("small", { class: "num" }, sayAgent(view.run, agent))),
    agent.end ? el("div", { class: "track" }, segments(agent).map((s) => drawSegment(view, a, s))) : null,
    chips);
}

/* A round step of which about five fit. */
function stepOf(scale) {
  const rough = scale / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough));
}

function drawAxis(scale) {
  const step = stepOf(scale);
  const ticks = [];
  for (let pos = 0; pos <= scale - step / 2; pos += step) ticks.push(place(el("span", {}, String(pos)), (100 * pos) / scale));
  ticks.push(place(el("span", {}, String(scale)), 100));
  return el("div", { class: "axis num", "aria-hidden": "true" }, ticks);
}

/* ---- A thought, opened ---- */

function drawThought(view, a, t) {
  const agent = view.agents[a];
  const thought = readThought(agent.thoughts[t]);
  const at = "position " + (agent.begin + agent.read + t) + sizeOf(view.run, 1);
  return el("section", { class: "thought", "aria-label": "thought " + (t + 1) + " of " + agent.name },
    el("header", {},
      el("h4", {}, "Thought " + (t + 1) + " of " + agent.thought + " ", el("small", {}, at + (t + 1 === agent.rest ? ", at rest" : ""))),
      el("button", { type: "button", class: "close", onclick: () => toggle(view, a, t) }, "Close")),
    drawInside(thought));
}

function close(view) {
  for (const panel of view.card.querySelectorAll(".thought")) panel.remove();
  for (const chip of view.card.querySelectorAll('.chip[aria-expanded="true"]')) chip.setAttribute("aria-expanded", "false");
  for (const hit of view.card.querySelectorAll(".hit.open")) hit.classList.remove("open");
  view.open = null;
}

function open(view, a, t) {
  close(view);
  const chip = view.card.querySelector('.chip[data-key="' + a + "." + t + '"]');
  for (const other of chip.parentNode.children) other.tabIndex = other === chip ? 0 : -1;
  chip.setAttribute("aria-expanded", "true");
  chip.focus({ preventScroll: true });
  for (const hit of view.card.querySelectorAll('.hit[data-key="' + a + "." + t + '"]')) hit.classList.add("open");
  view.card.querySelector('[data-lane="' + a + '"]').append(drawThought(view, a, t));
  view.open = a + "." + t;
}

function toggle(view, a, t) {
  if (view.open === a + "." + t) close(view);
  else open(view, a, t);
}

/* Arrows go from thought to thought, and open it where one was open. */
function walk(view, a, event) {
  const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
  const chips = [...event.currentTarget.children];
  const now = chips.indexOf(document.activeElement);
  let next = event.key === "Home" ? 0 : event.key === "End" ? chips.length - 1 : now + (steps[event.key] || 0);
  if (!(event.key in steps) && event.key !== "Home" && event.key !== "End") return;
  event.preventDefault();
  next = Math.max(0, Math.min(chips.length - 1, next));
  if (view.open) open(view, a, next);
  for (const chip of chips) chip.tabIndex = chip === chips[next] ? 0 : -1;
  chips[next].focus();
}

/* ---- Charts: all thoughts of a run in a row, agent behind agent ---- */

const TOP = 8, BOTTOM = 74, LEFT = 13;

function rangeOf(values) {
  const known = values.filter(has);
  const low = Math.min(...known), high = Math.max(...known);
  return { low, high, at: (v) => (high > low ? BOTTOM - ((v - low) / (high - low)) * (BOTTOM - TOP) : (TOP + BOTTOM) / 2) };
}

/* The thoughts that have a place in charts: in percent, with a gap between agents. */
function spread(view) {
  const list = [];
  let slot = 0;
  view.agents.forEach((agent, a) => {
    agent.thoughts.forEach((raw, t) => list.push({ a, t, slot: slot++, thought: readThought(raw) }));
    if (agent.thoughts.length) slot++;
  });
  for (const p of list) p.x = LEFT + ((p.slot + 0.5) * (100 - LEFT)) / Math.max(1, slot - 1);
  for (const p of list) p.width = (100 - LEFT) / Math.max(1, slot - 1);
  return list;
}

function drawSeries(points, range, field, name) {
  const parts = [];
  points.forEach((p, i) => {
    const before = points[i - 1];
    if (!has(p.thought[field])) return;
    if (before && before.a === p.a && has(before.thought[field]))
      parts.push(svg("line", { class: name, x1: before.x + "%", y1: range.at(before.thought[field]), x2: p.x + "%", y2: range.at(p.thought[field]) }));
    if (points.length <= 60)
      parts.push(svg("circle", { class: name, cx: p.x + "%", cy: range.at(p.thought[field]), r: 2.2 }));
  });
  return parts;
}

/* The agents' names below, as much of them as has room. */
function cutName(name, width) {
  const n = Math.floor(width / 3.2); /* a letter takes about so many percent of a chart */
  return name.length <= n ? name : n > 2 ? name.slice(0, n - 1) + "…" : name.slice(0, 1);
}

function drawNames(view, points) {
  return view.agents.flatMap((agent, a) => {
    const own = points.filter((p) => p.a === a);
    if (!own.length) return [];
    const width = own.length * own[0].width;
    const parts = [svg("text", { x: own[0].x - own[0].width / 2 + "%", y: 90 }, cutName(agent.name, width))];
    if (own[0].slot > 0) parts.push(svg("line", { class: "gap", x1: own[0].x - own[0].width + "%", x2: own[0].x - own[0].width + "%", y1: TOP - 4, y2: BOTTOM + 4 }));
    return parts;
  });
}

function drawHit(view, p) {
  const title = view.agents[p.a].name + ", thought " + (p.t + 1);
  return svg("rect", { class: "hit", "data-key": p.a + "." + p.t, x: p.x - p.width / 2 + "%", width: p.width + "%", y: 0, height: BOTTOM + 6,
    onclick: () => toggle(view, p.a, p.t) }, svg("title", {}, title));
}

/* `fields` are one or two: name of the field, of the line, and what a legend calls it. */
function drawChart(view, points, title, fields, say) {
  if (!points.some((p) => has(p.thought[fields[0][0]]))) return null;
  const range = rangeOf(fields.flatMap(([field]) => points.map((p) => p.thought[field])));
  const legend = fields.length > 1 ? fields.map(([, line, name]) => el("span", {}, el("i", { class: line }), name)) : [];
  return el("figure", {},
    el("figcaption", {}, el("b", {}, title), legend),
    svg("svg", { role: "img", "aria-label": title + " of " + count(points.length, "thought") + ", from " + say(range.low) + " to " + say(range.high) },
      [TOP, BOTTOM].map((y) => svg("line", { class: "frame", x1: LEFT + "%", x2: "100%", y1: y, y2: y })),
      svg("text", { class: "end", x: LEFT - 2 + "%", y: TOP + 4 }, say(range.high)),
      svg("text", { class: "end", x: LEFT - 2 + "%", y: BOTTOM + 4 }, range.high > range.low ? say(range.low) : ""),
      drawNames(view, points),
      fields.map(([field, line]) => drawSeries(points, range, field, line)),
      points.map((p) => drawHit(view, p))));
}

function drawCharts(view) {
  const points = spread(view);
  if (!points.length) return null;
  const short = (x) => (Math.abs(x) >= 100 ? x.toFixed(0) : Math.abs(x) >= 10 ? x.toFixed(1) : x.toFixed(2));
  return el("div", { class: "charts" },
    drawChart(view, points, "Norm", [["norm", "first"]], short),
    drawChart(view, points, "Entropy, nats", [["entropy", "first"]], (x) => (x / 1e4).toFixed(2)),
    drawChart(view, points, "Cosine", [["prompt", "first", "to prompt"], ["before", "second", "to one before"]], (x) => (x / 1e4).toFixed(2)));
}

/* ---- Texts ---- */

function drawText(a, kind, title, note, text, isOpen) {
  const details = el("details", { "data-text": a + kind, open: isOpen },
    el("summary", {}, title + " ", el("small", { class: "num" }, note)));
  const put = () => { if (details.open && !details.querySelector("pre")) details.append(el("pre", { dir: "auto", tabindex: 0 }, text)); };
  details.addEventListener("toggle", put); /* long texts are laid out when somebody looks */
  put();
  return details;
}

function drawTexts(view) {
  const last = view.agents.length - 1;
  return el("div", { class: "texts" }, view.agents.flatMap((agent, a) => [
    drawText(a, "prompt", agent.name + " reads", count(agent.read, "token"), readPrompt(agent, view.question), false),
    agent.probe ? drawText(a, "probe", agent.name + " would have said", "unheard", agent.probe, false) : null,
    agent.output ? drawText(a, "text", agent.name + " says", count(agent.spoken, "token"), agent.output, a === last) : null,
  ]).filter(Boolean));
}

/* ---- An answer ---- */

function sayVerdict(c) {
  return !has(c) ? el("strong", {}, "not graded") : c ? el("strong", { class: "right" }, "✓ right") : el("strong", { class: "wrong" }, "✗ wrong");
}

function drawVerdict(q, answer, badge) {
  const rows = [el("p", { class: "verdict" }, el("span", {}, badge, sayVerdict(answer.c)),
    answer.x ? el("span", {}, "program " + answer.x)
      : el("span", {}, el("span", { class: "soft" }, "prediction "), el("bdi", { class: "mono" }, answer.p || "none")),
    has(q.g) ? el("span", {}, el("span", { class: "soft" }, "gold "), el("bdi", { class: "mono" }, q.g)) : null)];
  if (has(answer.k) && (answer.c !== answer.k || answer.kp))
    rows.push(el("p", { class: "verdict soft" }, el("span", {}, "by the compat rule ", sayVerdict(answer.k)),
      el("span", {}, "prediction ", el("bdi", { class: "mono" }, answer.kp || answer.p || "none")),
      answer.kg ? el("span", {}, "gold ", el("bdi", { class: "mono" }, answer.kg)) : null));
  return rows;
}

/* What `run` made of question `q`: the badge names the run, lanes are `scale` positions wide. */
function drawAnswer(q, answer, { run, badge, name, scale }) {
  if (!answer) return el("section", { class: "card" }, el("p", { class: "soft" }, badge, "not answered"));
  const [read, thought, spoken] = answer.m;
  const view = { run, question: q.q || "", agents: (answer.a || []).map(readAgent), scale, open: null };
  const hasLane = view.agents.some((agent) => agent.end > 0);
  view.card = el("section", { class: "card", "aria-label": "answer" + (name ? " of " + name : "") },
    drawVerdict(q, answer, badge),
    el("p", { class: "counts num" }, "read " + read + " · thought " + thought + " · spoke " + spoken + " · " + (answer.t[3] / 1e3).toFixed(2) + " s"),
    answer.s ? el("p", { class: "error" }, answer.s + (answer.e ? ": " + answer.e : "")) : null,
    answer.xd ? el("pre", { tabindex: 0 }, answer.xd) : null);
  view.card.append(...view.agents.map((_, a) => drawLane(view, a)));
  if (hasLane) view.card.append(drawAxis(scale));
  const charts = drawCharts(view);
  if (charts) view.card.append(charts);
  view.card.append(drawTexts(view));
  view.card.addEventListener("keydown", (e) => { if (e.key === "Escape" && view.open) close(view); });
  return view.card;
}

function drawLegend() {
  const names = { inherited: "inherited", prompt: "prompt", thoughts: "thoughts", text: "text" };
  return el("p", { class: "legend" }, Object.entries(names).map(([kind, name]) => el("span", {}, el("i", { class: kind }), name)),
    el("span", {}, "positions of the working memory, to scale"));
}
