#!/usr/bin/env python3
"""Every chat template of a folder, over many conversations: our engine against jinja2.

usage: compare.py [--templates FOLDER] [--render "COMMAND"] [--huggingface FOLDER] [--transformers]

  --templates FOLDER    *.jinja (or the variable LATENTMAS_TEMPLATES); without one: skipped
  --render COMMAND      answers JSON lines as tests/jinja/render.c does (the default)
  --huggingface FOLDER  also compare jinja2 with @huggingface/jinja as npm installed it in FOLDER
  --transformers        also compare jinja2 with transformers' own render_jinja_template

One TAP line a template. Our engine must give the same bytes, or refuse where jinja2 refuses, and
where the template itself raised, in the same words. The two other comparisons only tell.
"""
import argparse
import collections
import itertools
import os
import pathlib
import re
import shlex
import sys

import reference

LONG = ("Füße, 漢字, emoji 👩‍🚀 and {{ braces }}, {% if x %}, {# no comment #}.\n"
        "\n\tA tab, \"double\" and 'single' quotes, a back\\slash, <html> & </html>,\r\n"
        "a no-break\u00a0space, a line\u2028separator, a zero\u200bwidth; <|im_end|> </s> [INST]\n") * 12


def message(role, content, **more):
    return {"role": role, "content": content, **more}


SYSTEM = message("system", "You are terse.")
USER = message("user", "How many?")
CALL = {"id": "call00001", "type": "function",
        "function": {"name": "get_weather", "arguments": {"city": "Zürich", "days": 2, "hourly": False}}}
PART = {"type": "text", "text": "How many parts?"}

CONVERSATIONS = {
    "user": [USER],
    "system+user": [SYSTEM, USER],
    "turns": [USER, message("assistant", "Two."), message("user", "And now?")],
    "system+turns": [SYSTEM, USER, message("assistant", "Two."), message("user", "And now?"),
                     message("assistant", "Three.")],
    "thought": [USER, message("assistant", "<think>\nOne and one.\n</think>\n\nTwo."),
                message("user", "Sure?"), message("assistant", "<think>\n\n</think>\n\nYes.")],
    "reasoning": [USER, message("assistant", "Two.", reasoning_content="One and one."), USER],
    "empty system": [message("system", ""), USER],
    "empty user": [message("user", "")],
    "long": [message("system", LONG), message("user", LONG), message("assistant", LONG), USER],
    "blanks": [message("system", " \n terse \t\n"), message("user", "\n  How many?  \n\n"),
               message("assistant", "  Two. \n"), message("user", "\t?\u00a0\u3000")],
    "user twice": [USER, USER],
    "assistant first": [message("assistant", "Hello."), USER],
    "odd role": [USER, message("critic", "No.")],
    "parts": [message("system", [{"type": "text", "text": "Terse."}]), message("user", [PART, PART])],
    "tool call": [USER, message("assistant", "", tool_calls=[CALL]),
                  message("tool", '{"rain": true}', name="get_weather", tool_call_id="call00001"),
                  message("assistant", "Rain.")],
    "tool call, no content": [USER, message("assistant", None, tool_calls=[CALL, CALL]),
                              message("tool", "dry"), message("tool", "wet")],
    "nothing": [],
}

TOOLS = [
    {"type": "function",
     "function": {"name": "get_weather", "description": "The weather of a city, in \"words\" <b>.",
                  "parameters": {"type": "object", "required": ["city"], "properties": {
                      "city": {"type": "string", "description": "Its name, e.g. Zürich"},
                      "days": {"type": "integer", "enum": [1, 2, 3], "default": 1},
                      "hourly": {"type": ["boolean", "null"]}}},
                  "return": {"type": "string", "description": "What to wear."}}},
    {"type": "function",
     "function": {"name": "now", "description": "The time.\nIn UTC.",
                  "parameters": {"type": "object", "properties": {}}}},
]

UNSET = object()

# What may also be passed, where the template mentions it.
OPTIONS = {
    "enable_thinking": [UNSET, True, False],
    "thinking": [UNSET, True, False],
    "reasoning_effort": [UNSET, "low", "high"],
    "date_string": [UNSET, "26 Jul 2024"],
    "builtin_tools": [UNSET, ["code_interpreter", "browser", "python"]],
    "thinking_budget": [UNSET, 0, 512],
    "preserve_thinking": [UNSET, True],
    "model_identity": [UNSET, "You are someone."],
}

TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}


def contexts(template):
    """(name, variables) of all that is tried with `template`."""
    options = {name: values for name, values in OPTIONS.items()
               if re.search(rf"\b{name}\b", template)}
    for name, messages in CONVERSATIONS.items():
        for prompt, tools, *chosen in itertools.product((True, False), (None, TOOLS), *options.values()):
            given = {k: v for k, v in zip(options, chosen) if v is not UNSET}
            label = ", ".join([name] + ["prompt"] * prompt + ["tools"] * bool(tools) +
                              [f"{k}={v}" for k, v in given.items()])
            yield label, {"messages": messages, "tools": tools, "documents": None,
                          "add_generation_prompt": prompt, **TOKENS, **given}


