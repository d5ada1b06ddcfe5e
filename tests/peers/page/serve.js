/*
 * serve.js QUICK SLOW PID LOCKED - uses the page of `latentmas serve` as people do; a claim for each thing that one does there.
 *
 * QUICK, SLOW and LOCKED are addresses: of a server that answers soon, of one (process PID) that thinks long and is ended here,
 * and of one that wants the key "a-key-of-mine". CHROMIUM is the browser, SHOTS a folder for pictures of what was seen.
 */
"use strict";
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");
const { measure, judgeByAxe } = require("./measure.js");

const [QUICK, SLOW, PID, LOCKED] = process.argv.slice(2);
const SUM = "Tom has 12 apples and buys 7 more. How many apples does Tom have now?";
const BAD = "<img src=x onerror=document.title=1><b>bad</b>";
const settings = [
  { name: "wide, light", width: 1280, scheme: "light" },
  { name: "wide, dark", width: 1280, scheme: "dark" },
  { name: "narrow, light", width: 390, scheme: "light" },
  { name: "narrow, dark", width: 390, scheme: "dark" },
];

/* ---- Opening ---- */

let browser;

/* A page that is there, with what the browser complains of in page.found. */
async function open(address, options = {}) {
  const context = await browser.newContext({ viewport: { width: options.width || 1280, height: 900 }, colorScheme: options.scheme || "light",
    reducedMotion: options.still ? "reduce" : "no-preference", bypassCSP: Boolean(options.bypass), acceptDownloads: true });
  const page = await context.newPage();
  page.found = [];
  page.on("console", (m) => page.found.push("console: " + m.text()));
  page.on("pageerror", (e) => page.found.push("error: " + e.message));
  page.on("dialog", (d) => { page.found.push("a dialog: " + d.message()); d.dismiss(); });
  page.on("request", (r) => { if (!r.url().startsWith(address) && !/^(data|blob):/.test(r.url())) page.found.push("asked for " + r.url()); });
  if (options.before) await options.before(page);
  await page.goto(address + (options.at || "/"));
  await page.waitForFunction(() => performance.getEntriesByName("drawn").length);
  return page;
}

async function close(page) {
  await page.context().close();
  return page.found;
}

async function ask(page, question) {
  const n = await page.locator(".exchange").count();
  await page.fill("#question", question);
  await page.press("#question", "Control+Enter");
  return page.locator(".exchange").nth(n);
}

async function askAndWait(page, question) {
  const exchange = await ask(page, question);
  await exchange.locator(".figures, .foot .error").waitFor();
  return exchange;
}

const textOf = (page, selector) => page.locator(selector).first().textContent();
const expect = (page, isTrue, otherwise) => { if (!isTrue) page.found.push(otherwise); };

/* ---- Asking ---- */

async function answers() {
  const page = await open(QUICK);
  for (const [method, says] of [["latent_mas", /thought 30/], ["text_mas", /thought 0/], ["baseline", /thought 0/]]) {
    await page.check('#ask-method input[value="' + method + '"]', { force: true });
    const exchange = await askAndWait(page, SUM);
    const text = await exchange.textContent();
    expect(page, /19/.test(text) && says.test(text), method + ": " + text);
  }
  await page.selectOption("#ask-team", "hierarchical");
  await page.check('#ask-method input[value="latent_mas"]', { force: true });
  await page.evaluate(() => {
    window.works = new Set();
    new MutationObserver(() => { for (const n of document.querySelectorAll(".node")) window.works.add(n.dataset.agent + n.getAttribute("class").replace("node can-pick", "")); })
      .observe(document.getElementById("board"), { subtree: true, attributes: true, attributeFilter: ["class"] });
  });
  await askAndWait(page, SUM);
  const works = await page.evaluate(() => [...window.works]);
  for (const work of ["mathematician is-think", "mathematician is-done", "scientist is-done", "programmer is-beside", "summarizer is-read", "summarizer is-done"])
    expect(page, works.includes(work), "never seen: " + work + " among " + works);
  expect(page, (await page.locator(".turn").count()) === 4 && (await page.locator(".turn button.point").count()) === 30, "not four cards with thirty thoughts");
  return close(page);
}

