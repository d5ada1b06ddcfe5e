/*
 * check.c - whether a text is a team's file, for those who write one.
 *
 * It is read as `latentmas teams check` reads a file. Nothing that it names is opened, asked or
 * run, and nothing of it stays.
 */
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "serve/pages/pages.h"

/* Bytes of such a text. */
enum { CHECK_MAX = 1024 * 1024 };

/* What stands for the file's name in messages. */
static const char LABEL[] = "team.json";

/* ---- What is asked ---- */

static lmas_status read_body(const char **file, lmi_json *body, const lmi_visit *visit)
{
    static const char *const known[] = {"file", NULL};
    lmas_status status = lmi_json_parse(body, "body", lmi_buf_text(&visit->body), visit->body.len);
    yyjson_val *root;

    if (status != LMAS_OK)
        return status;
    root = lmi_json_root(body);
    if (!yyjson_is_obj(root))
        return lmi_fail(LMAS_E_INVALID, "the body must be an object {\"file\": TEXT}, found %s",
                        lmi_json_type(root));
    status = lmi_json_only_keys(body, root, "the body", known);
    if (status == LMAS_OK)
        status = lmi_json_string(file, body, root, "the body", "file", false);
    if (status == LMAS_OK && strlen(*file) > CHECK_MAX)
        return lmi_fail(LMAS_E_INVALID, "file: a text of at most %d bytes expected, found %zu",
                        CHECK_MAX, strlen(*file));
    return status;
}

/* ---- What is answered ---- */

/* Messages begin with "team.json:LINE:". */
static void add_line(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *message)
{
    const size_t n = strlen(LABEL);

    if (strncmp(message, LABEL, n) == 0 && message[n] == ':')
        yyjson_mut_obj_add_uint(doc, root, "line", strtoul(message + n + 1, NULL, 10));
    else
        yyjson_mut_obj_add_null(doc, root, "line");
}

static int send_wrong(lmi_visit *visit)
{
    const char *message = lmas_last_error();
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;

    if (lmi_json_new(&doc, &root, "a check") != LMAS_OK)
        return MHD_NO;
    yyjson_mut_obj_add_bool(doc, root, "ok", false);
    yyjson_mut_obj_add_strcpy(doc, root, "message", message);
    add_line(doc, root, message);
    return lmi_page_send_json(visit, 200, doc);
}

static void add_remarks(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_team *team)
{
    yyjson_mut_val *remarks = yyjson_mut_obj_add_arr(doc, root, "remarks");
    const char *remark;
    size_t i;

    for (i = 0; (remark = lmas_team_remark(team, i)); i++)
        yyjson_mut_arr_add_str(doc, remarks, remark);
}

static int send_team(lmi_visit *visit, const lmas_team *team)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;

    if (lmi_json_new(&doc, &root, "a check") != LMAS_OK)
        return MHD_NO;
    yyjson_mut_obj_add_bool(doc, root, "ok", true);
    yyjson_mut_obj_add_str(doc, root, "name", lmas_team_name(team));
    add_remarks(doc, root, team);
    if (lmi_page_add_graph(doc, root, team) != LMAS_OK)
        lmi_json_lose(doc);
    return lmi_page_send_json(visit, 200, doc);
}

static int refuse(lmi_visit *visit, lmas_status status)
{
    const lmi_complaint why = lmi_complaint_of(status);

    return lmi_visit_refuse(visit, &why);
}

static int check(lmi_visit *visit, const char *file)
{
    lmas_team *team = NULL;
    const lmas_status status = lmas_team_parse(&team, LABEL, file, strlen(file));
    const int verdict = status == LMAS_OK         ? send_team(visit, team)
                        : status == LMAS_E_FORMAT ? send_wrong(visit)
                                                  : refuse(visit, status);

    lmas_team_free(team);
    return verdict;
}

int lmi_page_check(lmi_visit *visit)
{
    const char *file = NULL;
    lmi_json body = {0}; /* stays so where it cannot be parsed */
    const lmas_status status = read_body(&file, &body, visit);
    const int verdict = status == LMAS_OK ? check(visit, file) : refuse(visit, status);

    lmi_json_done(&body);
    return verdict;
}