class Cached:
    """A template that jinja2 compiles once."""

    def __init__(self, text):
        self.text, self.error = text, None
        try:
            self.template = reference.ENV.from_string(text)
        except reference.jinja2.TemplateError as error:
            self.error = reference.Result(err=f"{type(error).__name__}: {error}")

    def render(self, variables):
        if self.error:
            return self.error
        try:
            return reference.Result(out=self.template.render(**variables))
        except reference.ENV.Refused as error:
            return reference.Result(err=str(error), refused=True)
        except Exception as error:  # a template can raise whatever Python can
            return reference.Result(err=f"{type(error).__name__}: {error}")


def difference(want, got):
    """Where two texts part, with what is around."""
    if want.out is None or got.out is None:
        return f"want {str(want)[:200]}\n#     got  {str(got)[:200]}"
    at = next((i for i, (a, b) in enumerate(zip(want.out, got.out)) if a != b),
              min(len(want.out), len(got.out)))
    begin = max(0, at - 40)
    return (f"at character {at}:\n#     want {want.out[begin:at + 60]!r}"
            f"\n#     got  {got.out[begin:at + 60]!r}")


class Tally:
    """What one engine makes of all templates."""

    def __init__(self, name, engine, is_strict):
        self.name, self.engine, self.is_strict = name, engine, is_strict
        self.counts, self.number, self.failed, self.worst_ms, self.worst_peak = collections.Counter(), 0, 0, 0, 0

    def check(self, file, cases, wants):
        """A TAP line: whether `file` renders as wanted in all `cases`."""
        gots = self.engine.render([{"file": str(file), "ctx": variables} for _, variables in cases])
        bad = []
        for (label, _), want, got in zip(cases, wants, gots):
            kind = reference.verdict(want, got)
            self.worst_ms, self.worst_peak = max(self.worst_ms, got.ms), max(self.worst_peak, got.peak)
            self.counts[kind or ("equal" if want.out is not None else "refused alike")] += 1
            if kind:
                bad.append(f"{kind}: {label}: {difference(want, got)}")
        self.number += 1
        self.failed += bool(bad)
        claim = f"{self.name} renders {file.name} as jinja2 does ({len(cases)} conversations)"
        todo = "" if self.is_strict else " # TODO not our engine"
        print(f"{'not ok' if bad else 'ok'} {self.number} - {claim}{todo if bad else ''}")
        for text in bad[:3]:
            print(f"#   {text}")
        if bad:
            print(f"#   {len(bad)} of {len(cases)} differ")

    def close(self):
        self.engine.close()
        print(f"# {self.name}: {self.number} templates, {self.failed} differ;",
              ", ".join(f"{n} {kind}" for kind, n in sorted(self.counts.items())),
              f"; at most {self.worst_ms:.1f} ms, {self.worst_peak / 1024:.0f} KiB")


class Transformers:
    """transformers' own function, for checking that reference.py is set up as it is."""

    def __init__(self):
        from transformers.utils import chat_template_utils
        import transformers
        print(f"# transformers {transformers.__version__}")
        self.module = chat_template_utils
        self.module.datetime = self.Clock

    class Clock:
        @staticmethod
        def now():
            return reference.datetime.fromtimestamp(reference.NOW, reference.timezone.utc).replace(tzinfo=None)

    def render(self, questions):
        return [self.render_one(pathlib.Path(q["file"]).read_text(), dict(q["ctx"])) for q in questions]

    def render_one(self, text, variables):
        messages = variables.pop("messages")
        try:
            out, _ = self.module.render_jinja_template([messages], chat_template=text, **variables)
            return reference.Result(out=out[0])
        except Exception as error:
            raised = type(error) is reference.jinja2.TemplateError
            return reference.Result(err=str(error), refused=raised)

    def close(self):
        pass


def tallies(args):
    yield Tally("the engine", reference.Engine(args.render), True)
    if args.huggingface:
        script = pathlib.Path(__file__).with_name("huggingface.mjs")
        yield Tally("@huggingface/jinja", reference.Engine(["node", str(script), args.huggingface]), False)
    if args.transformers:
        yield Tally("transformers", Transformers(), False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--templates", default=os.environ.get("LATENTMAS_TEMPLATES"))
    parser.add_argument("--render", type=shlex.split, default=reference.default_command())
    parser.add_argument("--huggingface")
    parser.add_argument("--transformers", action="store_true")
    args = parser.parse_args()
    why = reference.missing()
    files = sorted(pathlib.Path(args.templates).glob("*.jinja")) if args.templates else []
    if why or not files:
        print("ok 1 - chat templates render as jinja2 does # SKIP",
              why or f"no templates in {args.templates or '(--templates, LATENTMAS_TEMPLATES)'}")
        return 0
    failed = 0
    for tally in tallies(args):
        for file in files:
            template = Cached(file.read_text(encoding="utf-8"))
            cases = list(contexts(template.text))
            tally.check(file, cases, [template.render(variables) for _, variables in cases])
        tally.close()
        failed += tally.failed if tally.is_strict else 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
