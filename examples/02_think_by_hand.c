/* 02_think_by_hand.c - the method in your own hands: read, think, speak on one working memory.
 *
 *     02_think_by_hand MODEL.gguf N_STEPS "text"
 *
 * Reads the text as it stands, thinks N_STEPS thoughts, goes on from there greedily, and says
 * what the working memory holds then.
 */
#include <latentmas.h>
#include <stdio.h>
#include <stdlib.h>

static bool print_text(void *user, const char *text, size_t len)
{
    return fwrite(text, 1, len, user) == len;
}

static void print_segments(const lmas_memory *memory)
{
    static const char *const kinds[] = {"prompt", "thought", "text"};

    for (size_t i = 0; i < lmas_memory_n_segments(memory); i++) {
        const lmas_segment *s = lmas_memory_segment(memory, i);

        fprintf(stderr, "%-8s %-8s positions %u to %u\n", s->agent, kinds[s->kind], s->pos,
                s->pos + s->n);
    }
}

int main(int argc, char **argv)
{
    lmas_sampling greedy = lmas_sampling_default();
    lmas_session_params params = lmas_session_params_default();
    lmas_model *model = NULL;
    lmas_session *session = NULL;
    lmas_memory *memory = NULL;
    int code = 1;

    if (argc != 4) {
        fprintf(stderr, "usage: %s MODEL.gguf N_STEPS TEXT\n", argv[0]);
        return 2;
    }
    greedy.temperature = 0;
    params.n_ctx = 2048;
    if (lmas_model_open(&model, argv[1], NULL) != LMAS_OK ||
        lmas_session_new(&session, model, &params) != LMAS_OK ||
        lmas_memory_new(&memory, session) != LMAS_OK ||
        lmas_memory_read(memory, "reader", argv[3]) != LMAS_OK ||
        lmas_memory_think(memory, "thinker", (int32_t)strtol(argv[2], NULL, 10)) != LMAS_OK ||
        lmas_memory_speak(memory, "speaker", 32, &greedy, print_text, stdout) != LMAS_OK) {
        fprintf(stderr, "%s\n", lmas_last_error());
    } else {
        putchar('\n');
        print_segments(memory);
        code = 0;
    }
    lmas_memory_free(memory);
    lmas_session_free(session);
    lmas_model_close(model);
    return code;
}
