/*
 * tree.h - the processes of a program, as /proc shows them.
 *
 * A program with walls is a tree below its first process, which takes it along when it ends.
 * Without walls a process can leave the tree, unless a keeper (keeper.h) stands above; the mark in
 * its environment stays with it.
 */
#ifndef LMI_PROCESS_TREE_H
#define LMI_PROCESS_TREE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes of memory that `pid` and all below it hold, now. What cannot be read counts nothing. */
uint64_t lmi_tree_memory(pid_t pid);

/* The first process that `pid` has started and that is still there; 0 for none. */
pid_t lmi_tree_child(pid_t pid);

/* Kill all that is below `pid`, as far as it can be seen at once: it may be more. */
void lmi_tree_kill(pid_t pid);

/* Processes that have `mark` ("NAME=value") in their environment, or a variable that begins with
 * it; the second kills those that have it whole. How many were found. */
size_t lmi_tree_n_marked(const char *mark);
size_t lmi_tree_kill_marked(const char *mark);

/* Threads that the user `uid` has. */
size_t lmi_tree_n_threads(uid_t uid);

#endif
