"""What lm-evaluation-harness makes of a run that we exported, by its own functions.

    lm_eval_reads.py FOLDER SUMMARY EMPTY_FOLDER

Prints a TAP line for each claim.
"""
import json
import pathlib
import sys
import traceback

from lm_eval import utils
from lm_eval.loggers import EvaluationTracker


def files(folder):
    """(results, samples): the files as the harness finds them among others."""
    paths = [str(path) for path in pathlib.Path(folder).rglob("*") if path.is_file()]
    return utils.get_results_filenames(paths), utils.get_sample_results_filenames(paths)


def read_lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines()]


def names_are_understood(folder, results, samples, summary):
    name = pathlib.Path(samples).name
    assert utils.get_file_task_name(name) == summary["task"]
    assert utils.get_file_datetime(name) == utils.get_file_datetime(pathlib.Path(results).name).removesuffix(".json")
    written = json.loads(pathlib.Path(results).read_text(encoding="utf-8"))
    assert pathlib.Path(samples).parent.name == utils.sanitize_model_name(written["model_name"]) == written["model_name_sanitized"]


def table_shows_both_scores(folder, results, samples, summary):
    table = utils.make_table(json.loads(pathlib.Path(results).read_text(encoding="utf-8")))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    scores = {row[2]: (row[4], float(row[6])) for row in rows}
    assert scores == {f: ("exact_match", round(summary[key], 4)) for f, key in (("exact", "accuracy"), ("compat", "accuracy_compat"))}, table


def hashes_are_its_own(folder, results, samples, summary):
    for line in read_lines(samples):
        text = json.dumps(line["doc"], indent=2, default=utils.handle_non_serializable, ensure_ascii=False)
        assert line["doc_hash"] == utils.hash_string(text)
        assert line["prompt_hash"] == utils.hash_string(line["arguments"]["gen_args_0"]["arg_0"])
        assert line["target_hash"] == utils.hash_string(str(line["target"]))


def tracker_writes_the_same(folder, results, samples, summary):
    """The lines as the harness holds them before it writes them: arguments are tuples there."""
    lines = [line | {"arguments": [tuple(a.values()) for a in line["arguments"].values()]} for line in read_lines(samples)]
    ours = json.loads(pathlib.Path(results).read_text(encoding="utf-8"))
    tracker = EvaluationTracker(output_path=folder)
    tracker.general_config_tracker.log_experiment_args("latentmas", f"pretrained={ours['model_name']}", None, ours["chat_template"], False)
    tracker.save_results_aggregated({k: v for k, v in ours.items() if k != "task_hashes"}, {summary["task"]: lines})
    tracker.save_results_samples(summary["task"], lines)
    again_results, again_samples = files(folder)
    assert read_lines(again_samples[0]) == read_lines(samples)
    theirs = json.loads(pathlib.Path(again_results[0]).read_text(encoding="utf-8"))
    times = {"start_time", "end_time", "total_evaluation_time_seconds"}
    assert theirs.keys() == ours.keys()
    assert {k: v for k, v in theirs.items() if k not in times} == {k: v for k, v in ours.items() if k not in times}


CLAIMS = {
    names_are_understood: "lm-eval finds both files among others, and reads task, date and model off their names",
    table_shows_both_scores: "its table shows the exact and the compat score of the run",
    hashes_are_its_own: "the hashes of question, prompt and answer are those it computes",
    tracker_writes_the_same: "its own tracker, given what was read, writes the same results, task hash and samples",
}


def main():
    folder, summary, again = sys.argv[1:]
    with open(summary, encoding="utf-8") as f:
        summary = json.load(f)
    (results,), (samples,) = files(folder)
    failed = 0
    for check, claim in CLAIMS.items():
        try:
            check(again, results, samples, summary)
            print("ok -", claim)
        except AssertionError:
            failed += 1
            print("not ok -", claim)
            print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()[-8:]), end="")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
