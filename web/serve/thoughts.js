/*
 * thoughts.js - thoughts as points: a row of them, and what one is near to when it is looked at.
 *
 * The pointer shows one while it is there; a click or the keys keep it open until Escape.
 */
const POINTS_DRAWN = 240; /* of an agent, until somebody wants them all */

/* The server's numbers in the units of parts.js. */
function readThoughtOf(t) {
  const tenThousandths = (x) => (has(x) ? x * 1e4 : null);
  const near = (list) => (list || []).map((n) => ({ text: n.text, score: n.score * 1e4 }));
  return { norm: t.norm, entropy: tenThousandths(t.entropy), before: tenThousandths(t.cosine_before),
    prompt: tenThousandths(t.cosine_prompt), head: near(t.head), input: near(t.input) };
}

/* Points that are still to come have no thought yet. */
function drawComing(nDone) {
  const n = Math.min(nDone, POINTS_DRAWN);
  return el("div", { class: "points", "aria-hidden": "true" },
    Array.from({ length: n }, (_, i) => el("span", { class: "point" + (i === nDone - 1 ? " is-new" : "") })));
}

function drawPanel(view, t) {
  const thought = readThoughtOf(view.thoughts[t]);
  return el("section", { class: "thought", "aria-label": "thought " + (t + 1) + " of " + view.name },
    el("header", {}, el("h4", {}, "Thought " + (t + 1) + " of " + view.thoughts.length),
      el("button", { type: "button", class: "close", onclick: () => closeThought(view, true) }, "Close")),
    drawInside(thought));
}

function showThought(view, t) {
  if (view.shown === t) return;
  view.shown = t;
  for (const point of view.points) point.setAttribute("aria-expanded", point === view.points[t] ? "true" : "false");
  view.panel.replaceChildren(drawPanel(view, t));
}

function closeThought(view, takesFocus) {
  if (takesFocus && view.shown !== null && view.points[view.shown]) view.points[view.shown].focus();
  for (const point of view.points) point.setAttribute("aria-expanded", "false");
  view.shown = view.kept = null;
  view.panel.replaceChildren();
}

function keepThought(view, t) {
  if (view.kept === t) return closeThought(view, false);
  showThought(view, t);
  view.kept = t;
}

function drawPoint(view, t) {
  const top = (view.thoughts[t].head || [])[0];
  const point = el("button", {
    type: "button", class: "point", tabindex: t ? -1 : 0, "aria-expanded": "false",
    "aria-label": "thought " + (t + 1) + (top ? ", the head would say " + shown(top.text) : ""),
    onclick: () => keepThought(view, t),
    onfocus: () => { if (point.matches(":focus-visible")) showThought(view, t); },
    onmouseenter: () => { if (view.kept === null) showThought(view, t); },
  });
  point.style.setProperty("--sure", (top ? 30 + 70 * Math.max(0, Math.min(1, top.score)) : 30).toFixed(0) + "%");
  return point;
}

/* Arrows, Home and End go along the row; Escape closes. */
function walkPoints(view, event) {
  const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const now = view.points.indexOf(document.activeElement);
  const next = view.points[Math.max(0, Math.min(view.points.length - 1, now + steps[event.key]))];
  for (const point of view.points) point.tabIndex = point === next ? 0 : -1;
  next.focus();
  if (view.kept !== null) view.kept = view.points.indexOf(next);
  showThought(view, view.points.indexOf(next));
}

function drawThoughts(name, thoughts) {
  const view = { name, thoughts, points: [], shown: null, kept: null, panel: el("div") };
  const row = el("div", { class: "points", role: "group", "aria-label": "thoughts of " + name, onkeydown: (e) => walkPoints(view, e) });
  const add = (n) => { while (view.points.length < n) { view.points.push(drawPoint(view, view.points.length)); row.append(view.points.at(-1)); } };
  add(Math.min(thoughts.length, POINTS_DRAWN));
  const more = thoughts.length > POINTS_DRAWN
    ? el("button", { type: "button", class: "quiet", onclick: () => { more.remove(); add(thoughts.length); view.points[POINTS_DRAWN].focus(); } }, "all " + thoughts.length + " thoughts")
    : null;
  const whole = el("div", { class: "thoughts-of", onmouseleave: () => { if (view.kept === null && !whole.contains(document.activeElement)) closeThought(view, false); },
    onkeydown: (e) => { if (e.key === "Escape" && view.shown !== null) { e.stopPropagation(); closeThought(view, true); } } },
  row, more, view.panel);
  return whole;
}
