/* 03_many_questions.c - many questions at once: a queue, four lanes, results as they come.
 *
 *     03_many_questions MODEL.gguf <questions.txt
 *
 * Each line of the standard input is a question. Answers come in the order they are ready;
 * Ctrl-C stops between two steps.
 */
#include <latentmas.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static lmas_session *interrupted; /* what the signal handler stops */

static void on_interrupt(int sig)
{
    (void)sig;
    if (interrupted)
        lmas_session_cancel(interrupted); /* safe here. NOLINT(bugprone-signal-handler) */
}

static bool print_result(void *user, const lmas_result *r)
{
    FILE *out = user;

    if (r->status != LMAS_OK)
        fprintf(out, "question %llu failed: %s\n", (unsigned long long)r->id, r->error);
    else
        fprintf(out, "question %llu (%llu read, %llu thought, %llu spoken): %s\n",
                (unsigned long long)r->id, (unsigned long long)r->n_read,
                (unsigned long long)r->n_thought, (unsigned long long)r->n_spoken, r->text);
    return true;
}

/* Every line of the standard input goes into the solver's queue. */
static lmas_status submit_lines(lmas_solver *solver)
{
    char line[4096];
    lmas_status status = LMAS_OK;

    for (uint64_t id = 0; status == LMAS_OK && fgets(line, sizeof(line), stdin); id++) {
        const lmas_question question = {.id = id, .text = line, .kind = LMAS_ANSWER_NUMBER};

        line[strcspn(line, "\n")] = '\0';
        status = lmas_solver_submit(solver, &question);
    }
    return status;
}

int main(int argc, char **argv)
{
    lmas_session_params session_params = lmas_session_params_default();
    lmas_solver_params params = lmas_solver_params_default();
    lmas_model *model = NULL;
    lmas_session *session = NULL;
    lmas_team *team = NULL;
    lmas_solver *solver = NULL;
    int code = 1;

    if (argc != 2) {
        fprintf(stderr, "usage: %s MODEL.gguf <questions.txt\n", argv[0]);
        return 2;
    }
    session_params.n_lanes = 4 * 3; /* four questions at once; three experts side by side in each */
    session_params.n_ctx = 4 * 3 * 1024;
    params.max_new_tokens = 256;
    params.on_result = print_result;
    params.user = stdout;
    if (lmas_model_open(&model, argv[1], NULL) == LMAS_OK &&
        lmas_session_new(&session, model, &session_params) == LMAS_OK &&
        lmas_team_builtin(&team, "hierarchical") == LMAS_OK &&
        lmas_solver_new(&solver, session, team, &params) == LMAS_OK) {
        interrupted = session;
        signal(SIGINT, on_interrupt);
        if (submit_lines(solver) == LMAS_OK && lmas_solver_run(solver) == LMAS_OK)
            code = 0;
    }
    if (code != 0)
        fprintf(stderr, "%s\n", lmas_last_error());
    interrupted = NULL;
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
    lmas_model_close(model);
    return code;
}
