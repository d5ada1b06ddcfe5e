"""Whether two runs spoke the same texts, and where not, whether it was a tie.

    compare.py RUN OTHER RECORDED.jsonl URL MODEL N AT_ONCE

OTHER was spoken by the server at URL through recorder.py. N questions, half of the texts different, AT_ONCE requests under way (of more than
one: half of them suffice), or it fails. Where a text differs, the server is asked once more for the logarithms of its probabilities: at the
first token that differs those of the two must be less than TIE apart. That is a tie, and named.
"""
import json
import sys
import urllib.request

from transformers import AutoTokenizer

TIE = 1e-3
N_LIKELIEST = 20  # the most that vLLM tells


def lines_of(path):
    with open(path, encoding="utf-8") as f:
        return list(map(json.loads, f))


def outputs_of(run):
    return {s["index"]: [a["output"] for a in s["agents"]] for s in lines_of(run + "/samples.jsonl")}


def likeliest(url, asked):
    """Token by token, what the server says and might have said: lists of [id, logarithm], the said one first."""
    asked = {k: v for k, v in asked.items() if k != "stream_options"}
    asked |= dict(stream=False, logprobs=N_LIKELIEST, return_tokens_as_token_ids=True)
    request = urllib.request.Request(url + "/v1/completions", json.dumps(asked).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        found = json.load(response)["choices"][0]["logprobs"]
    number = lambda name: int(name.removeprefix("token_id:"))  # noqa: E731
    rest = [[(number(name), value) for name, value in each.items()] for each in found["top_logprobs"]]
    return [[(number(t), v), *others] for t, v, others in zip(found["tokens"], found["token_logprobs"], rest)]


def parting(text, steps, tokenizer):
    """Where `text` leaves what was said: the place, and how much less likely the server found the token that it goes on with."""
    said, ends = [], set(tokenizer.all_special_ids)
    text = text.strip()
    spelled = lambda ids: tokenizer.decode(ids, skip_special_tokens=True).strip()  # noqa: E731
    for place, ((chosen, value), *others) in enumerate(steps):
        if chosen in ends or not text.startswith(spelled([*said, chosen])) or spelled([*said, chosen]) == text:
            gaps = [
                value - v for t, v in others
                if t != chosen and (spelled(said) == text if t in ends else text.startswith(spelled([*said, t])))
            ]
            return place, min(gaps, default=None)
        said.append(chosen)
    return len(steps), None


def explained(ours, theirs, recorded, url, tokenizer):
    """One question's difference in words, and whether it is a tie."""
    first = next(i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b)
    asked = next((r["asked"] for r in recorded if r["text"].strip() == theirs[first].strip()), None)
    if asked is None:
        return f"{theirs[first]!r} is not what the server said", False
    place, gap = parting(ours[first], likeliest(url, asked), tokenizer)
    what = f"agent {first + 1}, token {place + 1}: "
    if gap is None:
        return what + f"{ours[first]!r} here, {theirs[first]!r} there", False
    return what + f"the two are {gap:.2e} apart", gap < TIE


def is_crowded(recorded, at_once):
    most = max(r["n_under_way"] for r in recorded)
    return most == 1 if at_once == 1 else most >= at_once / 2


def main():
    run, other, path, url, folder, n, at_once = sys.argv[1:]
    ours, theirs, recorded = outputs_of(run), outputs_of(other), lines_of(path)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    parted = [i for i in ours if ours[i] != theirs.get(i)]
    n_ties = 0
    for i in parted:
        what, is_tie = explained(ours[i], theirs[i], recorded, url, tokenizer)
        n_ties += is_tie
        print(f"{'tie' if is_tie else 'DIFFERS'}, question {i}: {what}")
    n_texts = len({outputs[-1] for outputs in theirs.values()})
    print(f"{len(ours) - len(parted)} of {len(ours)} equal, {n_ties} ties, {n_texts} different texts")
    are_all = ours.keys() == theirs.keys() and len(ours) == int(n)
    sys.exit(not (are_all and n_ties == len(parted) and 2 * n_texts >= int(n) and is_crowded(recorded, int(at_once))))


if __name__ == "__main__":
    main()