/* The pointer shows a thought, leaving hides it, a click keeps it. */
async function thoughts() {
  const page = await open(QUICK);
  await askAndWait(page, SUM);
  const point = page.locator("button.point").nth(2);
  await point.hover();
  const said = await textOf(page, ".thought");
  expect(page, /Thought 3 of 10/.test(said) && /norm/.test(said) && /entropy/.test(said) && /The head would say/.test(said) && /W_in/.test(said), "hovering shows: " + said);
  expect(page, (await page.locator(".thought .near li").count()) === 10, "not twice five near tokens");
  await page.mouse.move(2, 2);
  expect(page, (await page.locator(".thought").count()) === 0, "it stays when the pointer leaves");
  await point.click();
  await page.mouse.move(2, 2);
  expect(page, (await page.locator(".thought").count()) === 1, "a click does not keep it");
  await page.locator(".turn summary").first().click();
  expect(page, (await textOf(page, ".turn pre")).includes(SUM), "the prompt is not there");
  return close(page);
}

/* What was said before is sent again, until the conversation is a new one. */
async function remembers() {
  const page = await open(QUICK);
  const sent = [];
  page.on("request", (r) => { if (r.method() === "POST") sent.push(JSON.parse(r.postData()).messages); });
  await askAndWait(page, SUM);
  const second = await askAndWait(page, "And if he gives 4 away?");
  expect(page, sent[1].map((m) => m.role).join() === "user,assistant,user" && sent[1][0].content === SUM && /19/.test(sent[1][1].content), "sent: " + JSON.stringify(sent[1]));
  expect(page, /were there already and not read again/.test(await second.textContent()), "nothing of the first turn was kept: " + (await second.textContent()));
  await page.locator(".exchange").first().locator("text=Show the team's work").click();
  expect(page, !(await page.locator(".exchange").nth(1).locator("text=Show the team's work").isHidden()), "the team's work of the first answer cannot be seen");
  await page.click("#anew");
  await askAndWait(page, SUM);
  expect(page, sent[2].length === 1 && (await page.locator(".exchange").count()) === 1, "a new conversation sends " + JSON.stringify(sent[2]));
  await page.reload();
  await page.waitForFunction(() => performance.getEntriesByName("drawn").length);
  expect(page, (await page.locator(".exchange").count()) === 0, "a reload keeps the conversation");
  return close(page);
}

async function stops() {
  const page = await open(SLOW);
  for (const how of ["button", "Escape"]) {
    const exchange = await ask(page, SUM);
    await page.waitForSelector(".node.is-think");
    if (how === "button") await page.click("#stop");
    else await page.keyboard.press("Escape");
    await exchange.locator(".stopped").waitFor({ timeout: 3000 }).catch(() => page.found.push(how + " does not stop"));
    expect(page, (await page.locator(".node.is-think, .node.is-read").count()) === 0, "somebody is at work still");
    expect(page, await page.locator("#send").isVisible(), "it cannot be asked again");
  }
  await page.waitForTimeout(500);
  const metrics = await (await fetch(SLOW + "/metrics")).text();
  expect(page, /cancel[a-z]*[^\n]* 2\n/.test(metrics), "the server goes on: " + (metrics.match(/.*cancel.*/g) || []).join(" "));
  return close(page);
}

