/* main.c - latentmas: from the command line to a command, and what all of them share. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/config/flagfile.h"
#include "cli/flags.h"
#include "cli/help/help.h"
#include "cli/open.h"
#include "cli/show/calm.h"
#include "cli/show/term.h"

static int print_version(void)
{
    printf("latentmas %s (libllama %s)\n", lmas_version(), lmas_engine_version());
    return LMI_EXIT_OK;
}

static int print_help(const lmi_command *command)
{
    lmas_status status;
    lmi_buf page;

    lmi_buf_init(&page, LMI_PAGE_MAX);
    status = lmi_help_write(&page, command);
    if (status == LMAS_OK)
        fputs(lmi_buf_text(&page), stdout);
    lmi_buf_done(&page);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

/* Parse the command line, with the flags of a file in it. */
static lmas_status parse(lmi_args *out, lmi_merged *merged, void *settings,
                         const lmi_command *command, int argc, char **argv)
{
    void *tried = lmi_settings_new(command);
    lmas_status status;

    if (!tried)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the settings");
    status = lmi_flagfile_merge(merged, tried, command->groups, argc, argv);
    if (status == LMAS_OK)
        status = lmi_options_parse(out, settings, command->groups, merged->argc, merged->argv);
    lmi_free(tried);
    return status;
}

static int run_command(const lmi_command *command, int argc, char **argv)
{
    lmi_args args = {0};
    lmi_merged merged = {0};
    void *settings = lmi_settings_new(command);
    const lmi_general_flags *general = settings;
    int code;

    if (!settings) {
        lmi_say("no memory for the settings");
        return LMI_EXIT_FAILURE;
    }
    if (lmi_options_given(command->groups, argc, argv, "--config"))
        lmi_calm_threads(argv - 1); /* now: a pipe is read once */
    if (parse(&args, &merged, settings, command, argc, argv) != LMAS_OK) {
        code = lmi_say_misuse();
    } else if (general->has_help) {
        code = print_help(command);
    } else if (general->has_version) {
        code = print_version();
    } else {
        if (command->computes)
            lmi_calm_threads(argv - 1); /* the program comes before the command */
        if (general->is_verbose)
            lmi_log_to_stderr();
        code = command->run(settings, &args);
    }
    lmi_free(args.words);
    lmi_merged_done(&merged);
    lmi_free(settings);
    return code;
}

static int dispatch(int argc, char **argv)
{
    const lmi_command *command;

    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help(&lmi_cmd_latentmas);
    if (strcmp(argv[1], "--version") == 0)
        return print_version();
    command = lmi_command_find(argv[1]);
    if (!command)
        return lmi_command_refuse(argv[1]);
    return run_command(command, argc - 1, argv + 1);
}

/* A standard file that the caller closed would be the next one opened: the summary of a run
 * would end up in its samples. What takes its place refuses to be used. */
static void guard_standard_files(void)
{
    int fd;

    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(LMI_EXIT_FAILURE);
}

/* Where SIGCHLD is ignored, as some parents leave it, the system forgets how a child ended, and
 * no program of a sandbox could be waited for. */
static void guard_children(void)
{
    signal(SIGCHLD, SIG_DFL);
}

/* libggml's answer to an exception that nobody caught is a debugger in this process. */
static void guard_end(void)
{
    setenv("GGML_NO_BACKTRACE", "1", 0);
}

/* Output that did not arrive is a failure, also when the disk said so only now. */
int main(int argc, char **argv)
{
    int code;

    guard_standard_files();
    guard_children();
    guard_end();
    code = dispatch(argc, argv);
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    if (code == LMI_EXIT_OK && errno != EPIPE)
        lmi_say("cannot write to stdout: %s", strerror(errno ? errno : EIO));
    return code == LMI_EXIT_OK ? LMI_EXIT_FAILURE : code;
}
