/* inodes.h - how many files a program behind walls has made. */
#ifndef LMI_PROCESS_WALLS_INODES_H
#define LMI_PROCESS_WALLS_INODES_H

#include <stddef.h>
#include <sys/types.h>

/* Files, folders and links that lie in the places a program can write to, of the program that the
 * bubblewrap `pid` has started. What cannot be read counts nothing. */
size_t lmi_inodes_used(pid_t pid);

#endif
