/* measure.js - what is wrong with a page as it stands: text on text, what is cut off, what axe finds. */
"use strict";
const axe = require.resolve("axe-core");

/* In the page: pairs of texts whose boxes overlap, and elements wider than they show. */
function measure() {
  const known = new WeakMap();
  /* Of an element: whether it is shown, and what its scrolling and clipping ancestors let through. */
  const about = (e) => {
    if (known.has(e)) return known.get(e);
    const own = getComputedStyle(e);
    const isHtml = e.namespaceURI === "http://www.w3.org/1999/xhtml";
    const above = e.parentElement ? about(e.parentElement) : { isShown: true, left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity };
    const found = { ...above };
    found.isShown = above.isShown && !(isHtml && own.clipPath !== "none") && own.display !== "none";
    if (isHtml && own.overflow !== "visible" && e !== document.documentElement && e !== document.body) {
      const r = e.getBoundingClientRect();
      Object.assign(found, { left: Math.max(above.left, r.left), right: Math.min(above.right, r.right), top: Math.max(above.top, r.top), bottom: Math.min(above.bottom, r.bottom) });
    }
    known.set(e, found);
    return found;
  };
  const isShown = (e) => about(e).isShown && e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const clip = (box, e) => {
    const c = about(e);
    return { left: Math.max(box.left, c.left), right: Math.min(box.right, c.right), top: Math.max(box.top, c.top), bottom: Math.min(box.bottom, c.bottom) };
  };
  const boxes = [];
  const walker = document.createTreeWalker(document.querySelector("dialog[open]") || document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const parent = text.parentElement;
    if (!text.data.trim() || parent.closest("script, style, title, desc, option, noscript") || !isShown(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const isUpright = parent.namespaceURI !== "http://www.w3.org/2000/svg" || !/rotate/.test(parent.getAttribute("transform"));
    for (const r of isUpright ? range.getClientRects() : [parent.getBoundingClientRect()]) {
      /* Letters do not fill their line: what overlaps must be the middle of both. */
      const inset = r.height * 0.18;
      const box = clip({ left: r.left + 0.5, right: r.right - 0.5, top: r.top + inset, bottom: r.bottom - inset }, parent);
      if (box.right > box.left && box.bottom > box.top && box.right > 0) boxes.push({ ...box, text: text.data.trim().slice(0, 40), node: text });
    }
  }
  boxes.sort((a, b) => a.top - b.top);
  const overlaps = [];
  boxes.forEach((a, i) => {
    for (let k = i + 1; k < boxes.length && boxes[k].top < a.bottom; k++) {
      const b = boxes[k];
      if (b.node !== a.node && a.left < b.right && b.left < a.right) overlaps.push("\"" + a.text + "\" and \"" + b.text + "\"");
    }
  });
  const wide = [];
  for (const e of document.querySelectorAll("html, body, body *"))
    if (e.namespaceURI === "http://www.w3.org/1999/xhtml" && !e.closest("pre, code, textarea") && e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && isShown(e))
      wide.push(e.localName + "." + e.className + " " + e.scrollWidth + " > " + e.clientWidth);
  return { n: boxes.length, overlaps, wide };
}

/* Where the page's policy is passed over. */
async function judgeByAxe(page) {
  await page.addScriptTag({ path: axe }).catch(() => {});
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return result.violations.map((v) => "axe: " + v.id + ": " + v.help + ": " +
    v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0] ? n.any[0].message : "")).join("; "));
}

module.exports = { measure, judgeByAxe };
