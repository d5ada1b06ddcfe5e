/* 01_ask.c - one question to the built-in sequential team: the shortest use of the library.
 *
 *     01_ask MODEL.gguf "question"
 */
#include <latentmas.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    lmas_session_params params = lmas_session_params_default();
    lmas_model *model = NULL;
    lmas_session *session = NULL;
    lmas_team *team = NULL;
    lmas_answer *answer = NULL;
    int code = 1;

    if (argc != 3) {
        fprintf(stderr, "usage: %s MODEL.gguf QUESTION\n", argv[0]);
        return 2;
    }
    params.n_ctx = 8192;
    if (lmas_model_open(&model, argv[1], NULL) != LMAS_OK ||
        lmas_session_new(&session, model, &params) != LMAS_OK ||
        lmas_team_builtin(&team, "sequential") != LMAS_OK ||
        lmas_solve(&answer, session, team, NULL, argv[2]) != LMAS_OK) {
        fprintf(stderr, "%s\n", lmas_last_error());
    } else {
        puts(lmas_answer_result(answer)->text);
        code = 0;
    }
    lmas_answer_free(answer);
    lmas_team_free(team);
    lmas_session_free(session);
    lmas_model_close(model);
    return code;
}
