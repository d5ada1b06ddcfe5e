/*
 * graph.js - draws a team: agents in levels, each one below the lowest of those it takes from.
 *
 *     [ a ] [ b ]     level 0       solid: within a round
 *        \   /                      dashed: into the next round
 *        ( c )        level 1       the last one is round: it speaks to the user
 */
const NODE = { high: 50, least: 96, most: 168, gapX: 16, gapY: 38, wrapY: 14, side: 34 };
const EDGES_DENSE = 16;  /* beyond, lines are thin; */
const EDGES_DRAWN = 160; /* and beyond that they would hide each other */
const CARRIES = { memory: "memory", text: "text", both: "memory and text", embeds: "memory, as vectors", none: "nothing" };
let graphs = 0; /* drawn so far: ids of their arrows */

/* ---- Where things stand ---- */

function levelsOf(team) {
  const levels = [];
  team.agents.forEach((agent, i) => (levels[agent.level] = levels[agent.level] || []).push(i));
  return levels;
}

/* Rows of agents: a level that is too wide takes several. */
function rowsOf(team, inner) {
  const most = Math.max(1, Math.floor((inner + NODE.gapX) / (NODE.least + NODE.gapX)));
  const rows = [];
  for (const level of levelsOf(team)) {
    const n = Math.ceil(level.length / most), per = Math.ceil(level.length / n);
    for (let i = 0; i < n; i++) rows.push({ agents: level.slice(i * per, (i + 1) * per), isFirst: i === 0 });
  }
  return rows;
}

function edgesOf(team) {
  const at = new Map(team.agents.map((agent, i) => [agent.name, i]));
  return team.edges.map((edge) => ({ ...edge, a: at.get(edge.from), b: at.get(edge.to) }));
}

function layOut(team, width) {
  const edges = edgesOf(team);
  const level = (i) => team.agents[i].level;
  const left = edges.some((e) => e.is_next_round && level(e.a) !== level(e.b)) ? NODE.side : 4;
  const right = edges.some((e) => !e.is_next_round && level(e.b) > level(e.a) + 1) ? NODE.side : 4;
  const inner = width - left - right;
  const spots = [];
  const isAbove = (e) => e.is_next_round && level(e.a) === 0 && level(e.b) === 0;
  let y = edges.some((e) => isAbove(e) && e.a !== e.b) ? 38 : edges.some(isAbove) ? 24 : 4;
  rowsOf(team, inner).forEach((row, r) => {
    if (r) y += row.isFirst ? NODE.gapY : NODE.wrapY;
    const n = row.agents.length;
    const wide = Math.min(NODE.most, (inner - (n - 1) * NODE.gapX) / n);
    const begin = left + (inner - n * wide - (n - 1) * NODE.gapX) / 2;
    row.agents.forEach((i, k) => { spots[i] = { x: begin + k * (wide + NODE.gapX), y, w: wide, h: NODE.high, level: level(i) }; });
    y += NODE.high;
  });
  return { spots, edges, width, height: y + 6 };
}

/* ---- Lines ---- */

const n1 = (x) => x.toFixed(1);
const curve = (x1, y1, c1, d1, c2, d2, x2, y2) => "M" + [x1, y1].map(n1) + "C" + [c1, d1, c2, d2, x2, y2].map(n1);

/* Edges that meet at a node do so side by side. */
function portOf(spot, k, n) {
  return spot.x + spot.w / 2 + (n > 1 ? ((k - (n - 1) / 2) / n) * Math.min(60, spot.w * 0.5) : 0);
}

/* How far a line goes aside that passes levels by: the further, the more of them. */
const bulge = (a, b) => Math.min(44, 16 + 9 * Math.abs(a.level - b.level));

function pathOf(plan, edge, k, n) {
  const a = plan.spots[edge.a], b = plan.spots[edge.b];
  const ax = a.x + a.w / 2, bx = b.x + b.w / 2, ay = a.y + a.h / 2, by = b.y + b.h / 2;
  if (edge.is_next_round && edge.a === edge.b)
    return curve(a.x + a.w - 32, a.y, a.x + a.w - 34, a.y - 24, a.x + a.w - 8, a.y - 24, a.x + a.w - 13, a.y - 3);
  if (edge.is_next_round && a.level === b.level && a.y === b.y)
    return ax < bx ? curve(ax + 4, a.y, ax + 14, a.y - 20, bx - 14, b.y - 20, bx - 4, b.y - 3)
      : curve(ax + 12, a.y, ax - 4, a.y - 42, bx + 4, b.y - 42, bx - 12, b.y - 3);
  if (edge.is_next_round) {
    const x = Math.min(a.x, b.x) - bulge(a, b);
    return curve(a.x, ay, x, ay, x, by, b.x - 3, by);
  }
  if (b.level > a.level + 1) {
    const x = Math.max(a.x + a.w, b.x + b.w) + bulge(a, b);
    return curve(a.x + a.w, ay, x, ay, x, by, b.x + b.w + 3, by);
  }
  const to = portOf(b, k, n), bend = Math.max(16, (b.y - a.y - a.h) / 2);
  return curve(ax, a.y + a.h, ax, a.y + a.h + bend, to, b.y - bend, to, b.y - 4);
}

function drawEdges(plan, id) {
  if (plan.edges.length > EDGES_DRAWN) return [];
  const isFromAbove = (e) => !e.is_next_round && plan.spots[e.b].level === plan.spots[e.a].level + 1;
  const coming = plan.spots.map((_, i) => plan.edges.filter((e) => e.b === i && isFromAbove(e)).sort((a, b) => plan.spots[a.a].x - plan.spots[b.a].x));
  return plan.edges.map((edge) => {
    const path = pathOf(plan, edge, coming[edge.b].indexOf(edge), coming[edge.b].length);
    return svg("path", { class: "edge carry-" + (edge.carry in CARRIES ? edge.carry : "none") + (edge.is_next_round ? " next" : ""),
      "data-to": edge.b, "data-from": edge.a, d: path, "marker-end": "url(#arrow-" + id + ")" });
  });
}