/* Those who hear the page hear the answer once, and few words beside it. */
async function isQuiet() {
  const page = await open(QUICK);
  await page.evaluate(() => {
    window.heard = [];
    new MutationObserver(() => { const text = document.getElementById("live").textContent; if (text) window.heard.push(text); }).observe(document.getElementById("live"), { childList: true });
  });
  await askAndWait(page, SUM);
  await page.waitForTimeout(200);
  const heard = await page.evaluate(() => window.heard);
  expect(page, heard.length <= 3 && heard.filter((t) => /Answer of sequential: .*19/.test(t)).length === 1, "heard: " + heard.join(" | "));
  expect(page, (await page.locator("[aria-live], [role=status], [role=alert], [role=log]").evaluateAll((all) => all.filter((e) => e.querySelector(".answer")).length)) === 0, "an answer is in a live region");
  return close(page);
}

async function keysAlone() {
  const page = await open(QUICK);
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const focused = (selector) => page.evaluate((s) => document.activeElement.matches(s), selector);
  const tabTo = async (selector, key = "Tab") => {
    for (let i = 0; i < 40; i++) {
      await press(key);
      if (await focused(selector)) {
        const seen = await page.evaluate(() => {
          const e = document.activeElement.matches(".choice input") ? document.activeElement.nextElementSibling : document.activeElement;
          const around = e.closest(".editor") || e, s = getComputedStyle(around);
          return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
        });
        expect(page, seen, "focus is not seen at " + selector);
        return;
      }
    }
    page.found.push("Tab does not reach " + selector);
  };
  await tabTo(".skip");
  await press("Enter");
  expect(page, await focused("#question"), "the first link does not lead to the question");
  await page.keyboard.type(SUM);
  await press("Control+Enter");
  await page.waitForSelector(".figures");
  expect(page, await focused("#question"), "focus is lost after asking");
  await tabTo("button.point");
  await press("ArrowRight", "ArrowRight");
  expect(page, /Thought 3 of 10/.test(await textOf(page, ".thought")), "arrows do not go along the thoughts");
  await press("Escape");
  expect(page, (await page.locator(".thought").count()) === 0 && (await focused("button.point")), "Escape does not close a thought");
  await tabTo(".turn summary");
  await press("Enter");
  await page.waitForSelector(".turn pre", { timeout: 2000 }).catch(() => page.found.push("Enter opens no prompt"));
  await tabTo("#ask-method input", "Shift+Tab");
  await press("ArrowRight");
  expect(page, await page.isChecked('#ask-method input[value="text_mas"]'), "arrows do not choose a method");
  await tabTo('[role="tab"]', "Shift+Tab");
  await press("ArrowRight");
  expect(page, await page.isVisible("#compare"), "arrows do not go along the tabs");
  await press("End");
  await tabTo("#source");
  expect(page, await page.isVisible("#edit"), "End does not go to the last tab");
  await press("Tab");
  expect(page, !(await focused("#source")), "Tab does not leave the editor");
  await page.click("#tab-ask");
  await page.focus("#document-open");
  await press("Enter");
  expect(page, await focused("#document-text"), "the dialog does not take the focus");
  await press("Escape");
  expect(page, !(await page.isVisible("#document-dialog")) && (await focused("#document-open")), "Escape does not close the dialog, or focus is lost");
  return close(page);
}

/* ---- Comparing ---- */

async function compares() {
  const page = await open(QUICK, { at: "/#compare" });
  for (const inTurn of [false, true]) {
    await page.setChecked("#in-turn", inTurn);
    await page.fill("#compare-question", SUM);
    await page.press("#compare-question", "Control+Enter");
    await page.waitForSelector("#compare-send:not([hidden])");
    await page.waitForSelector("#compare-sum:not([hidden])");
    for (const method of ["baseline", "text_mas", "latent_mas"]) {
      const text = await textOf(page, '[data-method="' + method + '"]');
      expect(page, /19/.test(text) && /tokens read/.test(text) && /first word after\d/.test(text) && /all after\d/.test(text), method + ": " + text);
    }
    expect(page, /thought 30|had 30 thoughts/.test(await textOf(page, "#compare-sum")), "sum: " + (await textOf(page, "#compare-sum")));
  }
  return close(page);
}

/* ---- Editing ---- */

