/* figures.js - what an answer took, in numbers: tokens, thoughts, time. */

function seconds(ms) {
  if (!has(ms)) return "–";
  return ms < 1000 ? Math.max(1, Math.round(ms)) + " ms" : (ms / 1000).toFixed(ms < 10000 ? 2 : 1) + " s";
}

/* {read, cached, thought, spoken} of a usage in OpenAI's words. */
function readUsage(usage) {
  const cached = (usage.prompt_tokens_details || {}).cached_tokens || 0;
  const thought = (usage.completion_tokens_details || {}).reasoning_tokens || 0;
  return { read: usage.prompt_tokens, cached, thought, spoken: usage.completion_tokens - thought };
}

function meter(part, kind) {
  const bar = el("b", { class: kind });
  bar.style.width = Math.max(0, Math.min(100, 100 * part)).toFixed(1) + "%";
  return el("i", { class: "meter", "aria-hidden": "true" }, bar);
}

/* Of the tokens that were to be read, those that need not be read again. */
function drawCached(u) {
  if (!u.read) return null;
  return el("div", { class: "cached", "data-cached": u.cached },
    meter(u.cached / u.read, "kept"),
    el("span", {}, u.cached
      ? u.cached.toLocaleString("en") + " of " + u.read.toLocaleString("en") + " tokens were there already and not read again"
      : "all " + u.read.toLocaleString("en") + " tokens were read for the first time"));
}

function drawFigures(told) {
  const u = told.usage ? readUsage(told.usage) : null;
  const parts = [];
  if (u) parts.push(["read", u.read], ["thought", u.thought], ["spoke", u.spoken]);
  if (has(told.first)) parts.push(["first word after", seconds(told.first)]);
  if (has(told.total)) parts.push(["all after", seconds(told.total)]);
  return el("div", { class: "figures" },
    el("p", { class: "num" }, parts.map(([name, value]) => el("span", {}, name + " ", el("b", {}, typeof value === "number" ? value.toLocaleString("en") : value)))),
    u ? drawCached(u) : null);
}
