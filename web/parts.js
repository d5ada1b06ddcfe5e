/*
 * parts.js - what all our pages are made with: elements, values in words, lists of near tokens.
 *
 * Text of a model becomes text here (textContent) and nothing else.
 */
/* ---- Making elements ---- */

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity))
    if (child !== null && child !== undefined) node.append(child); /* a string becomes a text */
  return node;
}

const el = (kind, props, ...children) => fill(document.createElement(kind), props, children);
const svg = (kind, props, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", kind), props, children);

function place(node, left, width) {
  node.style.left = left + "%";
  if (width !== undefined) node.style.width = width + "%";
  return node;
}

/* ---- Saying values ---- */

const has = (x) => x !== null && x !== undefined;
const count = (n, what) => n.toLocaleString("en") + " " + what + (n === 1 ? "" : "s");
const share = (x) => (has(x) ? (x / 1e4).toFixed(3) : "–");
const number = (x) => (has(x) ? x.toPrecision(4) : "–");

function bytes(n) {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let i = 0;
  for (; n >= 1024 && i < units.length - 1; i++) n /= 1024;
  return (i ? n.toFixed(1) : n) + " " + units[i];
}

/* A token as one sees it: white space and control characters have signs. */
function shown(token) {
  return token
    .replace(/ /g, "␣").replace(/\n/g, "⏎").replace(/\t/g, "⇥")
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
      (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}

/* ---- Thoughts ---- */

/* Scores are in ten thousandths. */
function drawNear(kind, title, near) {
  return el("div", { class: kind }, el("h5", {}, title), el("ol", {}, near.map((n) => {
    const bar = el("b");
    bar.style.width = Math.max(0, n.score / 100) + "%";
    return el("li", {}, el("span", { class: "mono", title: shown(n.text) }, shown(n.text)), el("i", {}, bar),
      el("span", { class: "num" }, kind === "head" ? (n.score / 100).toFixed(1) + " %" : share(n.score)));
  })));
}

function fact(name, value, title) {
  return el("div", { title }, el("dt", {}, name), el("dd", {}, value));
}

/* What is to be known of a thought: {norm, entropy, before, prompt, head, input}. */
const drawInside = (thought) => [
  el("dl", { class: "facts" },
    fact("norm", number(thought.norm)), fact("entropy, nats", share(thought.entropy)),
    fact("cos. before", share(thought.before), "to the thought before"), fact("cos. prompt", share(thought.prompt), "to the state behind the prompt")),
  el("div", { class: "near" },
    drawNear("head", "The head would say", thought.head),
    drawNear("input", "Nearest rows of W_in, by cosine", thought.input))];
