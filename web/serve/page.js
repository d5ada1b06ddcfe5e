/* page.js - the page as a whole: its parts, its key, and what is served here. */

/* ---- Parts ---- */

const tabs = [...document.querySelectorAll('[role="tab"]')];

function showTab(tab, takesFocus) {
  for (const other of tabs) {
    const isIt = other === tab;
    other.setAttribute("aria-selected", String(isIt));
    other.tabIndex = isIt ? 0 : -1;
    byId(other.getAttribute("aria-controls")).hidden = !isIt;
  }
  if (takesFocus) tab.focus();
  history.replaceState(null, "", "#" + tab.getAttribute("aria-controls"));
  if (tab.id === "tab-edit" && !byId("source").value) loadTeam();
}

function onTabKey(event) {
  const now = tabs.indexOf(document.activeElement);
  const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  showTab(tabs[(to + tabs.length) % tabs.length], true);
}

const shownPart = () => tabs.find((tab) => tab.getAttribute("aria-selected") === "true").getAttribute("aria-controls");

/* ---- The key ---- */

function rememberKey(key) {
  server.key = key;
  try {
    if (key) sessionStorage.setItem("latentmas.key", key);
    else sessionStorage.removeItem("latentmas.key");
  } catch { /* a browser that keeps nothing asks again */ }
}

function failKey(message) {
  byId("key-error").hidden = !message;
  byId("key-error").textContent = message;
}

function askKey(message) {
  rememberKey("");
  if (!byId("key-dialog").open) {
    failKey("");
    byId("key-dialog").showModal();
  }
  if (message) failKey(message);
  byId("key").focus();
}

async function onKeyGiven(event) {
  const key = byId("key").value.trim();
  event.preventDefault();
  if (!/^[\x21-\x7e]+$/.test(key)) return failKey("A key has letters, digits and signs of ASCII, without blanks.");
  rememberKey(key);
  if (await load()) {
    byId("key").value = "";
    byId("key-dialog").close();
    byId("question").focus();
  }
}

/* ---- What is served ---- */

function showTrouble(message) {
  byId("trouble").hidden = !message;
  byId("trouble").textContent = message;
}

function about() {
  const model = server.props.model;
  const size = model.n_params >= 1e9 ? (model.n_params / 1e9).toFixed(1) + " B" : (model.n_params / 1e6).toFixed(1) + " M";
  return [model.name || model.description, size + " parameters", count(server.teams.length, "team")].join(" · ");
}

/* Whether it could be learned. */
async function load() {
  try {
    const [teams, models, props] = await Promise.all(["v1/teams", "v1/models", "props"].map((path) => fetchJson(path)));
    Object.assign(server, { teams: teams.data, models: models.data, props });
  } catch (error) {
    showTrouble(error.code === 401 ? "" : error.message);
    return false;
  }
  showTrouble("");
  byId("about").textContent = about();
  for (const id of ["ask-team", "compare-team", "edit-team"]) fillTeams(byId(id));
  drawMethods();
  if (shownPart() === "edit" && !byId("source").value) loadTeam();
  return true;
}

/* ---- Begin ---- */

for (const tab of tabs) tab.addEventListener("click", () => showTab(tab, false));
document.querySelector('[role="tablist"]').addEventListener("keydown", onTabKey);
byId("key-form").addEventListener("submit", onKeyGiven);
byId("key-cancel").addEventListener("click", () => byId("key-dialog").close());
byId("key-dialog").addEventListener("close", () => { if (!server.teams.length) showTrouble("Without a key this server answers nothing. Reload the page to give one."); });
try { server.key = sessionStorage.getItem("latentmas.key") || ""; } catch { /* it asks */ }
beginAsk();
beginCompare();
beginEdit();
drops(() => (shownPart() === "edit" ? "Drop a team's file to edit it" : "Drop a text to ask about it"),
  (file) => (shownPart() === "edit" ? openTeamFile(file) : (showTab(tabs[0], false), takeDocumentFile(file))));
showTab(tabs.find((tab) => "#" + tab.getAttribute("aria-controls") === location.hash) || tabs[0], false);
load().then(() => performance.mark("drawn"));
