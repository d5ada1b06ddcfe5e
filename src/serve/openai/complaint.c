/* complaint.c - see complaint.h. */
#include "serve/openai/complaint.h"

#include "base/json.h"

static const char INVALID[] = "invalid_request_error";

lmi_complaint lmi_complaint_of(lmas_status status)
{
    switch (status) {
    case LMAS_E_CONTEXT_FULL:
        return (lmi_complaint){400, INVALID, "messages", "context_length_exceeded"};
    case LMAS_E_INVALID:
    case LMAS_E_MODEL: /* a chat template that refuses the conversation */
    case LMAS_E_FORMAT:
        return (lmi_complaint){400, INVALID, NULL, NULL};
    case LMAS_E_CANCELED:
        return (lmi_complaint){503, "server_error", NULL, "canceled"};
    default:
        return (lmi_complaint){500, "server_error", NULL, NULL};
    }
}

lmas_status lmi_complaint_write_plain(lmi_buf *out, const char *message)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&doc, &root, "an error");

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_bool(doc, root, "success", false);
    yyjson_mut_obj_add_str(doc, root, "message", message);
    yyjson_mut_obj_add_str(doc, root, "error", message);
    return lmi_json_write(out, doc, 0, "an error");
}

lmas_status lmi_complaint_write(lmi_buf *out, const lmi_complaint *complaint, const char *message)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *error;
    const lmas_status status = lmi_json_new(&doc, &root, "an error");

    if (status != LMAS_OK)
        return status;
    error = yyjson_mut_obj_add_obj(doc, root, "error");
    yyjson_mut_obj_add_str(doc, error, "message", message);
    yyjson_mut_obj_add_str(doc, error, "type", complaint->type ? complaint->type : INVALID);
    lmi_json_add_text(doc, error, "param", complaint->param);
    lmi_json_add_text(doc, error, "code", complaint->tag);
    return lmi_json_write(out, doc, 0, "an error");
}
