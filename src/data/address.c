/* address.c - where published rows and files are, and where ours of them go. */
#include "data/address.h"

#include "base/file.h"
#include "hub/hub.h"

lmas_status lmi_data_dir(lmi_buf *out)
{
    const char *datasets = lmi_hub_env("HF_DATASETS_CACHE");
    const char *home = lmi_hub_env("HF_HOME");

    if (datasets)
        lmi_buf_printf(out, "%s/latentmas", datasets);
    else if (home)
        lmi_buf_printf(out, "%s/datasets/latentmas", home);
    else if (lmi_cache_dir(out) == LMAS_OK)
        lmi_buf_puts(out, "/data");
    else
        return LMAS_E_IO;
    return lmi_buf_status(out);
}

lmas_status lmi_source_rows_url(lmi_buf *out, const lmi_source *source, size_t offset,
                                size_t length)
{
    const lmas_status status =
        lmi_hub_append_base(out, "HF_DATASETS_SERVER", "https://datasets-server.huggingface.co");

    if (status != LMAS_OK)
        return status;
    lmi_buf_puts(out, "/rows?dataset=");
    lmi_hub_append_escaped(out, source->repo, "");
    lmi_buf_puts(out, "&config=");
    lmi_hub_append_escaped(out, source->config, "");
    lmi_buf_puts(out, "&split=");
    lmi_hub_append_escaped(out, source->split, "");
    lmi_buf_printf(out, "&offset=%zu&length=%zu", offset, length);
    return lmi_buf_status(out);
}

lmas_status lmi_source_file_url(lmi_buf *out, const lmi_source *source)
{
    const bool is_raw = source->kind == LMI_SOURCE_RAW;
    const lmas_status status =
        is_raw ? lmi_hub_append_base(out, "LATENTMAS_RAW_ENDPOINT",
                                     "https://raw.githubusercontent.com")
               : lmi_hub_append_base(out, "HF_ENDPOINT", "https://huggingface.co");

    if (status != LMAS_OK)
        return status;
    lmi_buf_puts(out, is_raw ? "/" : "/datasets/");
    lmi_hub_append_escaped(out, source->repo, "/");
    lmi_buf_puts(out, is_raw ? "/" : "/resolve/main/");
    lmi_hub_append_escaped(out, source->path, "/");
    return lmi_buf_status(out);
}
