/* page.js - draws the questions of a run, or of two, one at a time. */
const keys = ["A", "B"];
const page = { at: -1, filter: "all", taken: [] };

/* ---- Which questions ---- */

const answersOf = (q) => q.r.filter(has);
const isWrong = (q) => answersOf(q).some((a) => a.c === 0);

/* As lmi_shown_differs() has it. */
function differs(q) {
  const [a, b] = q.r;
  if (runs.length === 1) return has(a.k) && a.c !== a.k;
  if (!a || !b) return false;
  return has(a.c) && has(b.c) ? a.c !== b.c : a.p !== b.p;
}

const filters = { all: () => true, wrong: isWrong, differ: differs };

/* ---- The head ---- */

function badge(i) {
  return runs.length > 1 ? el("span", { class: "key" + (i ? " b" : ""), "aria-label": "run " + keys[i] }, keys[i]) : null;
}

function settings(run) {
  const p = run.params || {};
  const list = [["latent_steps", "thoughts"], ["temperature", "temperature"], ["seed", "seed"]]
    .filter(([key]) => has(p[key])).map(([key, name]) => name + " " + p[key]);
  for (const [key, usual] of [["control", "off"], ["keep", "all"], ["realignment", "norm"]])
    if (has(p[key]) && p[key] !== usual) list.push(key + " " + p[key]);
  return list.join(" · ");
}

function drawRun(run, i) {
  const bar = el("b");
  const part = run.graded ? (100 * run.right) / run.graded : 0;
  bar.style.width = part + "%";
  return el("section", { class: "run", "aria-label": "settings of run " + (runs.length > 1 ? keys[i] : run.path) },
    el("h2", {}, badge(i), [run.task, run.method, "team " + run.team].join(" · ")),
    el("p", {}, [run.model, run.detail].filter(Boolean).join(" · ")),
    el("p", {}, settings(run)),
    el("p", {}, run.path + (run.n < run.asked ? ", " + run.n + " of " + run.asked + " questions answered" : "")),
    run.graded
      ? el("div", { class: "share" }, el("span", { class: "num" }, part.toFixed(1) + " % right"), el("i", {}, bar),
        el("span", { class: "num soft" }, run.right + " of " + run.graded + (run.compat !== run.right ? ", compat " + run.compat : "")))
      : null);
}

/* ---- The list ---- */

function mark(answer) {
  if (!answer) return el("span", { class: "mark soft", title: "not answered" }, "·");
  if (!has(answer.c)) return el("span", { class: "mark soft", title: "not graded" }, "–");
  return answer.c
    ? el("span", { class: "mark right", role: "img", "aria-label": "right" }, "✓")
    : el("span", { class: "mark wrong", role: "img", "aria-label": "wrong" }, "✗");
}

function drawEntry(n) {
  const q = questions[n];
  return el("li", {}, el("button", { type: "button", "data-n": n, tabindex: -1, onclick: () => choose(n) },
    el("span", { class: "num soft" }, String(q.i)),
    el("span", {}, ...q.r.map(mark)),
    el("span", { class: "said" }, (q.q || "").slice(0, 120))));
}

function drawList() {
  const list = document.getElementById("list");
  page.taken = [...questions.keys()].filter((n) => filters[page.filter](questions[n]));
  list.replaceChildren(...page.taken.map(drawEntry));
  if (!page.taken.length) list.append(el("li", {}, el("p", {}, "No question is " + (page.filter === "wrong" ? "wrong." : "of that kind."))));
  document.getElementById("shown").textContent = page.taken.length.toLocaleString("en");
}

function markCurrent() {
  for (const button of document.querySelectorAll("#list button")) {
    const isCurrent = Number(button.dataset.n) === page.at;
    button.tabIndex = isCurrent ? 0 : -1;
    if (isCurrent) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    if (isCurrent) button.scrollIntoView({ block: "nearest" });
  }
}

function drawFilter() {
  const names = { all: "All", wrong: "Wrong", differ: "Differ" };
  for (const [name, title] of Object.entries(names)) {
    const n = questions.filter(filters[name]).length;
    document.getElementById("filter").append(el("label", {},
      el("input", { type: "radio", name: "filter", value: name, checked: name === "all", onchange: () => setFilter(name) }),
      el("span", {}, title + " " + n)));
  }
}

