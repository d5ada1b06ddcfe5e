/*
 * address.h - the addresses of published data sets, and the folder of our copies.
 *
 * Two variables have no counterpart in the Hugging Face libraries: HF_DATASETS_SERVER, in place of
 * https://datasets-server.huggingface.co, and LATENTMAS_RAW_ENDPOINT, in place of
 * https://raw.githubusercontent.com.
 */
#ifndef LMI_DATA_ADDRESS_H
#define LMI_DATA_ADDRESS_H

#include "data/source.h"

/* Append the folder of our data files: $HF_DATASETS_CACHE/latentmas, $HF_HOME/datasets/latentmas,
 * or data/ in the program's own cache. */
lmas_status lmi_data_dir(lmi_buf *out);

/* Append the address of rows [offset, offset + length), or of a file. */
lmas_status lmi_source_rows_url(lmi_buf *out, const lmi_source *source, size_t offset,
                                size_t length);
lmas_status lmi_source_file_url(lmi_buf *out, const lmi_source *source);

#endif
