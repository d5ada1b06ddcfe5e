/* ask.js - a conversation with a team: questions, answers as they come, and what each took. */
const EXAMPLES = [
  "Tom has 12 apples and buys 7 more. How many apples does Tom have now?",
  "Mia has 6 bags with 12 shells each. Later she gives 15 of them to Finn. How many shells does Mia have now?",
];
const talk = { turns: [], stop: null };

/* ---- Which team, which method ---- */

const methodsOf = (team) => Object.keys(METHODS).filter((method) => modelOf(team, method));
const chosenMethod = () => (document.querySelector("#ask-method input:checked") || {}).value;

function fillTeams(select) {
  const before = select.value;
  select.replaceChildren(...server.teams.map((team) => el("option", { value: team.name }, team.name)));
  if (teamOf(before)) select.value = before;
}

function drawMethods() {
  const team = byId("ask-team").value, before = chosenMethod();
  const methods = methodsOf(team);
  const legend = byId("ask-method").querySelector("legend");
  byId("ask-method").replaceChildren(legend, ...methods.map((method, i) => el("label", {},
    el("input", { type: "radio", name: "method", value: method, checked: methods.includes(before) ? method === before : i === 0, onchange: showChoice }),
    el("span", {}, METHODS[method].name))));
  showChoice();
}

/* The board shows the team that would be asked, until one is. */
function showChoice() {
  const method = chosenMethod(), name = byId("ask-team").value;
  if (!method) {
    byId("method-says").textContent = "This team has no words for such questions here (\"formats\" of its file).";
    return;
  }
  const why = server.props && server.props.cannot_think && method !== "baseline" ? " This model cannot hand over thoughts: " + server.props.cannot_think + "." : "";
  byId("method-says").textContent = METHODS[method].says + why;
  if (!talk.stop) showRecord(newRecord(method === "baseline" ? alone : teamOf(name), method));
}

/* ---- What is sent ---- */

/* Earlier turns that were answered, and the question. */
function messagesFor(question) {
  const list = carried ? [documentMessage(carried)] : [];
  for (const turn of talk.turns)
    if (turn.answer) list.push({ role: "user", content: turn.question }, { role: "assistant", content: turn.answer });
  return [...list, { role: "user", content: question }];
}

/* ---- What is shown ---- */

function drawTurn(turn) {
  turn.text = el("div", { class: "answer", dir: "auto", "aria-busy": "true" });
  turn.foot = el("div", { class: "foot" });
  turn.item = el("li", { class: "exchange" },
    el("div", { class: "asked-it", dir: "auto" }, el("span", { class: "unseen" }, "You asked: "), turn.question),
    el("article", { class: "card", "aria-label": "answer of " + turn.model },
      el("p", { class: "by" }, turn.model, turn.document ? el("span", {}, " with " + turn.document.name) : null),
      turn.text, turn.foot));
  byId("said").append(turn.item);
  byId("begin").replaceChildren();
}

/* Follow the text as long as the reader is at its end. */
function isAtEnd() {
  return window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 120;
}

function addText(turn, text) {
  const follows = isAtEnd();
  turn.answer += text;
  turn.text.textContent = turn.answer;
  if (follows) byId("composer").scrollIntoView({ block: "end" });
}

function endTurn(turn, told, error) {
  turn.view = el("button", { type: "button", class: "quiet", onclick: () => { showRecord(turn.record); byId("work-title").scrollIntoView({ block: "nearest" }); } }, "Show the team's work");
  turn.text.setAttribute("aria-busy", "false");
  if (error) turn.foot.append(isStopped(error) ? el("p", { class: "note stopped" }, "Stopped.") : el("p", { class: "error" }, error.message));
  if (told) turn.foot.append(drawFigures(told));
  if (told && told.finish === "length") turn.foot.append(el("p", { class: "note" }, "Cut: it reached the most tokens that an answer may have here."));
  turn.view.hidden = board.record === turn.record;
  if (turn.record.turns.length) turn.foot.append(turn.view);
  announce(error ? (isStopped(error) ? "Stopped." : error.message) : "Answer of " + turn.model + ": " + turn.answer);
}

function setAsking(stop) {
  talk.stop = stop;
  byId("stop").hidden = !stop;
  byId("send").hidden = Boolean(stop);
}

/* ---- Asking ---- */

async function askTeam(question) {
  const team = byId("ask-team").value, method = chosenMethod();
  const stop = new AbortController();
  const turn = { question, answer: "", model: modelOf(team, method).id, document: carried, record: newRecord(method === "baseline" ? alone : teamOf(team), method) };
  const messages = messagesFor(question);
  const { record } = turn;
  let told = null, failed = null;
  talk.turns.push(turn);
  drawTurn(turn);
  setAsking(stop);
  showRecord(record);
  announce("Asked " + turn.model + ".");
  try {
    told = await converse(turn.model, messages, {
      text: (text) => {
        addText(turn, text);
        const last = record.turns.at(-1);
        if (last && last.work === "speak") { last.done++; showTurn(record, last); }
      },
      work: (work) => showTurn(record, takeWork(record, work)),
      trace: (trace) => showTurn(record, takeTrace(record, trace)),
    }, stop.signal);
    if (turn.document && told.usage) noteDocument(turn.document, told.usage, method);
  } catch (error) {
    if (!isStopped(error) && !(error instanceof Refusal)) console.error(error);
    failed = error;
  }
  setAsking(null);
  endRecord(record);
  endTurn(turn, told, failed);
  if (failed && failed.code === 401) byId("question").value = question;
}

function onAsk(event) {
  const question = byId("question").value.trim();
  event.preventDefault();
  if (talk.stop || !chosenMethod()) return;
  if (!question) return byId("question").focus();
  byId("question").value = "";
  byId("question").focus();
  askTeam(question);
  byId("composer").scrollIntoView({ block: "nearest" });
}

function beginAnew() {
  if (talk.stop) talk.stop.abort();
  talk.turns = [];
  byId("said").replaceChildren();
  drawBegin();
  if (!talk.stop) showChoice();
  byId("question").focus();
  announce("A new conversation.");
}

function drawBegin() {
  byId("begin").replaceChildren(el("p", { class: "note" }, "For example"),
    ...EXAMPLES.map((text) => el("button", { type: "button", class: "example", onclick: () => { byId("question").value = text; byId("question").focus(); } }, text)));
}

/* Ctrl or Cmd with Enter sends; Escape stops. */
function sendByKeys(box, form, stops) {
  box.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); form.requestSubmit(); }
    if (e.key === "Escape" && stops()) { e.preventDefault(); stops().abort(); }
  });
}

function beginAsk() {
  byId("composer").addEventListener("submit", onAsk);
  byId("stop").addEventListener("click", () => { talk.stop?.abort(); byId("question").focus(); });
  byId("anew").addEventListener("click", beginAnew);
  byId("ask-team").addEventListener("change", drawMethods);
  sendByKeys(byId("question"), byId("composer"), () => talk.stop);
  byId("ask").addEventListener("keydown", (e) => { if (e.key === "Escape") talk.stop?.abort(); });
  drawBegin();
  beginDocument();
}
