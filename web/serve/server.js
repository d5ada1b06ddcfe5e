/*
 * server.js - what the page asks of the server, and what comes back: pages, and answers as events.
 *
 * The key is kept in the tab's sessionStorage and nowhere else.
 */
const server = { key: "", teams: [], models: [], props: null };
const byId = (id) => document.getElementById(id);

/* ---- Errors in words ---- */

class Refusal extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

const LOST = "The server does not answer: it may have ended, or the network is gone.";
const BROKEN = "The connection broke before the answer was whole: the server may have ended.";

/* What the server says of it, as a sentence. */
function sentence(text) {
  const s = String(text || "").trim();
  return s ? s[0].toUpperCase() + s.slice(1) + (/[.!?]$/.test(s) ? "" : ".") : "The server gave no reason.";
}

async function refusalOf(response) {
  const body = await response.json().catch(() => ({}));
  const message = sentence((body.error && body.error.message) || "the server answered " + response.status);
  const wait = response.headers.get("Retry-After");
  if (response.status === 401) askKey(server.key ? "The server does not know this key." : "");
  return new Refusal(message + (response.status === 429 && wait ? " Try again in " + wait + " s." : ""), response.status);
}

const isStopped = (error) => error.name === "AbortError";

/* ---- Asking ---- */

function headers(body) {
  const list = {};
  if (body) list["Content-Type"] = "application/json";
  if (server.key) list.Authorization = "Bearer " + server.key;
  return list;
}

async function call(path, body, signal) {
  let response;
  try {
    response = await fetch(path, {
      method: body ? "POST" : "GET", headers: headers(body), body: body ? JSON.stringify(body) : undefined,
      signal, cache: "no-store", credentials: "omit", redirect: "error",
    });
  } catch (error) {
    throw isStopped(error) ? error : new Refusal(LOST, 0);
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

const fetchJson = async (path, body, signal) => (await call(path, body, signal)).json();

/* ---- An answer as it comes ---- */

/* Hand each event's JSON to `take`; the end must have been said. */
async function readEvents(response, take) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "", isWhole = false;
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw isStopped(error) ? error : new Refusal(BROKEN, 0);
    });
    if (done) break;
    const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      if (event === "data: [DONE]") isWhole = true;
      else if (event.startsWith("data: ")) take(JSON.parse(event.slice(6)));
    }
  }
  if (!isWhole) throw new Refusal(BROKEN, 0);
}

/* Ask `model`, with what was said before, and tell `on` of text, work, trace and usage. Resolves to
 * {finish, usage, first, total}; times in milliseconds. */
async function converse(model, messages, on, signal) {
  const begin = performance.now();
  const told = { finish: null, usage: null, first: null, total: null };
  const response = await call("v1/chat/completions", {
    model, messages, stream: true, stream_options: { include_usage: true }, latentmas: { trace: true, n_near: 5 },
  }, signal);
  await readEvents(response, (event) => {
    if (event.error) throw new Refusal(sentence(event.error.message), 500);
    if (event.usage) told.usage = event.usage;
    if (event.latentmas) (event.latentmas.event === "work" ? on.work : on.trace)(event.latentmas.trace || event.latentmas);
    for (const choice of event.choices || []) {
      if (choice.delta && choice.delta.content) {
        if (told.first === null) told.first = performance.now() - begin;
        on.text(choice.delta.content);
      }
      told.finish = choice.finish_reason || told.finish;
    }
  });
  told.total = performance.now() - begin;
  return told;
}

/* ---- What is served ---- */

const METHODS = {
  latent_mas: { name: "Thoughts", says: "Agents think and hand over their working memory; the last one speaks." },
  text_mas: { name: "Text", says: "Each agent writes, and the next ones read what it wrote." },
  baseline: { name: "One agent", says: "The question goes to a single agent, without a team." },
};

const modelOf = (team, method) => server.models.find((m) => m.latentmas.team === team && m.latentmas.method === method);
const teamOf = (name) => server.teams.find((team) => team.name === name);

/* The single agent of the baseline, as a team to draw. */
const alone = { name: "baseline", agents: [{ name: "baseline", level: 0 }], edges: [], n_rounds: 1 };

/* Said to those who hear the page: not each word of an answer, but that it is there. */
function announce(text) {
  byId("live").textContent = "";
  setTimeout(() => { byId("live").textContent = text.length > 800 ? text.slice(0, 800) + " …" : text; }, 60);
}