async function edits() {
  const page = await open(QUICK, { at: "/#edit" });
  await page.waitForSelector("#verdict.is-right");
  await page.fill("#source", '{\n  "name": "ring",\n  "agents": [\n    {"name": "a", "promt": "{question}"}\n  ]\n}');
  await page.waitForSelector("#verdict.is-wrong");
  expect(page, /Line 4: unknown key "promt"/.test(await textOf(page, "#verdict")), "verdict: " + (await textOf(page, "#verdict")));
  expect(page, (await textOf(page, "#lines b")) === "4", "the line is not marked");
  await page.click("#verdict button");
  expect(page, (await page.evaluate(() => { const s = document.getElementById("source"); return s.value.slice(s.selectionStart, s.selectionEnd); })).includes("promt"), "the button does not go to the line");
  const right = JSON.stringify({ name: "my ring <1>", rounds: 2, agents: ["one", "two", "three"].map((name) => ({ name, prompt: "{question} {outputs}" })),
    edges: [{ from: ["one", "two"], to: "three", carry: "both" }, { from: "three", to: "one", carry: "text", next_round: true }] }, null, 2);
  await page.fill("#source", right);
  await page.waitForSelector("#verdict.is-right");
  await page.waitForFunction(() => document.querySelectorAll("#edit-graph .node").length === 3);
  expect(page, (await page.locator("#edit-graph .edge").count()) === 3 && (await page.locator("#edit-graph .edge.next").count()) === 1, "not three edges");
  const y = await page.locator("#edit-graph .box").evaluateAll((all) => all.map((e) => Number(e.getAttribute("y"))));
  expect(page, y[0] === y[1] && y[2] > y[0], "levels: " + y);
  expect(page, (await textOf(page, "#serve-line")) === "latentmas serve -m MODEL --teams my-ring-1.json", "how to serve: " + (await textOf(page, "#serve-line")));
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("#edit-save")]);
  expect(page, file.suggestedFilename() === "my-ring-1.json" && fs.readFileSync(await file.path(), "utf8") === right, "downloaded: " + file.suggestedFilename());
  await page.fill("#source", '{"name": "p", "agents": [{"name": "a", "command": ["date"]}, {"name": "b", "prompt": "{question} {outputs}"}], "edges": [{"from": "a", "to": "b", "carry": "text"}]}');
  await page.waitForFunction(() => /p\.json --allow-tools$/.test(document.getElementById("serve-line").textContent));
  await page.fill("#source", '{"name": "x", "agents": [{"name": "a", "prompt": "{question} {qestion}"}]}');
  await page.waitForSelector("#verdict .remark");
  await page.setInputFiles("#edit-file", { name: "t.json", mimeType: "application/json", buffer: Buffer.from('{"name": "opened", "agents": [{"name": "a", "prompt": "{question}"}]}') });
  await page.waitForFunction(() => /opened, 1 agent/.test(document.getElementById("verdict").textContent));
  return close(page);
}

/* ---- Documents ---- */

