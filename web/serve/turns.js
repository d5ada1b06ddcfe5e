/*
 * turns.js - the team at work: its graph, and a card for each turn of an agent.
 *
 * A record is what is known of one question: {team, method, turns}. The board shows one at a time,
 * as it comes or later.
 */
const WORKS = { read: "reads", think: "thinks", speak: "speaks", program: "runs", done: "done", stopped: "stopped" };

const newRecord = (team, method) => ({ team, method, turns: [], isOver: false });

/* ---- What comes ---- */

/* The turn that the agent is at: its last one that has not ended, or a new one. */
function turnAt(record, agent) {
  let turn = record.turns.findLast((t) => t.agent === agent && !t.trace);
  if (!turn) {
    turn = { agent, round: 1 + record.turns.filter((t) => t.agent === agent).length, work: null, done: 0, most: 0, trace: null, card: null };
    record.turns.push(turn);
  }
  return turn;
}

/* Those beside it have begun with it and not ended: the server tells of one of them. */
function besides(record, turn) {
  const levels = new Map(record.team.agents.map((a) => [a.name, a.level]));
  return record.team.agents.filter((a) => a.name !== turn.agent && levels.get(turn.agent) === a.level &&
    record.turns.filter((t) => t.agent === a.name && t.trace).length < turn.round).map((a) => a.name);
}

function takeWork(record, work) {
  const turn = turnAt(record, work.agent);
  Object.assign(turn, { work: work.work, done: work.n_done, most: work.n_most });
  return turn;
}

function takeTrace(record, trace) {
  const turn = turnAt(record, trace.agent);
  Object.assign(turn, { work: "done", trace });
  return turn;
}

/* ---- A card ---- */

const timeOf = (trace) => trace.read_ms + trace.think_ms + trace.speak_ms;

function sayTurn(turn) {
  const t = turn.trace;
  if (!t) return turn.most ? turn.done + " of at most " + turn.most : "";
  return [
    t.n_read ? "read " + t.n_read.toLocaleString("en") + (t.n_shared ? " (" + t.n_shared.toLocaleString("en") + " were there)" : "") : null,
    t.n_thought ? "thought " + t.n_thought : null, t.n_spoken ? "spoke " + t.n_spoken : null, seconds(timeOf(t)),
  ].filter(Boolean).join(" · ");
}

/* Where its time went. */
function drawTime(trace) {
  const all = timeOf(trace);
  if (!(all > 0)) return null;
  const parts = [["prompt", trace.read_ms, "reading"], ["thoughts", trace.think_ms, "thinking"], ["text", trace.speak_ms, "speaking"]];
  return el("div", { class: "time", role: "img", "aria-label": parts.filter(([, ms]) => ms > 0).map(([, ms, name]) => name + " " + seconds(ms)).join(", ") },
    parts.map(([kind, ms, name]) => {
      const bar = el("i", { class: kind, title: name + " " + seconds(ms) });
      bar.style.width = (100 * ms) / all + "%";
      return ms > 0 ? bar : null;
    }));
}

function drawText(title, note, text) {
  const details = el("details", {}, el("summary", {}, title + " ", el("small", { class: "num" }, note)));
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector("pre")) details.append(el("pre", { dir: "auto", tabindex: 0 }, text));
  });
  return details;
}

function drawInsides(turn) {
  const t = turn.trace;
  if (!t) return [turn.work === "think" && turn.done ? drawComing(turn.done) : null];
  return [
    drawTime(t),
    t.thoughts && t.thoughts.length ? drawThoughts(turn.agent, t.thoughts) : null,
    el("div", { class: "texts" },
      drawText("What " + turn.agent + " read", count(t.n_read, "token"), t.input),
      t.output ? drawText("What " + turn.agent + " said", count(t.n_spoken, "token"), t.output) : null),
  ];
}

function drawCard(record, turn) {
  const name = turn.agent + (record.team.n_rounds > 1 ? ", round " + turn.round : "");
  const state = turn.trace ? "done" : turn.work;
  return el("li", { class: "turn is-" + (state || "waits"), "data-agent": turn.agent },
    el("div", { class: "top" }, el("h3", {}, name), el("span", { class: "pill" }, WORKS[state] || "waits"),
      el("small", { class: "num" }, sayTurn(turn))),
    drawInsides(turn));
}

/* ---- The board ---- */

const board = { record: null, graph: null, list: null };

function showRecord(record) {
  board.record = record;
  for (const turn of talk.turns) if (turn.view) turn.view.hidden = turn.record === record;
  for (const turn of record.turns) turn.card = null;
  board.list = el("ol", { class: "turns" });
  const host = el("div");
  byId("board").replaceChildren(host, board.list);
  board.graph = showGraph(host, record.team, pickAgent);
  byId("work-of").textContent = record.team === alone ? "one agent" : record.team.name + ", " + METHODS[record.method].name.toLowerCase();
  for (const turn of record.turns) showTurn(record, turn);
  if (!record.turns.length)
    board.list.append(el("li", { class: "note none" }, record.isOver ? "Nothing came of it." : "Agents light up as they read, think and speak. Their thoughts, prompts and words can be opened here when they have ended."));
}

/* In the graph: what an agent is at, or what it did. */
function markOf(turn) {
  if (turn.trace) return { work: "done", far: 1, state: turn.trace.n_thought ? count(turn.trace.n_thought, "thought") : "said " + count(turn.trace.n_spoken, "token") };
  if (turn.work === "stopped") return { work: "stopped", state: "stopped" };
  return { work: turn.work, far: turn.most ? turn.done / turn.most : 0, state: WORKS[turn.work] + (turn.done ? " " + turn.done : "") + (turn.most && turn.work !== "speak" ? "/" + turn.most : "") };
}

/* Something of the turn is new. */
function showTurn(record, turn) {
  if (board.record !== record) return;
  const card = drawCard(record, turn);
  if (turn.card) turn.card.replaceWith(card);
  else { board.list.querySelector(".none")?.remove(); board.list.append(card); }
  turn.card = card;
  board.graph.mark(turn.agent, markOf(turn));
  if (!turn.trace && !record.isOver && turn.work !== "speak")
    for (const name of besides(record, turn)) board.graph.mark(name, { work: "beside", state: "side by side" });
}

/* It has ended, whole or not: nobody is at work any more. What is open stays open. */
function endRecord(record) {
  record.isOver = true;
  if (board.record === record)
    for (const agent of record.team.agents) if (!record.turns.some((t) => t.agent === agent.name)) board.graph.mark(agent.name, {});
  for (const turn of record.turns) {
    if (turn.trace) continue;
    turn.work = "stopped";
    showTurn(record, turn);
  }
}

/* The agent's last card comes into sight. */
function pickAgent(name) {
  const turn = board.record.turns.findLast((t) => t.agent === name);
  if (!turn || !turn.card) return;
  turn.card.scrollIntoView({ block: "nearest" });
  turn.card.classList.add("is-picked");
  setTimeout(() => turn.card.classList.remove("is-picked"), 900);
}
