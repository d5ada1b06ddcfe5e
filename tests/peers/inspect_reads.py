"""Whether what inspect printed of two logs is what the runs hold.

    inspect_reads.py DUMP RUN...
"""
import json
import sys


def documents(text):
    """JSON documents, one behind another."""
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:]


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        logs = {log["eval"]["solver"]: log for log in documents(f.read())}
    for folder in sys.argv[2:]:
        with open(folder + "/summary.json", encoding="utf-8") as f:
            summary = json.load(f)
        with open(folder + "/samples.jsonl", encoding="utf-8") as f:
            lines = sorted(map(json.loads, f), key=lambda line: line["index"])
        log = logs.pop(summary["method"])
        assert log["status"] == "success" and log["eval"]["dataset"]["samples"] == len(lines) == len(log["samples"])
        assert [s["metrics"]["accuracy"]["value"] for s in log["results"]["scores"]] == [summary["accuracy"], summary["accuracy_compat"]]
        assert [step["solver"] for step in log["plan"]["steps"]] == [a["name"] for a in lines[0]["agents"]]
        for sample, line in zip(log["samples"], lines):
            assert (sample["id"], sample["input"], sample["target"]) == (line["index"], line["question"], line["gold"])
            assert sample["output"]["choices"][0]["message"]["content"] == line["text"]
            assert [m["content"] for m in sample["messages"]] == [t for a in line["agents"] for t in (a["input"], a["output"]) if t]
            assert sample["scores"]["exact"] | {"value": "IC"[line["correct"]], "answer": line["prediction"]} == sample["scores"]["exact"]
            assert sample["scores"]["compat"]["value"] == "IC"[line["compat"]["correct"]]
            (usage,) = sample["model_usage"].values()
            assert (usage["input_tokens"], usage["output_tokens"]) == (line["n_read"], line["n_spoken"])
    assert not logs, logs.keys()


if __name__ == "__main__":
    main()