/* ---- Agents ---- */

const cut = (text, width, letter = 8) => { const n = Math.floor(width / letter); return text.length > n ? text.slice(0, Math.max(1, n - 1)) + "…" : text; };

function restOf(agent) {
  return agent.program ? "a program" : agent.model ? "on " + agent.model : "";
}

function drawNode(plan, team, i, onPick) {
  const agent = team.agents[i], s = plan.spots[i];
  const isLast = agent.level === Math.max(...team.agents.map((a) => a.level));
  const inset = isLast ? s.h / 2 : 8;
  return svg("g", { class: "node" + (onPick ? " can-pick" : ""), "data-agent": agent.name, onclick: onPick ? () => onPick(agent.name) : null },
    svg("title", {}, agent.name + (agent.program ? ", a program: " + agent.program : agent.model ? ", on " + agent.model : "")),
    svg("rect", { class: "box", x: s.x, y: s.y, width: s.w, height: s.h, rx: isLast ? s.h / 2 : 10 }),
    svg("text", { class: "name", x: s.x + s.w / 2, y: s.y + (restOf(agent) ? 20 : 29), "text-anchor": "middle" }, cut(agent.name, s.w - (isLast ? 26 : 14))),
    svg("text", { class: "state", x: s.x + s.w / 2, y: s.y + 36, "text-anchor": "middle", "data-w": s.w }, cut(restOf(agent), s.w - 12, 6.4)),
    svg("rect", { class: "far", x: s.x + inset, y: s.y + s.h - 8, height: 3, rx: 1.5, width: 0, "data-full": s.w - 2 * inset }));
}

/* ---- In words ---- */

function sayEdge(edge) {
  return edge.from + " → " + edge.to + ": " + (CARRIES[edge.carry] || edge.carry) +
    (edge.keep ? ", keeps " + edge.keep : "") + (edge.is_next_round ? ", into the next round" : "");
}

function drawKey(team) {
  const kinds = [...new Set(team.edges.map((e) => e.carry))];
  const list = kinds.map((kind) => el("span", {}, el("i", { class: "stroke carry-" + (kind in CARRIES ? kind : "none") }), CARRIES[kind] || kind));
  if (team.edges.some((e) => e.is_next_round)) list.push(el("span", {}, el("i", { class: "stroke next" }), "next round"));
  if (team.n_rounds > 1) list.push(el("span", {}, count(team.n_rounds, "round")));
  if (team.edges.length > EDGES_DRAWN) list.push(el("span", {}, count(team.edges.length, "edge") + ", too many to draw"));
  return list.length ? el("p", { class: "key" }, list) : null;
}

function drawWords(team) {
  if (!team.edges.length) return null;
  return el("details", { class: "words" }, el("summary", {}, "Who hands what to whom"),
    el("ul", {}, team.edges.slice(0, 400).map((edge) => el("li", {}, sayEdge(edge)))));
}

/* ---- A graph on the page ---- */

/* Draw `team` into `host`, and again when that changes its width. Returns {mark, clear}. */
function showGraph(host, team, onPick) {
  const id = ++graphs;
  const marks = new Map();
  const holder = el("div", { class: "graph" + (team.edges.length > EDGES_DENSE ? " is-dense" : "") });
  let width = 0;
  const draw = () => {
    const now = holder.clientWidth;
    if (!now || now === width) return;
    width = now;
    const plan = layOut(team, width);
    const label = team.agents.length === 1 ? "One agent, " + team.agents[0].name
      : count(team.agents.length, "agent") + ": " + team.agents.map((a) => a.name).join(", ");
    holder.replaceChildren(svg("svg", { width, height: plan.height, viewBox: "0 0 " + width + " " + plan.height, role: "img", "aria-label": label },
      svg("defs", {}, svg("marker", { id: "arrow-" + id, viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" },
        svg("path", { class: "tip", d: "M0 .6 7 4 0 7.4z" }))),
      drawEdges(plan, id), team.agents.map((_, i) => drawNode(plan, team, i, onPick))));
    for (const [name, mark] of marks) put(name, mark);
  };
  const put = (name, { work, state, far }) => {
    const i = team.agents.findIndex((agent) => agent.name === name);
    const node = holder.querySelectorAll(".node")[i];
    if (!node) return;
    node.setAttribute("class", "node" + (onPick ? " can-pick" : "") + (work ? " is-" + work : ""));
    const text = node.querySelector(".state"), bar = node.querySelector(".far");
    const below = state || restOf(team.agents[i]);
    text.textContent = cut(below, Number(text.dataset.w) - 12, 6.4);
    node.querySelector(".name").setAttribute("y", Number(text.getAttribute("y")) - (below ? 16 : 7));
    bar.setAttribute("width", Math.max(0, Math.min(1, far || 0)) * Number(bar.dataset.full));
    for (const edge of holder.querySelectorAll('.edge[data-to="' + i + '"]')) edge.classList.toggle("is-lit", ["read", "think", "speak", "program"].includes(work));
  };
  host.replaceChildren(holder, ...[drawKey(team), drawWords(team)].filter(Boolean));
  new ResizeObserver(draw).observe(holder);
  draw();
  return {
    mark(name, mark) { marks.set(name, mark); put(name, mark); },
    clear() { for (const agent of team.agents) this.mark(agent.name, {}); marks.clear(); },
  };
}
