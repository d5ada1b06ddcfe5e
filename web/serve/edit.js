/*
 * edit.js - a team's file in an editor: checked by the server while it is written, and drawn.
 *
 * The server only reads it. To have it served, download it and name it in --teams.
 */
const TEAM_MAX = 1024 * 1024; /* bytes */
const PAUSE_MS = 250;         /* of typing, before it is checked */
const LABEL = "team.json";    /* what the server calls the text in its messages */
const writing = { pause: null, check: null, name: "team", drawn: "" };

/* ---- The sheet ---- */

const lineOf = (text, n) => text.split("\n").slice(0, n - 1).reduce((at, line) => at + line.length + 1, 0);

/* Numbers beside the lines; `wrong` is one of them, or 0. */
function drawLines(wrong) {
  const n = byId("source").value.split("\n").length;
  const text = Array.from({ length: n }, (_, i) => i + 1);
  byId("lines").replaceChildren(...(wrong > 0 && wrong <= n
    ? [text.slice(0, wrong - 1).join("\n") + (wrong > 1 ? "\n" : ""), el("b", {}, String(wrong)), (wrong < n ? "\n" : "") + text.slice(wrong).join("\n")]
    : [text.join("\n")]), "\n ");
  byId("lines").scrollTop = byId("source").scrollTop;
}

function goToLine(n) {
  const box = byId("source"), begin = lineOf(box.value, n), end = box.value.indexOf("\n", begin);
  const high = parseFloat(getComputedStyle(box).lineHeight);
  box.focus();
  box.setSelectionRange(begin, end < 0 ? box.value.length : end);
  box.scrollTop = Math.max(0, (n - 4) * high);
}

/* ---- The verdict ---- */

/* "team.json:3:7: what" without what the reader knows. */
const plainly = (message) => message.replace(new RegExp("^" + LABEL.replace(".", "\\.") + ":(\\d+)(:\\d+)?: "), "Line $1: ");

function drawVerdict(found) {
  drawLines(found.ok ? 0 : found.line || 0);
  byId("verdict").className = found.ok ? "is-right" : "is-wrong";
  if (found.ok)
    return byId("verdict").replaceChildren(
      el("p", {}, el("strong", {}, "✓ A team: "), found.name + ", " + count(found.agents.length, "agent") + (found.n_rounds > 1 ? ", " + count(found.n_rounds, "round") : "")),
      ...found.remarks.map((remark) => el("p", { class: "remark" }, plainly(remark))));
  byId("verdict").replaceChildren(el("p", {}, el("strong", {}, "✗ "), sentence(plainly(found.message))),
    found.line ? el("button", { type: "button", class: "quiet", onclick: () => goToLine(found.line) }, "Go to line " + found.line) : "");
}

function drawFound(found) {
  const shape = JSON.stringify([found.agents, found.edges, found.n_rounds]);
  byId("edit-graph").classList.toggle("is-old", !found.ok);
  if (!found.ok) return;
  writing.name = found.name;
  byId("serve-line").textContent = "latentmas serve -m MODEL --teams " + fileName() + (found.agents.some((agent) => agent.program) ? " --allow-tools" : "");
  if (shape === writing.drawn) return;
  writing.drawn = shape;
  showGraph(byId("edit-graph"), found);
}

async function checkTeam() {
  const text = byId("source").value;
  writing.check?.abort();
  writing.check = new AbortController();
  const { signal } = writing.check;
  if (sizeOfText(text) > TEAM_MAX) return drawVerdict({ ok: false, message: "A team's file has at most " + bytes(TEAM_MAX), line: null });
  try {
    const found = await fetchJson("v1/teams/check", { file: text }, signal);
    if (signal.aborted) return;
    drawVerdict(found);
    drawFound(found);
  } catch (error) {
    if (isStopped(error)) return;
    drawVerdict({ ok: false, message: "It could not be checked: " + error.message, line: null });
  }
}

function onWriting() {
  drawLines(0);
  clearTimeout(writing.pause);
  writing.pause = setTimeout(checkTeam, PAUSE_MS);
}

/* ---- In and out ---- */

function setSource(text) {
  byId("source").value = text;
  byId("source").scrollTop = 0;
  drawLines(0);
  clearTimeout(writing.pause);
  checkTeam();
}

function loadTeam() {
  const team = teamOf(byId("edit-team").value);
  if (team) setSource(typeof team.file === "string" ? team.file : JSON.stringify(team.file, null, 2) + "\n");
}

const fileName = () => (writing.name.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 64) || "team") + ".json";

async function openTeamFile(file) {
  try {
    setSource(await readTextFile(file, TEAM_MAX));
  } catch (error) {
    drawVerdict({ ok: false, message: error.message, line: null });
  }
}

function download() {
  const link = el("a", { download: fileName(), href: URL.createObjectURL(new Blob([byId("source").value], { type: "application/json" })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function beginEdit() {
  byId("source").addEventListener("input", onWriting);
  byId("source").addEventListener("scroll", () => { byId("lines").scrollTop = byId("source").scrollTop; });
  byId("edit-team").addEventListener("change", loadTeam);
  byId("edit-open").addEventListener("click", () => byId("edit-file").click());
  byId("edit-file").addEventListener("change", (e) => { const file = e.target.files[0]; e.target.value = ""; if (file) openTeamFile(file); });
  byId("edit-save").addEventListener("click", download);
}
