"""Whether the prompts of a run are what jinja2 makes of the model's template as transformers sets it.

    prompts.py RUN

Fills the slots of the team's prompts by hand, renders system text and prompt with the template that
the run recorded, and prints the first prompt that differs.
"""
import json
import os
import re
import sys

from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


def fill(prompt, slots):
    return re.sub(r"\{(\w+)\}", lambda m: slots.get(m[1], m[0]), prompt)


def expected(team, agents, notes, line):
    """(agent's name, its messages)"""
    for i, agent in enumerate(agents):
        context = team["context"]["latent"] if i > 0 else ""
        slots = {"question": line["question"], "note": notes[line["index"]], "context": context, "format": team["formats"]["number"]}
        system = [{"role": "system", "content": team["system"]}] if "system" in team else []
        yield agent["name"], system + [{"role": "user", "content": fill(agent["prompt"], slots)}]


def main():
    with open(os.path.join(sys.argv[1], "config.json"), encoding="utf-8") as f:
        config = json.load(f)
    team = json.loads(config["team"]["source"])
    agents = team["agents"] if config["method"] == "latent_mas" else [{"name": None, "prompt": team["baseline"]}]
    with open(config["paths"]["data"], encoding="utf-8") as f:
        notes = [json.loads(line)["note"] for line in f]
    jinja = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    template = jinja.from_string(config["model"]["chat_template"])
    n = 0
    with open(os.path.join(sys.argv[1], "samples.jsonl"), encoding="utf-8") as f:
        for line in map(json.loads, f):
            for (name, messages), got in zip(expected(team, agents, notes, line), line["agents"], strict=True):
                want = template.render(messages=messages, add_generation_prompt=True)
                n += 1
                if got["input"] != want:
                    sys.exit(f"question {line['index']}, agent {name}\nrendered: {got['input']!r}\njinja2:   {want!r}")
    sys.exit(0 if n else "no prompt to compare")


if __name__ == "__main__":
    main()
