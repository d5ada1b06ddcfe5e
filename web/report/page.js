/* page.js - draws the questions of all tasks: right and wrong by run, and opened, what each run said. */
const { tasks, kinds } = data.head;
const page = { task: 0, filter: "all", taken: [], drawn: 0 };
const STEP = 100; /* rows drawn at once */

/* ---- Which questions ---- */

const byTask = tasks.map((_, t) => questions.filter((q) => q.s === t));
const marksOf = (q) => q.r.filter((a) => a && has(a.c)).map((a) => a.c);
const isIn = (list, x) => list.indexOf(x) >= 0;
const filters = {
  all: ["All", () => true],
  wrong: ["Wrong somewhere", (q) => isIn(marksOf(q), 0)],
  differ: ["Right and wrong", (q) => isIn(marksOf(q), 0) && isIn(marksOf(q), 1)],
  never: ["Never right", (q) => marksOf(q).length > 0 && !isIn(marksOf(q), 1)],
};

/* ---- Signs ---- */

const signs = [...document.querySelectorAll("#signs .tag")];
const tag = (kind) => signs[kind].cloneNode(true);

/* The runs of a task in groups of one kind: places in its list. */
function groupsOf(task) {
  const groups = [];
  task.runs.forEach((run, place) => {
    const last = groups[groups.length - 1];
    if (last && last.kind === runs[run].kind) last.places.push(place);
    else groups.push({ kind: runs[run].kind, places: [place] });
  });
  return groups;
}

const groups = tasks.map(groupsOf);

function nameOf(run) {
  const seed = run.params && has(run.params.seed) ? ", seed " + run.params.seed : "";
  return "run " + run.key + seed;
}

/* ---- The matrix ---- */

function mark(answer) {
  if (!answer) return el("span", { class: "mark soft" }, "·");
  if (!has(answer.c)) return el("span", { class: "mark soft" }, "–");
  return el("span", { class: "mark " + (answer.c ? "right" : "wrong") }, answer.c ? "✓" : "✗");
}

function drawGroup(q, group) {
  const answers = group.places.map((place) => q.r[place]);
  const right = answers.filter((a) => a && a.c).length;
  return el("span", { class: "group", role: "img", "aria-label": kinds[group.kind] + ": " + right + " of " + answers.length + " right" },
    answers.map(mark));
}

/* Room for a group's marks and for its sign above them, the same in all lines. */
const widthOf = (group) => Math.max(15 * group.places.length, 32 + 9 * signs[group.kind].textContent.length);

function fit(node, group) {
  node.style.width = widthOf(group) + "px";
  return node;
}

/* Where marks fill a line the question stands below them. */
const lineOf = (task) => "line" + (groups[task].reduce((sum, group) => sum + widthOf(group) + 10, 0) > 640 ? " tall" : "");

function drawHead(task) {
  return el("div", { class: lineOf(task), "aria-hidden": "true" }, el("span", {}),
    el("span", { class: "marks" }, groups[task].map((group) => fit(el("span", { class: "group" }, tag(group.kind)), group))), el("span", {}));
}

function drawRow(q) {
  const details = el("details", { id: "q-" + q.s + "-" + q.i },
    el("summary", { class: lineOf(q.s) }, el("span", { class: "num" }, String(q.i)),
      el("span", { class: "marks" }, groups[q.s].map((group) => fit(drawGroup(q, group), group))),
      el("bdi", { class: "said" }, (q.q || "").slice(0, 160))));
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector(".inside")) details.append(drawInside(q));
  });
  return el("li", {}, details);
}

/* ---- A question, opened ---- */

function sayShort(answer) {
  if (answer.s) return answer.s;
  if (answer.x) return "program " + answer.x;
  return answer.p || "no prediction";
}

/* What a shell takes as one word. */
const word = (text) => (/^[\w./-]+$/.test(text) ? text : "'" + text.split("'").join("'\\''") + "'");

function drawFull(q, answer, run, scale) {
  const card = drawAnswer(q, answer, { run, badge: null, name: nameOf(run) + ", question " + q.i, scale });
  if (!answer.a)
    card.append(el("p", { class: "left-out" }, "These texts are not on this page, to keep it small. They are shown by ",
      el("code", {}, "latentmas show " + word(run.path) + " " + q.i)));
  return card;
}

