// huggingface.mjs FOLDER - @huggingface/jinja, as npm installed it in FOLDER, behind the JSON lines
// of render.c: a second opinion on what a template means.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join, resolve } from "node:path";

const require = createRequire(join(resolve(process.argv[2]), "any.js"));
const { Template } = require("@huggingface/jinja");

// Its strftime_now reads the clock: it is stopped at the question's `now`.
const RealDate = Date;
let now = 0;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length ? args : [now * 1000]));
  }
};
process.env.TZ = "UTC";

function answer({ template, file, ctx, now: seconds }) {
  now = seconds ?? 0;
  try {
    return { out: new Template(template ?? readFileSync(file, "utf-8")).render(ctx) };
  } catch (error) {
    return { err: String(error.message), refused: raised(error) };
  }
}

// It throws plain Errors both ways; only those of raise_exception come from that function.
const raised = (error) => /raise_exception/.test(error.stack ?? "");

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(answer(JSON.parse(line))));
}
