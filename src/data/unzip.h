/* unzip.h - a data file as bytes, unpacked where it is gzipped. */
#ifndef LMI_DATA_UNZIP_H
#define LMI_DATA_UNZIP_H

#include "base/buf.h"

/* Replace `text`, the content of the file `path`, by what it unpacks to when it is gzip data;
 * leave it alone otherwise. text->max limits the result too. LMAS_E_FORMAT when it is damaged. */
lmas_status lmi_unzip(lmi_buf *text, const char *path);

#endif
