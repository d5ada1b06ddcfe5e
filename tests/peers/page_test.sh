#!/bin/sh
# A real browser draws the page of inspect: Debian's chromium, where there is one.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
# shellcheck source=tests/peers/page/browser.sh
. tests/peers/page/browser.sh
need_browser "a browser draws the page of inspect"

# drawn FILE[#INDEX]: what a browser makes of the page, as HTML, in $tmp/dom; what it complains of in $tmp/err.
drawn() {
    HOME=$tmp "$CHROMIUM" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$tmp/chromium" \
        --enable-logging=stderr --dump-dom "file://$1" >"$tmp/dom" 2>"$tmp/log"
    grep CONSOLE "$tmp/log" >"$tmp/err"
    [ ! -s "$tmp/err" ]
}
# found PATTERN: how often it is in what was drawn.
found() { grep -oE "$1" "$tmp/dom" | wc -l; }

ask='-m models/demo.gguf --task demo --max_samples 4 --temp 0 --max_new_tokens 64 -np 4'
run run $ask --keep_thoughts 3 --latent_steps 4 --output "$tmp/latent"
run run $ask --method text_mas --output "$tmp/text"
run inspect "$tmp/latent" "$tmp/text" --html "$tmp/page.html"
ok "$code" "inspect writes a page of two runs" "$tmp/err"
drawn "$tmp/page.html"
ok $? "the browser has nothing to complain of" "$tmp/err"
[ "$(found '<section class="lane"')" -eq 8 ] && [ "$(found 'class="chip"')" -eq 12 ] && [ "$(found '<li><button type="button" data-n=')" -eq 4 ]
ok $? "it draws a lane for each agent of both runs, a chip for each thought, a line for each question" "$tmp/dom"
drawn "$tmp/page.html#2" && grep -q '<h2>Question 2</h2>' "$tmp/dom"
ok $? "a question has an address" "$tmp/err"

sed 's/"output":"[^"]*"/"output":"<\/script><img src=x onerror=document.title=1>"/g' "$tmp/latent/samples.jsonl" >"$tmp/evil" &&
    cp "$tmp/evil" "$tmp/latent/samples.jsonl"
run inspect "$tmp/latent" --html "$tmp/evil.html"
drawn "$tmp/evil.html"
ok $? "nor of a page whose texts are markup" "$tmp/err"
[ "$(found '<img')" -eq 0 ] && [ "$(found '&lt;/script&gt;&lt;img src=x')" -ge 1 ] && grep -q '<title>latentmas inspect: demo</title>' "$tmp/dom"
ok $? "which is shown as text, and does nothing" "$tmp/dom"
need_modules "people can use the page of inspect"
look "$tmp/page.html"
finish