const DOCUMENT = Array.from({ length: 40 }, (_, i) => "Box " + i + " holds " + (i + 3) + " apples and " + (2 * i) + " shells.").join("\n");
const drop = (page, name, bytes) => page.evaluate(([name, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name));
  for (const type of ["dragenter", "dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}, [name, [...bytes]]);

async function documents() {
  const page = await open(QUICK);
  await page.click("#document-open");
  expect(page, /1\.0 MiB/.test(await textOf(page, "#document-limits")) && /4,096 tokens/.test(await textOf(page, "#document-limits")), "limits: " + (await textOf(page, "#document-limits")));
  await page.setInputFiles("#document-file", { name: "boxes.txt", mimeType: "text/plain", buffer: Buffer.from(DOCUMENT) });
  await page.waitForSelector("#document-chip:not([hidden])");
  await askAndWait(page, SUM);
  await page.click("#anew");
  const second = await askAndWait(page, "How many shells are in box 4?");
  const cached = Number(await second.locator(".cached").getAttribute("data-cached"));
  expect(page, cached > 400, "of the document only " + cached + " tokens were there");
  expect(page, /asked 2 times; this time [\d,]+ of [\d,]+ tokens were not read again/.test(await textOf(page, "#document-chip")), "chip: " + (await textOf(page, "#document-chip")));
  await page.click("text=Remove");
  expect(page, await page.isHidden("#document-chip"), "it cannot be removed");
  await drop(page, "dropped.md", Buffer.from("A text that was dropped."));
  await page.waitForFunction(() => /dropped\.md/.test(document.getElementById("document-chip").textContent));
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.getElementById("question").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, DOCUMENT + DOCUMENT);
  await page.waitForFunction(() => /pasted text/.test(document.getElementById("document-chip").textContent));
  await page.click("text=Make it the question instead");
  expect(page, (await page.inputValue("#question")) === DOCUMENT + DOCUMENT && /dropped\.md/.test(await textOf(page, "#document-chip")), "a paste cannot be taken back");
  for (const [name, bytes, says] of [["large.txt", Buffer.alloc(1048577, "x"), "at most 1.0 MiB"], ["picture.png", Buffer.from([0x89, 0x50, 0xff]), "no text in UTF-8"], ["nul.txt", Buffer.from("a\u0000b"), "NUL"], ["empty.txt", Buffer.from(" \n"), "no text"]]) {
    await drop(page, name, bytes);
    await page.waitForFunction((says) => document.getElementById("document-error").textContent.includes(says), says, { timeout: 3000 }).catch(() => page.found.push(name + " is taken"));
    await page.keyboard.press("Escape");
  }
  return close(page);
}

/* ---- What goes wrong ---- */

async function keyed() {
  const page = await open(LOCKED, { width: 390 });
  page.found = page.found.filter((line) => !/401/.test(line)); /* the browser tells of each 401 */
  expect(page, await page.isVisible("#key-dialog"), "no key is asked for");
  await page.fill("#key", "not-the-key");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /does not know this key/.test(document.getElementById("key-error").textContent));
  await page.fill("#key", "a-key-of-mine");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#key-dialog:not([open])", { state: "attached" });
  await askAndWait(page, SUM);
  const kept = await page.evaluate(() => [Object.values(sessionStorage).join(), localStorage.length, document.cookie].join("|"));
  expect(page, kept === "a-key-of-mine|0|", "kept: " + kept);
  await page.reload();
  await page.waitForFunction(() => performance.getEntriesByName("drawn").length);
  expect(page, !(await page.isVisible("#key-dialog")), "the tab forgets the key");
  page.found = page.found.filter((line) => !/401/.test(line));
  return close(page);
}

async function refusals() {
  const page = await open(QUICK);
  const long = await askAndWait(page, "apples and shells ".repeat(4000));
  expect(page, /context|room|tokens/i.test(await long.locator(".error").textContent()), "too long: " + (await long.locator(".error").textContent()));
  await page.route("**/v1/chat/completions", (route) => route.fulfill({ status: 429, headers: { "Retry-After": "7" }, contentType: "application/json", body: JSON.stringify({ error: { message: "too many questions wait already: at most 1 may. Ask again later" } }) }));
  const busy = await askAndWait(page, SUM);
  expect(page, /Too many questions wait already.*Try again in 7 s/.test(await busy.locator(".error").textContent()), "busy: " + (await busy.textContent()));
  await page.unroute("**/v1/chat/completions");
  await page.route("**/v1/chat/completions", (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<html>" + BAD }));
  const proxy = await askAndWait(page, SUM);
  expect(page, /The server answered 502/.test(await proxy.locator(".error").textContent()), "a proxy's page: " + (await proxy.textContent()));
  page.found = page.found.filter((line) => !/Failed to load resource.*(400|429|502)/.test(line)); /* the browser's own lines */
  return close(page);
}

/* The server is killed while it answers. */
async function outage() {
  const page = await open(SLOW);
  const exchange = await ask(page, SUM);
  await page.waitForSelector(".node.is-think");
  process.kill(Number(PID), "SIGKILL");
  await exchange.locator(".foot .error").waitFor({ timeout: 5000 }).catch(() => page.found.push("nothing is said of it"));
  expect(page, /connection broke before the answer was whole/.test(await exchange.textContent()), "said: " + (await exchange.textContent()));
  expect(page, (await page.locator(".node.is-think").count()) === 0, "an agent thinks on");
  const next = await ask(page, SUM);
  await next.locator(".foot .error").waitFor({ timeout: 5000 }).catch(() => page.found.push("nor when it is asked again"));
  expect(page, /does not answer/.test(await next.textContent()), "said: " + (await next.textContent()));
  page.found = page.found.filter((line) => !/Failed to load resource/.test(line));
  return close(page);
}

/* Names of teams and agents, and what a model says, are texts. */
async function hostile() {
  const page = await open(QUICK);
  const count = () => page.evaluate(() => document.querySelectorAll("main img, main b:not(.meter b, .figures b, #lines b, .near b), main script, iframe").length);
  await page.selectOption("#ask-team", BAD);
  await askAndWait(page, BAD);
  for (const fold of await page.locator(".turn summary, .words summary").all()) await fold.click();
  expect(page, (await count()) === 0 && (await page.title()) === "latentmas", "a team's name becomes HTML");
  expect(page, (await page.locator(".node").first().getAttribute("data-agent")) === BAD, "an agent's name is not what it is");
  const event = (x) => "data: " + JSON.stringify({ choices: [], ...x }) + "\n\n";
  const near = [{ text: BAD, score: 0.5 }, { text: "\u202e</script>", score: 0.1 }];
  await page.route("**/v1/chat/completions", (route) => route.fulfill({ contentType: "text/event-stream", body:
    event({ latentmas: { event: "work", agent: BAD, work: "think", n_done: 1, n_most: 2 } }) +
    event({ latentmas: { event: "agent", trace: { agent: BAD, round: 1, input: BAD, output: BAD, n_read: 1, n_shared: 0, n_thought: 1, n_spoken: 1, read_ms: 1, think_ms: 1, speak_ms: 1,
      thoughts: [{ norm: 1, entropy: null, cosine_before: null, cosine_prompt: 1, head: near, input: near }] } } }) +
    event({ choices: [{ index: 0, delta: { content: BAD + "</div><script>document.title=1</script>" }, finish_reason: null }] }) +
    event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }) + "data: [DONE]\n\n" }));
  await page.click("#anew");
  await ask(page, "x");
  await page.locator(".exchange .foot .num").waitFor();
  await page.locator("button.point").first().click();
  for (const fold of await page.locator(".turn summary").all()) await fold.click();
  expect(page, (await textOf(page, ".answer")).startsWith(BAD) && (await textOf(page, ".thought")).includes(BAD.replaceAll(" ", "␣")), "the text is not what was said");
  expect(page, (await count()) === 0 && (await page.title()) === "latentmas", "what a model says becomes HTML");
  await page.click("#tab-edit");
  await page.selectOption("#edit-team", BAD);
  await page.waitForSelector("#verdict.is-right");
  expect(page, (await count()) === 0, "the editor makes HTML of it");
  return close(page);
}

/* ---- Looking ---- */

async function shoot(page, setting, state) {
  if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, ["serve", setting.name.replace(/, /g, "-"), state.replace(/ /g, "-")].join("-") + ".png"), fullPage: true });
}

