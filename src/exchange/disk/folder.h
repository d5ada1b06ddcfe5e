/*
 * folder.h - the files of an exchange, and the lock on it.
 *
 *     lmi_exchange_folder_new()  incoming/ID   while its bytes come
 *     lmi_exchange_folder_keep() files/ID      once it is whole, and checked
 *
 * Names are ids, 32 hex digits. What has another name is not ours, and left alone.
 */
#ifndef LMI_EXCHANGE_DISK_FOLDER_H
#define LMI_EXCHANGE_DISK_FOLDER_H

#include <stdint.h>

#include "exchange/exchange.h"

typedef struct lmi_exchange_folder {
    char *path;                         /* begins with '/' */
    int lock_fd, files_fd, incoming_fd; /* -1: not open */
} lmi_exchange_folder;

/* Make what is missing of the folder, for its owner alone, and lock it. */
lmi_exchange_verdict lmi_exchange_folder_open(lmi_exchange_folder *out, const char *path);
void lmi_exchange_folder_close(lmi_exchange_folder *folder);

/* An id that nobody has, and its file in incoming/, open to be written. */
lmi_exchange_verdict lmi_exchange_folder_new(char id[LMI_EXCHANGE_ID_SIZE], int *fd,
                                             const lmi_exchange_folder *folder);

/* The file that is on its way comes into its place: on disk when this is over. */
lmi_exchange_verdict lmi_exchange_folder_keep(const lmi_exchange_folder *folder, const char *id);

lmi_exchange_verdict lmi_exchange_folder_read(int *fd, uint64_t *size,
                                              const lmi_exchange_folder *folder, const char *id);

/* What cannot be removed goes with the next opening: it has no record by then. */
void lmi_exchange_folder_drop(const lmi_exchange_folder *folder, const char *id);

/* Call `fn` for each id that has a file in the folder `fd`, which it may remove. */
typedef lmi_exchange_verdict (*lmi_exchange_file_fn)(void *user, const char *id);
lmi_exchange_verdict lmi_exchange_folder_each(int fd, lmi_exchange_file_fn fn, void *user);

#endif
