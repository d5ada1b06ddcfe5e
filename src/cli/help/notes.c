/* notes.c - the variables that the program reads, and the files that it keeps. */
#include "cli/help/notes.h"

#include <stddef.h>

const lmi_note lmi_env_terminal[] = {
    {"NO_COLOR", "no colours on stderr, if it is not empty"},
    {"TERM", "no colours either where it is dumb or not set"},
    {"COLUMNS", "width of the line that shows how far the work is, instead of the terminal's"},
    {0},
};

const lmi_note lmi_env_colours[] = {
    {"NO_COLOR", "no colours, if it is not empty"},
    {"TERM", "no colours either where it is dumb or not set"},
    {0},
};

const lmi_note lmi_env_columns[] = {
    {"COLUMNS", "where lines end on a terminal, instead of at its own end"},
    {0},
};

const lmi_note lmi_env_cache[] = {
    {"XDG_CACHE_HOME", "the folder that the cache folder latentmas lies in (default ~/.cache)"},
    {0},
};

const lmi_note lmi_env_engine[] = {
    {"GGML_NO_BACKTRACE", "libggml's: if it is there no debugger starts where libggml ends the "
                          "process (default: it is there)"},
    {"GGML_BACKEND_PATH", "libggml's: a backend to load beside those that it finds"},
    {0},
};

const lmi_note lmi_env_compute[] = {
    {"OPENBLAS_NUM_THREADS", "OpenBLAS's: threads that compute the realignment matrix"},
    {"GOMP_SPINCOUNT, OMP_WAIT_POLICY",
     "OpenMP's: how long a thread that waits stays awake; without either it is short, so that a "
     "busy machine loses little"},
    {0},
};

const lmi_note lmi_env_data[] = {
    {"HF_DATASETS_CACHE", "the data sets are cached in its folder latentmas"},
    {"HF_HOME",
     "without the former, in its folder datasets/latentmas; without both, in data of the "
     "cache folder"},
    {0},
};

const lmi_note lmi_env_models[] = {
    {"LLAMA_CACHE, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE", "the folder of models, the first one set"},
    {"HF_HOME", "without those, its folder hub; without it too, huggingface/hub in XDG_CACHE_HOME"},
    {"MODEL_ENDPOINT", "a mirror to fetch models from, before HF_ENDPOINT"},
    {"TRANSFORMERS_OFFLINE", "as --offline, if it is 1, on, yes or true"},
    {0},
};

const lmi_note lmi_env_convert[] = {
    {"LATENTMAS_CONVERTER", "the folder with llama.cpp's Python package conversion (default: "
                            "Debian's); convert_hf_to_gguf.py on the PATH goes before it"},
    {0},
};

const lmi_note lmi_env_hub[] = {
    {"HF_TOKEN, HUGGING_FACE_HUB_TOKEN", "the token for what is gated or private; it goes to "
                                         "the hub and its rows API only"},
    {"HF_TOKEN_PATH", "the file that holds it (default: token in HF_HOME, or huggingface/token in "
                      "XDG_CACHE_HOME)"},
    {"HF_HUB_OFFLINE", "nothing is fetched if it is 1, on, yes or true"},
    {"HF_ENDPOINT", "a mirror of the Hugging Face Hub"},
    {0},
};

const lmi_note lmi_env_rows[] = {
    {"HF_DATASETS_OFFLINE", "no data set is fetched if it is 1, on, yes or true"},
    {"HF_DATASETS_SERVER", "a mirror of the hub's rows API"},
    {"LATENTMAS_RAW_ENDPOINT", "a mirror of the plain file of medqa"},
    {0},
};

const lmi_note lmi_env_http[] = {
    {"LATENTMAS_HTTP_STALL_S", "seconds without a byte that end a try (default 30)"},
    {"LATENTMAS_HTTP_BACKOFF_MS", "milliseconds before the second try; they double (default 500)"},
    {"http_proxy, https_proxy, all_proxy, no_proxy", "proxies, as curl has them"},
    {"CURL_CA_BUNDLE, SSL_CERT_FILE", "certificates to trust in place of the system's"},
    {0},
};

const lmi_note lmi_env_code[] = {
    {"HF_ALLOW_CODE_EVAL", "1 is as good as --allow-code"},
    {"PATH", "where python3 and bwrap are looked for"},
    {0},
};

const lmi_note lmi_env_temporary[] = {
    {"TMPDIR", "the folder for temporary files (default /tmp)"},
    {0},
};

const lmi_note lmi_files_realign[] = {
    {"~/.cache/latentmas/realign-*.bin",
     "realignment matrices of models, kept by --latent_space_realign"},
    {0},
};

const lmi_note lmi_files_data[] = {
    {"~/.cache/latentmas/data/TASK.*", "the published rows of a task, there once they are whole; "
                                       "*.part and *.part.of while they are fetched"},
    {0},
};

const lmi_note lmi_files_models[] = {
    {"~/.cache/huggingface/hub/models--ORG--NAME",
     "a model of the hub, as llama.cpp and huggingface_hub keep it; in its blobs *.part and "
     "*.part.of while it is fetched"},
    {0},
};

const lmi_note lmi_files_run[] = {
    {"runs/TIME-TASK-METHOD", "the folder of a run, where --output names no other"},
    {"config.json", "in it, before the first question: all that shaped the run"},
    {"samples.jsonl", "a line as soon as a question ends: what was asked, answered and spent"},
    {"summary.json", "after the last question: the line on stdout"},
    {"runs/TIME-grid", "the folder of several runs: grid.json, their plan, and a folder each"},
    {0},
};

const lmi_note lmi_files_code[] = {
    {"/tmp/latentmas-program-*", "the folder of a program while it runs"},
    {0},
};

const lmi_note lmi_files_bench[] = {
    {"/tmp/latentmas-bench-*", "the model of --synthetic while it is measured"},
    {0},
};

const lmi_note lmi_files_completion[] = {
    {"~/.local/share/bash-completion/completions/latentmas", "where bash-completion looks for it"},
    {"_latentmas", "its name for zsh, in a folder of $fpath"},
    {"~/.config/fish/completions/latentmas.fish", "where fish looks for it"},
    {0},
};