function setFilter(name) {
  page.filter = name;
  for (const input of document.querySelectorAll("#filter input")) input.checked = input.value === name;
  drawList();
  if (page.taken.includes(page.at) || !page.taken.length) {
    markCurrent();
    drawSteps();
  } else show(page.taken[0]);
}

/* ---- A question ---- */

function drawSteps() {
  const bar = document.getElementById("steps");
  const where = page.taken.indexOf(page.at);
  const step = (to, label, ...name) => el("button", { type: "button", class: "step", disabled: !has(to), "aria-label": label, onclick: () => show(to) }, name);
  bar.replaceChildren(
    el("span", { class: "soft num" }, where >= 0 ? where + 1 + " of " + page.taken.length : ""),
    step(where > 0 ? page.taken[where - 1] : undefined, "Previous question", "‹", el("span", {}, " Previous")),
    step(where >= 0 ? page.taken[where + 1] : page.taken[0], "Next question", el("span", {}, "Next "), "›"));
}

/* Draw question number `n`; the others are drawn when somebody asks for them. */
function show(n) {
  const q = questions[n];
  const scale = scaleOf(q);
  page.at = n;
  document.getElementById("main").replaceChildren(
    el("div", { class: "bar" }, el("h2", {}, "Question " + q.i, q.d ? el("small", {}, q.d) : null), el("div", { class: "bar", id: "steps" })),
    el("div", { class: "card asked", dir: "auto", tabindex: 0 }, q.q || ""),
    drawLegend(),
    el("div", { class: "answers" + (runs.length > 1 ? " pair" : "") }, q.r.map((answer, i) => drawAnswer(q, answer, { run: runs[i], badge: badge(i), name: runs.length > 1 ? "run " + keys[i] : "", scale }))));
  drawSteps();
  markCurrent();
  history.replaceState(null, "", "#" + q.i);
}

/* Chosen in the list: on a narrow screen that closes then. */
function choose(n) {
  show(n);
  if (isNarrow.matches) {
    document.getElementById("drawer").open = false;
    document.getElementById("main").scrollIntoView();
  }
}

/* ---- Keys ---- */

function stepBy(n) {
  const to = page.taken[page.taken.indexOf(page.at) + n];
  if (!has(to)) return;
  show(to);
  if (document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true });
}

function onKey(event) {
  const actions = { j: () => stepBy(1), k: () => stepBy(-1), a: () => setFilter("all"), w: () => setFilter("wrong"), d: () => setFilter("differ") };
  if (event.ctrlKey || event.metaKey || event.altKey || !actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
}

function onListKey(event) {
  const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const where = page.taken.indexOf(Number(document.activeElement.dataset.n));
  const next = Math.max(0, Math.min(page.taken.length - 1, where + steps[event.key]));
  show(page.taken[next]);
  document.querySelector('#list button[aria-current]').focus();
}

function drawFoot() {
  const keysOf = (names, what) => el("span", {}, names.map((name) => [el("kbd", {}, name), " "]), what);
  document.getElementById("foot").append(el("p", {},
    keysOf(["j", "k"], "next and previous question"), keysOf(["a", "w", "d"], "all, wrong, differ"),
    keysOf(["←", "→"], "from thought to thought"), keysOf(["Enter"], "opens one"), keysOf(["Esc"], "closes it")),
  el("p", {}, (runs.some((run) => run.cell) ? "Bytes are those of an f16 cache. " : "") +
    "Wrong: by the exact rule, in " + (runs.length > 1 ? "either run. Differ: one run is right, the other is not." : "this run. Differ: the exact and the compat rule do not agree.") +
    " A thought says what the model's head would say in its place, and is near to rows of the input embedding W_in. latentmas " + data.head.latentmas));
}

/* ---- Begin ---- */

const isNarrow = window.matchMedia("(max-width: 860px)");
document.title = "latentmas inspect: " + [...new Set(runs.map((run) => run.task))].join(", ");
document.getElementById("runs").append(...runs.map(drawRun));
document.getElementById("drawer").open = !isNarrow.matches;
isNarrow.addEventListener("change", () => { document.getElementById("drawer").open = !isNarrow.matches; });
document.getElementById("list").addEventListener("keydown", onListKey);
document.addEventListener("keydown", onKey);
drawFilter();
drawList();
drawFoot();
const asked = () => questions.findIndex((q) => "#" + q.i === location.hash);
window.addEventListener("hashchange", () => { if (asked() >= 0) show(asked()); });
show(Math.max(0, asked()));
performance.mark("drawn");
