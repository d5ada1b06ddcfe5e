/* flags.c - what push, pull and search can be told. */
#include "cli/memory/market/market.h"

#define AT(field) offsetof(lmi_market_flags, field)

const lmi_opt lmi_market_opts[] = {
    {"--to", LMI_OPT_TEXT, AT(to), "URL",
     .help = "with push: the server, such as http://localhost:8080"},
    {"--from", LMI_OPT_TEXT, AT(from), "URL", .help = "with pull: the server"},
    {"--at", LMI_OPT_TEXT, AT(at), "URL", .help = "with search: the server"},
    {"-o --output", LMI_OPT_FILE, AT(out), "FILE", .help = "with pull: where the memory goes"},
    {"--name", LMI_OPT_TEXT, AT(name), "NAME",
     .help = "with push, and export of a package: what it is called (default: the file's name)"},
    {"--description", LMI_OPT_TEXT, AT(description), "TEXT",
     .help = "with push, and export of a package: what it is"},
    {"--tag", LMI_OPT_WORDS, AT(tags), "TAG TAG ...",
     .help = "with push: its tags; with search: tags that it must all have. The words end at the "
             "next flag"},
    {"--text", LMI_OPT_TEXT, AT(text), "TEXT",
     .help = "with push: other words by which it is found"},
    {"--publish", LMI_OPT_ON, AT(is_published),
     .help = "with push: everybody whom the server answers may find and fetch it. A memory can be "
             "turned back into the text that was read: treat it as that text"},
    {"--expires", LMI_OPT_REAL, AT(days), "DAYS", .max = 36500,
     .help = "with push: days after which it is there no more (default: it stays)"},
    {"--like", LMI_OPT_FILE, AT(like), "FILE",
     .help = "with search: the nearest first to the mean of this memory's thoughts, of the same "
             "model"},
    {"--own", LMI_OPT_ON, AT(is_own), .help = "with search: only what is one's own"},
    {"--limit", LMI_OPT_INT, AT(limit), "N", .min = 1, .max = 100,
     .help = "with search: most memories to list"},
    {"--api_key_file", LMI_OPT_FILE, AT(key_file), "FILE",
     .help = "the server's key (default: LATENTMAS_API_KEY, then OPENAI_API_KEY)"},
    {0},
};

void lmi_market_flags_init(lmi_market_flags *flags)
{
    flags->limit = 20;
}
