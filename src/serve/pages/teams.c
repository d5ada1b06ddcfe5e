/* teams.c - what is served: models in OpenAI's words, and teams with their graphs. */
#include <microhttpd.h>
#include <string.h>

#include "serve/graph/written.h"
#include "serve/pages/pages.h"

/* ---- Models ---- */

static void describe(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmi_visit *visit,
                     const lmi_entry *entry)
{
    yyjson_mut_val *own;

    yyjson_mut_obj_add_str(doc, out, "id", entry->id);
    yyjson_mut_obj_add_str(doc, out, "object", "model");
    yyjson_mut_obj_add_int(doc, out, "created", visit->server->catalog.created);
    yyjson_mut_obj_add_str(doc, out, "owned_by", "latentmas");
    own = yyjson_mut_obj_add_obj(doc, out, "latentmas");
    yyjson_mut_obj_add_str(doc, own, "team", lmas_team_name(entry->team));
    yyjson_mut_obj_add_str(doc, own, "method", lmas_method_name(entry->method));
}

int lmi_page_models(lmi_visit *visit)
{
    const lmi_catalog *catalog = &visit->server->catalog;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *data;
    size_t i;

    if (lmi_json_new(&doc, &root, "models") != LMAS_OK)
        return MHD_NO;
    yyjson_mut_obj_add_str(doc, root, "object", "list");
    data = yyjson_mut_obj_add_arr(doc, root, "data");
    for (i = 0; i < catalog->n; i++)
        describe(doc, yyjson_mut_arr_add_obj(doc, data), visit, &catalog->at[i]);
    return lmi_page_send_json(visit, 200, doc);
}

int lmi_page_model(lmi_visit *visit)
{
    const lmi_entry *entry = lmi_catalog_find(&visit->server->catalog, visit->rest);
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;

    if (!entry)
        return lmi_page_nothing(visit, "model");
    if (lmi_json_new(&doc, &root, "a model") != LMAS_OK)
        return MHD_NO;
    describe(doc, root, visit, entry);
    return lmi_page_send_json(visit, 200, doc);
}

/* ---- Teams ---- */

static void add_edges(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmas_team *team)
{
    yyjson_mut_val *edges = yyjson_mut_obj_add_arr(doc, out, "edges");
    lmas_edge edge;
    size_t i;

    for (i = 0; lmas_team_edge(&edge, team, i); i++) {
        yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, edges);

        yyjson_mut_obj_add_str(doc, one, "from", lmas_team_agent_name(team, edge.from));
        yyjson_mut_obj_add_str(doc, one, "to", lmas_team_agent_name(team, edge.to));
        yyjson_mut_obj_add_str(doc, one, "carry", edge.carry);
        yyjson_mut_obj_add_bool(doc, one, "is_next_round", edge.is_next_round);
        lmi_json_add_text(doc, one, "keep", edge.keep);
    }
}

static void add_agents(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmi_shape *shape)
{
    yyjson_mut_val *agents = yyjson_mut_obj_add_arr(doc, out, "agents");
    const lmas_team *team = shape->team;
    size_t i;

    for (i = 0; i < shape->n_agents; i++) {
        yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, agents);

        yyjson_mut_obj_add_str(doc, one, "name", lmas_team_agent_name(team, i));
        lmi_json_add_text(doc, one, "model", lmas_team_agent_model(team, i));
        lmi_json_add_text(doc, one, "program", lmas_team_agent_program(team, i));
        yyjson_mut_obj_add_uint(doc, one, "level", shape->levels[i]);
    }
}

lmas_status lmi_page_add_graph(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmas_team *team)
{
    lmi_shape shape;
    lmi_buf mermaid;
    const lmas_status status = lmi_shape_init(&shape, team);

    if (status == LMAS_OK) {
        lmi_buf_init(&mermaid, LMI_WRITTEN_MAX);
        lmi_write_mermaid(&mermaid, &shape);
        add_agents(doc, out, &shape);
        add_edges(doc, out, team);
        yyjson_mut_obj_add_uint(doc, out, "n_rounds", lmas_team_n_rounds(team));
        yyjson_mut_obj_add_strcpy(doc, out, "mermaid", lmi_buf_text(&mermaid));
        lmi_buf_done(&mermaid);
    }
    lmi_shape_done(&shape);
    return status;
}

/* The file itself, where it is JSON still; a prompt file of plain text is a text. */
static void add_source(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmas_team *team)
{
    const char *source = lmas_team_source(team);
    yyjson_doc *parsed = yyjson_read(source, strlen(source), 0);

    if (parsed)
        yyjson_mut_obj_add_val(doc, out, "file",
                               yyjson_val_mut_copy(doc, yyjson_doc_get_root(parsed)));
    else
        yyjson_mut_obj_add_str(doc, out, "file", source);
    yyjson_doc_free(parsed);
}

static void add_models(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmi_visit *visit,
                       const lmas_team *team)
{
    const lmi_catalog *catalog = &visit->server->catalog;
    yyjson_mut_val *models = yyjson_mut_obj_add_arr(doc, out, "models");
    size_t i;

    for (i = 0; i < catalog->n; i++)
        if (catalog->at[i].team == team)
            yyjson_mut_arr_add_str(doc, models, catalog->at[i].id);
}

static lmas_status describe_team(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmi_visit *visit,
                                 const lmas_team *team)
{
    lmas_status status;

    yyjson_mut_obj_add_str(doc, out, "name", lmas_team_name(team));
    add_models(doc, out, visit, team);
    status = lmi_page_add_graph(doc, out, team);
    add_source(doc, out, team);
    return status;
}

/* Send it where it could be made, and free it. */
static int send_made(lmi_visit *visit, yyjson_mut_doc *doc, lmas_status status)
{
    const lmi_complaint why = lmi_complaint_of(status);

    if (status == LMAS_OK)
        return lmi_page_send_json(visit, 200, doc);
    yyjson_mut_doc_free(doc);
    return lmi_visit_refuse(visit, &why);
}

int lmi_page_teams(lmi_visit *visit)
{
    const lmi_serve_params *p = visit->server->params;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *data;
    lmas_status status = LMAS_OK;
    size_t i;

    if (lmi_json_new(&doc, &root, "teams") != LMAS_OK)
        return MHD_NO;
    yyjson_mut_obj_add_str(doc, root, "object", "list");
    data = yyjson_mut_obj_add_arr(doc, root, "data");
    for (i = 0; status == LMAS_OK && i < p->n_teams; i++)
        status = describe_team(doc, yyjson_mut_arr_add_obj(doc, data), visit, p->teams[i]);
    return send_made(visit, doc, status);
}

int lmi_page_team(lmi_visit *visit)
{
    const lmi_serve_params *p = visit->server->params;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    size_t i = 0;

    while (i < p->n_teams && strcmp(lmas_team_name(p->teams[i]), visit->rest) != 0)
        i++;
    if (i == p->n_teams)
        return lmi_page_nothing(visit, "team");
    if (lmi_json_new(&doc, &root, "a team") != LMAS_OK)
        return MHD_NO;
    return send_made(visit, doc, describe_team(doc, root, visit, p->teams[i]));
}
