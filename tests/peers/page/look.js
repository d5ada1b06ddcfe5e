/*
 * look.js PAGE... - looks at pages as people do: wide and narrow, light and dark, and printed.
 *
 * Prints a claim for each page and setting: no text lies on another (boxes of all text nodes, in HTML and SVG),
 * nothing but code needs to be scrolled sideways, the browser has no complaint and asks for nothing, axe finds nothing.
 * CHROMIUM is the browser, SHOTS a folder for pictures of what was seen.
 */
"use strict";
const path = require("path");
const { chromium } = require("playwright-core");
const { measure, judgeByAxe } = require("./measure.js");

const settings = [
  { name: "wide, light", width: 1280, scheme: "light" },
  { name: "wide, dark", width: 1280, scheme: "dark" },
  { name: "narrow, light", width: 390, scheme: "light" },
  { name: "narrow, dark", width: 390, scheme: "dark" },
  { name: "printed", width: 794, scheme: "light", media: "print" },
];

/* Folds open, and of the first questions each answer: what a reader may have open at once. */
async function openAll(page) {
  const open = async (selector, n, part) => {
    await page.evaluate(([selector, n]) => { for (const d of [...document.querySelectorAll(selector)].slice(0, n)) d.open = true; }, [selector, n]);
    if (part) await page.waitForFunction(([selector, part]) => [...document.querySelectorAll(selector)].every((d) => !d.open || d.querySelector(part)), [selector, part]);
  };
  await open("main > section > details", Infinity);
  await open(".rows > li > details", 2, ".inside");
  await open(".one-answer", 12, ".card");
  await open(".texts details", Infinity, "pre");
}

/* Texts from which axe takes minutes: then it looks at the page as it comes, wide. */
const MANY = 4000;

async function judge(page, found, state, setting) {
  const seen = await page.evaluate(measure);
  if (seen.n < 20) found.push(state + ": only " + seen.n + " texts are there");
  found.push(...seen.overlaps.map((x) => state + ": text on text: " + x), ...seen.wide.map((x) => state + ": wider than it shows: " + x));
  if (setting.media || (seen.n > MANY && (state !== "as it comes" || setting.width < 1000))) return;
  found.push(...(await judgeByAxe(page)).map((x) => state + ": " + x));
}

async function look(browser, file, setting) {
  const found = [];
  const context = await browser.newContext({ viewport: { width: setting.width, height: 900 }, colorScheme: setting.scheme, bypassCSP: true });
  const page = await context.newPage();
  page.on("console", (m) => found.push("console: " + m.text()));
  page.on("pageerror", (e) => found.push("error: " + e.message));
  page.on("request", (r) => { if (!/^(file|data):/.test(r.url())) found.push("asked for " + r.url()); });
  if (setting.media) await page.emulateMedia({ media: setting.media, colorScheme: setting.scheme });
  await page.goto("file://" + path.resolve(file));
  await judge(page, found, "as it comes", setting);
  await shoot(page, file, setting, "closed");
  await openAll(page);
  await judge(page, found, "opened", setting);
  await shoot(page, file, setting, "opened");
  await context.close();
  return found;
}

async function shoot(page, file, setting, state) {
  if (!process.env.SHOTS) return;
  const name = [path.basename(file, ".html"), setting.name.replace(/, /g, "-"), state].join("-") + ".png";
  await page.screenshot({ path: path.join(process.env.SHOTS, name), fullPage: true });
}

/* A page under its own policy: the script runs, and the browser has nothing to say. */
async function lookOnce(browser, file) {
  const found = [];
  const page = await browser.newPage();
  page.on("console", (m) => found.push("console: " + m.text()));
  page.on("pageerror", (e) => found.push("error: " + e.message));
  await page.goto("file://" + path.resolve(file));
  if (!(await page.evaluate(() => performance.getEntriesByName("drawn").length))) found.push("the script did not end");
  await page.close();
  return found;
}

/* The page of inspect has keys of its own. */
async function step(page) {
  const asked = () => page.evaluate(() => document.querySelector(".bar h2").textContent);
  const first = await asked();
  await page.keyboard.press("j");
  const second = await asked();
  await page.keyboard.press("k");
  return first !== second && (await asked()) === first ? [] : ["j and k do not go to the next question and back"];
}

/* Tab and Enter reach and open what the mouse does. */
async function useKeys(browser, file) {
  const found = [];
  const page = await browser.newPage();
  await page.goto("file://" + path.resolve(file));
  if (await page.$("#list button")) return step(page);
  if (!(await page.$(".rows summary"))) return ["there is no list of questions"];
  await page.focus(".rows summary");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".inside").catch(() => found.push("Enter opens no question"));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  if (!(await page.evaluate(() => document.activeElement.closest(".one-answer")))) found.push("Tab does not reach an answer");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".one-answer .card", { timeout: 2000 }).catch(() => found.push("Enter opens no answer"));
  await page.close();
  return found;
}

function tell(claim, found) {
  console.log((found.length ? "not ok - " : "ok - ") + claim);
  for (const line of [...new Set(found)].slice(0, 12)) console.log("# " + line.replace(/\s+/g, " ").slice(0, 300));
  return found.length > 0;
}

async function main(files) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  let hasFailed = false;
  for (const file of files) {
    const name = path.basename(file, ".html");
    hasFailed = tell(name + ": under its policy the script runs and the browser has no complaint", await lookOnce(browser, file)) || hasFailed;
    hasFailed = tell(name + ": keys reach questions and answers", await useKeys(browser, file)) || hasFailed;
    for (const setting of settings)
      hasFailed = tell(name + ": " + setting.name + ": no text on text, no sideways scrolling, nothing that axe finds", await look(browser, file, setting)) || hasFailed;
  }
  await browser.close();
  process.exit(hasFailed ? 1 : 0);
}

main(process.argv.slice(2));
