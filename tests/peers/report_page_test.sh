#!/bin/sh
# The page of report as people see it: a grid, runs that have little in common, and a large grid with hostile names.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
# shellcheck source=tests/peers/page/browser.sh
. tests/peers/page/browser.sh
need_browser "a browser draws the page of report"
need_modules "people can use the page of report"

# ---- The check itself: what it must find ----
cat >"$tmp/flawed.html" <<'EOT'
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>flawed</title></head><body><main><h1>Flawed</h1>
<svg width="200" height="40" role="img" aria-label="x"><text x="5" y="20">one name</text><text x="12" y="24">another</text></svg>
<div style="width:90px;overflow-x:auto;white-space:nowrap">wider than its place, and much more</div>
<p style="color:#bbb">too pale</p></main><script>console.log("a complaint")</script></body></html>
EOT
NODE_PATH=$PAGE/node_modules node tests/peers/page/look.js "$tmp/flawed.html" >"$tmp/found" 2>&1
grep -q 'text on text: "one name" and "another"' "$tmp/found" && grep -q 'wider than it shows: div' "$tmp/found" &&
    grep -q 'axe: color-contrast' "$tmp/found" && grep -q 'console: a complaint' "$tmp/found" && grep -q 'the script did not end' "$tmp/found"
ok $? "text on text, sideways scrolling, pale text and a complaint are found where they are" "$tmp/found"

# ---- Four tasks, three methods, three seeds; and what else one may compare ----
mkdir "$tmp/grid"
ask="-m $MODEL --temp 0.7 -np 4 -t 1 -n 24 --max_samples 3 --latent_steps 8 --keep_thoughts 2"
for task in demo demo_secret demo_split "gsm8k --data $SUMS"; do
    for method in baseline text_mas latent_mas; do
        for seed in 1 2 3; do
            run run $ask --task $task --method $method --seed $seed --output "$tmp/grid/${task%% *}-$method-$seed"
        done
    done
done
run report "$tmp/grid"/* --html --output "$tmp/grid.html"
ok "$code" "the runs of a grid make a page" "$tmp/err"
run run $ask --task demo --method latent_mas --latent_steps 2 --output "$tmp/few"
run run $ask --task demo --method latent_mas --control none --output "$tmp/none"
run run $ask --task demo --method text_mas -n 8 --output "$tmp/short"
cd "$tmp/grid" || exit 1
run report demo-baseline-1 demo-text_mas-2 demo-latent_mas-3 "$tmp/few" "$tmp/none" "$tmp/short" demo_secret-baseline-2 \
    demo_secret-latent_mas-1 demo_split-text_mas-1 gsm8k-baseline-3 gsm8k-text_mas-1 gsm8k-latent_mas-2 --html --output "$tmp/twelve.html"
cd "$OLDPWD" || exit 1
ok "$code" "so do twelve runs of several tasks and settings" "$tmp/err"
mkdir "$tmp/large"
python3 tests/peers/page/make_grid.py "$tmp/large" && run report "$tmp/large"/* --html --output "$tmp/large.html"
ok "$code" "so do 190 runs, hostile names and texts among them" "$tmp/err"
mkdir "$tmp/sweep"
python3 tests/peers/page/make_grid.py "$tmp/sweep" sweep && run report "$tmp/sweep" --html --output "$tmp/sweep.html"
ok "$code" "so does a sweep of 26 settings, whose points lie close" "$tmp/err"
look "$tmp/grid.html" "$tmp/twelve.html" "$tmp/sweep.html" "$tmp/large.html"
NODE_PATH=$PAGE/node_modules node - "$tmp/large.html" >"$tmp/found" 2>&1 <<'EOT'
const { chromium } = require("playwright-core");
(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  const page = await browser.newPage();
  await page.goto("file://" + process.argv[2] + "#q-9-3");
  await page.evaluate(() => { for (const d of document.querySelectorAll(".one-answer")) d.open = true; });
  await page.waitForSelector(".one-answer .card");
  const found = await page.evaluate(() => ({
    opened: document.getElementById("q-9-3").open, title: document.title,
    made: document.querySelectorAll("img, iframe, script").length,
    said: [...document.querySelectorAll(".one-answer pre")].filter((e) => e.textContent.includes("<img src=x onerror")).length,
  }));
  await browser.close();
  console.log(JSON.stringify(found));
  process.exit(found.opened && found.made === 2 && found.said >= 10 && found.title.startsWith("latentmas report: task_00") ? 0 : 1);
})();
EOT
ok $? "a question has an address, and hostile texts are texts in it" "$tmp/found"
finish