function drawEntry(q, place, scale) {
  const answer = q.r[place];
  const run = runs[tasks[q.s].runs[place]];
  if (!answer) return el("p", { class: "soft" }, tag(run.kind), nameOf(run) + ": not answered");
  const verdict = !has(answer.c) ? "not graded" : answer.c ? "✓ right" : "✗ wrong";
  const compat = has(answer.k) && answer.k !== answer.c ? (answer.k ? " (compat: right)" : " (compat: wrong)") : "";
  const details = el("details", { class: "one-answer" }, el("summary", {}, tag(run.kind), el("span", { class: "run" }, nameOf(run)),
    el("span", { class: answer.c ? "right" : has(answer.c) ? "wrong" : "soft" }, verdict + compat), " ",
    el("bdi", { class: "mono" }, sayShort(answer).slice(0, 80))));
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector(".card")) details.append(drawFull(q, answer, run, scale));
  });
  return details;
}

function drawInside(q) {
  const scale = scaleOf(q);
  return el("div", { class: "inside" },
    el("div", { class: "card asked", dir: "auto", tabindex: 0, role: "region", "aria-label": "question " + q.i }, q.q || "",
      el("small", {}, [q.d, has(q.g) ? "gold " + q.g : null].filter(Boolean).join(" · "))),
    drawLegend(),
    groups[q.s].flatMap((group) => group.places.map((place) => drawEntry(q, place, scale))));
}

/* ---- The list ---- */

const rows = el("ol", { class: "rows" });
const more = el("button", { type: "button", class: "more", onclick: () => drawMore(STEP) });
const leftOut = el("div", { class: "left-out" });

function drawMore(n) {
  const next = page.taken.slice(page.drawn, page.drawn + n);
  rows.append(...next.map(drawRow));
  page.drawn += next.length;
  const rest = page.taken.length - page.drawn;
  more.hidden = rest === 0;
  more.textContent = "Show " + Math.min(STEP, rest) + " of " + rest + " more";
}

function drawLeftOut() {
  const task = tasks[page.task];
  const show = "latentmas show " + word(runs[task.runs[0]].path);
  const parts = [];
  if (task.left)
    parts.push(el("p", {}, count(task.left, "more question") + " of this task " + (task.left === 1 ? "is" : "are") + " not on this page, to keep it small: ", el("code", {}, show)));
  if (task.brief)
    parts.push(el("p", {}, "Of " + task.brief + " of " + count(task.answers, "answer") + " the texts are not on this page, to keep it small: ", el("code", {}, show + " INDEX")));
  if (task.unread)
    parts.push(el("p", {}, count(task.unread, "answer") + " cannot be shown; of the first: " + task.why));
  leftOut.replaceChildren(...parts);
}

function drawList() {
  page.taken = byTask[page.task].filter(filters[page.filter][1]);
  page.drawn = 0;
  rows.replaceChildren(el("li", {}, drawHead(page.task)));
  if (!page.taken.length) rows.append(el("li", {}, el("p", { class: "empty" }, "No question is of that kind.")));
  drawMore(STEP);
  drawLeftOut();
  for (const [name, [, takes]] of Object.entries(filters))
    document.getElementById("n-" + name).textContent = String(byTask[page.task].filter(takes).length);
}

function drawTools() {
  const select = el("select", { id: "task", onchange: () => { page.task = Number(select.value); drawList(); } },
    tasks.map((task, t) => el("option", { value: t }, task.name + ", " + count(task.shown, "question"))));
  return el("div", { class: "tools" },
    tasks.length > 1 ? el("label", { for: "task" }, "Task ", select) : null,
    el("fieldset", {}, el("legend", {}, "Show"), Object.entries(filters).map(([name, [title]]) => el("label", {},
      el("input", { type: "radio", name: "filter", value: name, checked: name === "all", onchange: () => { page.filter = name; drawList(); } }),
      el("span", {}, title + " ", el("b", { id: "n-" + name }))))));
}

/* Open the question that the address names, where it names one. */
function openAsked() {
  const asked = /^#q-(\d+)-(\d+)$/.exec(location.hash);
  const q = asked && questions.find((one) => one.s === Number(asked[1]) && one.i === Number(asked[2]));
  if (!q) return;
  page.task = q.s;
  page.filter = "all";
  const select = document.getElementById("task");
  if (select) select.value = String(q.s);
  for (const input of document.querySelectorAll(".tools input")) input.checked = input.value === "all";
  drawList();
  while (!document.getElementById(asked[0].slice(1))) drawMore(STEP);
  document.getElementById(asked[0].slice(1)).open = true;
  document.getElementById(asked[0].slice(1)).scrollIntoView();
}

/* ---- Begin ---- */

document.title = "latentmas report: " + [...new Set(tasks.map((task) => task.name))].slice(0, 6).join(", ");
document.getElementById("answers").replaceChildren(drawTools(), leftOut, rows, more);
drawList();
window.addEventListener("hashchange", openAsked);
openAsked();
performance.mark("drawn");