async function judge(page, setting, state) {
  await page.mouse.move(2, 2);
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight)); /* what sticks to the window lies over nothing there */
  await page.waitForTimeout(250); /* colours have changed */
  const seen = await page.evaluate(measure);
  page.found.push(...seen.overlaps.map((x) => state + ": text on text: " + x), ...seen.wide.map((x) => state + ": wider than it shows: " + x), ...(await judgeByAxe(page)).map((x) => state + ": " + x));
  await shoot(page, setting, state);
}

async function look(setting) {
  const page = await open(QUICK, { ...setting, bypass: true });
  await judge(page, setting, "as it comes");
  await page.selectOption("#ask-team", "hierarchical");
  await askAndWait(page, SUM);
  await page.locator("button.point").nth(3).click();
  for (const fold of await page.locator(".turn:last-child summary, .words summary").all()) await fold.click();
  await judge(page, setting, "asked");
  await page.selectOption("#ask-team", BAD);
  await askAndWait(page, SUM);
  await judge(page, setting, "asked a team of odd names");
  await page.selectOption("#ask-team", "debate");
  await page.click("#anew");
  await judge(page, setting, "rounds");
  await page.click("#document-open");
  await judge(page, setting, "dialog");
  await page.selectOption("#ask-team", "sequential", { force: true });
  await page.fill("#document-text", DOCUMENT);
  await page.click("#document-dialog .main");
  await askAndWait(page, SUM);
  await askAndWait(page, SUM);
  await judge(page, setting, "document");
  await page.click("#tab-compare");
  await page.fill("#compare-question", SUM);
  await page.press("#compare-question", "Control+Enter");
  await page.waitForSelector("#compare-sum:not([hidden])");
  await judge(page, setting, "compared");
  await page.click("#tab-edit");
  await page.selectOption("#edit-team", "debate");
  await page.waitForSelector("#verdict.is-right");
  await judge(page, setting, "team");
  await page.fill("#source", '{\n  "name": "ring",\n  "agents": [\n    {"name": "a", "promt": "{question}"}\n  ]\n}');
  await page.waitForSelector("#verdict.is-wrong");
  await judge(page, setting, "wrong team");
  return close(page);
}

