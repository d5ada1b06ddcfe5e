/*
 * document.js - a text that is asked about often: dropped, chosen or pasted; it goes to the team as
 * the system message. Agents that begin with it find it read already from the second question on;
 * one that goes on in another's memory reads it behind that, each time anew.
 */
const DOCUMENT_MAX = 1024 * 1024; /* bytes */
const PASTE_LONG = 2000;          /* characters; a question is seldom longer */
const BYTES_A_TOKEN = 4;          /* about, of English */
let carried = null;               /* {name, text, size, asked, cached, read, goesOn} */

/* ---- Reading ---- */

const sizeOfText = (text) => new TextEncoder().encode(text).length;

/* The text of a file, or an error in words. */
async function readTextFile(file, most) {
  if (file.size > most) throw new Error(file.name + " has " + bytes(file.size) + ": at most " + bytes(most) + " of text can be used.");
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    throw new Error(file.name + " is no text in UTF-8.");
  }
  if (text.includes("\u0000")) throw new Error(file.name + " is no text: it has NUL bytes.");
  return text;
}

function newDocument(name, text) {
  const size = sizeOfText(text);
  if (!text.trim()) throw new Error(name + " has no text.");
  if (size > DOCUMENT_MAX) throw new Error(name + " has " + bytes(size) + ": at most " + bytes(DOCUMENT_MAX) + " of text can be used.");
  return { name, text, size, asked: 0, cached: 0, read: 0, goesOn: false };
}

const documentMessage = (d) => ({ role: "system", content: "The document \"" + d.name + "\":\n\n" + d.text });

/* ---- The one that is there ---- */

const roomOf = () => (server.props ? server.props.default_generation_settings.n_ctx : 0);

function sayDocument(d) {
  const n = Math.ceil(d.size / BYTES_A_TOKEN);
  const isLarge = roomOf() && n > roomOf();
  return bytes(d.size) + ", about " + count(n, "token") + (isLarge ? ": more than the " + roomOf().toLocaleString("en") + " that an agent has room for here" : "");
}

function sayAsked(d) {
  if (d.asked === 1) return "asked once; ask again, and what was read need not be read again";
  return "asked " + d.asked + " times; this time " + d.cached.toLocaleString("en") + " of " + d.read.toLocaleString("en") + " tokens were not read again" +
    (d.goesOn ? " (an agent that goes on in another's memory reads the document behind it, anew)" : "");
}

function drawDocument() {
  const chip = byId("document-chip");
  chip.hidden = !carried;
  byId("document-open").textContent = carried ? "Another document" : "Add a document";
  if (!carried) return chip.replaceChildren();
  chip.replaceChildren(
    el("div", { class: "row" }, el("strong", {}, carried.name), el("span", { class: "note num push" }, sayDocument(carried)),
      el("button", { type: "button", class: "quiet", "aria-label": "Remove the document " + carried.name, onclick: () => { setDocument(null); byId("question").focus(); } }, "Remove")),
    carried.asked
      ? el("div", { class: "cached" }, meter(carried.read ? carried.cached / carried.read : 0, "kept"),
        el("span", {}, sayAsked(carried)))
      : el("p", { class: "note" }, "It goes before each question. What the server has read of it, it keeps for the next one."));
}

function setDocument(d) {
  carried = d;
  drawDocument();
  announce(d ? "Document " + d.name + " is added, " + sayDocument(d) + "." : "The document is removed.");
}

/* An answer that had the document before it. */
function noteDocument(d, usage, method) {
  const u = readUsage(usage);
  Object.assign(d, { asked: d.asked + 1, cached: u.cached, read: u.read, goesOn: method === "latent_mas" && u.cached < 0.9 * u.read });
  if (d === carried) drawDocument();
}

/* ---- The dialog ---- */

function failDocument(message) {
  byId("document-error").hidden = !message;
  byId("document-error").textContent = message;
}

function openDocumentDialog() {
  failDocument("");
  byId("document-limits").textContent = "A text file in UTF-8 of at most " + bytes(DOCUMENT_MAX) +
    (roomOf() ? "; an agent here has room for " + roomOf().toLocaleString("en") + " tokens, its answer among them, about " + bytes(roomOf() * BYTES_A_TOKEN) + " of text." : ".");
  byId("document-dialog").showModal();
  byId("document-text").focus();
}

function useDocument(name, text) {
  try {
    setDocument(newDocument(name, text));
  } catch (error) {
    if (!byId("document-dialog").open) openDocumentDialog();
    return failDocument(error.message);
  }
  byId("document-text").value = "";
  byId("document-dialog").close();
  byId("question").focus();
}

async function takeDocumentFile(file) {
  try {
    useDocument(file.name, await readTextFile(file, DOCUMENT_MAX));
  } catch (error) {
    if (!byId("document-dialog").open) openDocumentDialog();
    failDocument(error.message);
  }
}

/* A long text that is pasted as a question is more likely a document; one click makes it a question. */
function onPaste(event) {
  const file = [...event.clipboardData.files][0];
  const text = event.clipboardData.getData("text/plain");
  if (!file && text.length < PASTE_LONG) return;
  event.preventDefault();
  if (file) return takeDocumentFile(file);
  const box = byId("question"), before = carried;
  const { selectionStart, selectionEnd } = box;
  useDocument("pasted text", text);
  if (!carried || carried.text !== text) return;
  byId("document-chip").append(el("button", { type: "button", class: "quiet", onclick: () => {
    setDocument(before);
    box.setRangeText(text, selectionStart, selectionEnd, "end");
    box.focus();
  } }, "Make it the question instead"));
}

/* ---- Dropping ---- */

function drops(show, take) {
  let depth = 0;
  const has = (e) => [...e.dataTransfer.types].includes("Files");
  const set = (n) => { depth = Math.max(0, n); byId("drop").hidden = !depth; };
  document.addEventListener("dragenter", (e) => { if (!has(e)) return; e.preventDefault(); byId("drop").firstElementChild.textContent = show(); set(depth + 1); });
  document.addEventListener("dragleave", (e) => { if (has(e)) set(depth - 1); });
  document.addEventListener("dragover", (e) => { if (has(e)) e.preventDefault(); });
  document.addEventListener("drop", (e) => { if (!has(e)) return; e.preventDefault(); set(0); const file = e.dataTransfer.files[0]; if (file) take(file); });
}

function beginDocument() {
  byId("document-open").addEventListener("click", openDocumentDialog);
  byId("document-cancel").addEventListener("click", () => byId("document-dialog").close());
  byId("document-choose").addEventListener("click", () => byId("document-file").click());
  byId("document-file").addEventListener("change", (e) => { const file = e.target.files[0]; e.target.value = ""; if (file) takeDocumentFile(file); });
  byId("document-form").addEventListener("submit", (e) => { e.preventDefault(); useDocument("pasted text", byId("document-text").value); });
  byId("question").addEventListener("paste", onPaste);
}
