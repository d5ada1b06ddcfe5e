/* compare.js - one question by every method, side by side. */
const contest = { stop: null, sides: [] };
const MEASURES = [
  ["read", "tokens read", (s) => s.told.usage && readUsage(s.told.usage).read, (n) => n.toLocaleString("en")],
  ["thought", "thoughts", (s) => s.told.usage && readUsage(s.told.usage).thought, (n) => n.toLocaleString("en")],
  ["spoke", "tokens spoken", (s) => s.told.usage && readUsage(s.told.usage).spoken, (n) => n.toLocaleString("en")],
  ["first", "first word after", (s) => s.told.first, seconds],
  ["total", "all after", (s) => s.told.total, seconds],
];

/* ---- A side ---- */

function drawSide(team, method) {
  const side = { method, model: modelOf(team, method).id, answer: "", told: null, error: null };
  side.text = el("div", { class: "answer", dir: "auto", "aria-busy": "true" });
  side.state = el("p", { class: "note num" }, "waits");
  side.foot = el("div", { class: "foot" });
  side.card = el("article", { class: "card side", "data-method": method, "aria-label": METHODS[method].name },
    el("h3", {}, METHODS[method].name, el("small", { class: "mono" }, method)),
    el("p", { class: "note" }, METHODS[method].says), side.text, side.state, side.foot);
  return side;
}

/* The numbers of all that have ended, as bars of one scale. */
function drawMeasures() {
  const ended = contest.sides.filter((s) => s.told);
  for (const side of ended)
    side.foot.replaceChildren(el("dl", { class: "measures num" }, MEASURES.map(([key, name, of, say]) => {
      const value = of(side), most = Math.max(...ended.map((s) => of(s) || 0));
      return el("div", { "data-measure": key }, el("dt", {}, name), el("dd", {}, has(value) ? say(value) : "–"), meter(most ? (value || 0) / most : 0, "of-" + key));
    })));
}

async function askSide(side, question, signal) {
  const work = (w) => { side.state.textContent = w.agent + " " + WORKS[w.work] + (w.n_done ? " " + w.n_done : ""); };
  try {
    side.told = await converse(side.model, [{ role: "user", content: question }], {
      text: (text) => { side.answer += text; side.text.textContent = side.answer; },
      work, trace: () => {},
    }, signal);
    side.state.textContent = side.told.finish === "length" ? "cut at the most tokens an answer may have" : "";
  } catch (error) {
    side.error = error;
    side.state.replaceChildren(isStopped(error) ? "stopped" : el("span", { class: "error" }, error.message));
  }
  side.text.setAttribute("aria-busy", "false");
  drawMeasures();
}

/* ---- All of them ---- */

/* What the numbers come to, where both ways of handing over have ended. */
function sum() {
  const [latent, text] = ["latent_mas", "text_mas"].map((m) => contest.sides.find((s) => s.method === m && s.told && s.told.usage));
  if (!latent || !text) return "";
  const a = readUsage(latent.told.usage), b = readUsage(text.told.usage);
  return "With thoughts the team spoke " + count(a.spoken, "token") + " and had " + count(a.thought, "thought") +
    ", with text it spoke " + count(b.spoken, "token") + "; it was done in " + seconds(latent.told.total) + " against " + seconds(text.told.total) + ".";
}

function setComparing(stop) {
  contest.stop = stop;
  byId("compare-stop").hidden = !stop;
  byId("compare-send").hidden = Boolean(stop);
}

async function compareAll(question) {
  const team = byId("compare-team").value, stop = new AbortController();
  contest.sides = ["baseline", "text_mas", "latent_mas"].filter((m) => modelOf(team, m)).map((m) => drawSide(team, m));
  byId("compare-answers").replaceChildren(...contest.sides.map((s) => s.card));
  byId("compare-sum").hidden = true;
  setComparing(stop);
  announce("Asked " + count(contest.sides.length, "method") + ".");
  if (byId("in-turn").checked)
    for (const side of contest.sides) await askSide(side, question, stop.signal);
  else
    await Promise.all(contest.sides.map((side) => askSide(side, question, stop.signal)));
  setComparing(null);
  byId("compare-sum").hidden = !sum();
  byId("compare-sum").textContent = sum() + (byId("in-turn").checked ? "" : " They were asked at once and shared the machine.");
  announce(contest.sides.map((s) => METHODS[s.method].name + ": " + (s.error ? "no answer" : s.answer)).join(". "));
}

function beginCompare() {
  byId("compare-form").addEventListener("submit", (e) => {
    const question = byId("compare-question").value.trim();
    e.preventDefault();
    if (contest.stop) return;
    if (!question) return byId("compare-question").focus();
    byId("compare-question").focus();
    compareAll(question);
  });
  byId("compare-stop").addEventListener("click", () => { contest.stop?.abort(); byId("compare-question").focus(); });
  sendByKeys(byId("compare-question"), byId("compare-form"), () => contest.stop);
}