async function isStill() {
  const page = await open(SLOW, { still: true });
  await ask(page, SUM);
  await page.waitForSelector(".node.is-think");
  const n = await page.evaluate(() => document.getAnimations().length);
  await page.keyboard.press("Escape");
  expect(page, n === 0, n + " things move for those who want none to");
  return close(page);
}

/* ---- All of it ---- */

function tell(claim, found) {
  console.log((found.length ? "not ok - " : "ok - ") + claim);
  for (const line of [...new Set(found)].slice(0, 12)) console.log("# " + line.replace(/\s+/g, " ").slice(0, 400));
  return found.length > 0;
}

const claims = [
  ["a team is asked by each method, and lights up as it works", answers],
  ["a thought shows what it is near to, an agent its prompt", thoughts],
  ["earlier turns are sent, until a new conversation or a reload", remembers],
  ["an answer is stopped, by a button and by Escape, and the server with it", stops],
  ["those who hear the page hear an answer once", isQuiet],
  ["keys alone do all of it, and show where they are", keysAlone],
  ["one question goes to all methods, at once and one after another", compares],
  ["a wrong file shows its line, a right one draws, and both can be had", edits],
  ["a document is chosen, pasted, dropped, and not read a second time", documents],
  ["a key is asked for, kept in the tab alone", keyed],
  ["what the server refuses is said in words", refusals],
  ["names and texts that are markup stay texts", hostile],
  ["nothing moves for those who want that", isStill],
  ...settings.map((setting) => [setting.name + ": no text on text, no sideways scrolling, nothing that axe finds", () => look(setting)]),
  ["a server that is killed while it answers is an error in words", outage],
];

async function main() {
  let hasFailed = false;
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  for (const [claim, check] of claims) {
    if (process.env.ONLY && !claim.includes(process.env.ONLY)) continue;
    hasFailed = tell(claim, await check().catch((e) => [e.message])) || hasFailed;
    for (const context of browser.contexts()) await context.close();
  }
  await browser.close();
  process.exit(hasFailed ? 1 : 0);
}

main();
