/*
 * filter.c - a list of system calls, and the small program that looks a call up in it.
 *
 * The namespaces already keep a program away from the system; this keeps it from looking into its
 * own memory from a second process, from memory that no limit counts, and from the parts of the
 * kernel that break most often. A refused call fails with EPERM.
 *
 * Of sockets there are the families that programs use. Others do not respect the network namespace
 * (vsock speaks to the machine below this one) or are there for drivers: they fail as they would on
 * a kernel without them.
 */
#include "process/walls/filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process/memfile.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#endif

#ifdef ARCH

/* x86-64 has a second entry to each call, with this bit in its number. */
#define X32_BIT 0x40000000U

static const unsigned refused[] = {
    /* other processes' memory and descriptors */
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_process_madvise,
    SYS_pidfd_getfd,
    SYS_kcmp,
    SYS_perf_event_open,
    /* memory that belongs to no process */
    SYS_memfd_create,
    SYS_memfd_secret,
    SYS_shmget,
    SYS_msgget,
    SYS_semget,
    SYS_mq_open,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    /* namespaces and mounts */
    SYS_unshare,
    SYS_setns,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_open_tree,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_mount_setattr,
    /* the kernel's engine room */
    SYS_bpf,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_init_module,
    SYS_finit_module,
    SYS_kexec_load,
    SYS_open_by_handle_at,
    SYS_fanotify_init,
    SYS_quotactl,
    SYS_syslog,
};

/* Netlink: names and addresses of network interfaces are asked for that way. */
static const unsigned families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

enum {
    N_REFUSED = sizeof(refused) / sizeof(refused[0]),
    N_FAMILIES = sizeof(families) / sizeof(families[0]),
    N_HEAD = 6,
    N_SOCKETS = 3 + N_FAMILIES + 1,
    N_TAIL = 2,
    N_ALL = N_HEAD + N_SOCKETS + N_REFUSED + N_TAIL,
};

#define LOAD(field)                  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (field))
#define JUMP_IF(value, yes, no)      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define JUMP_IF_FROM(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (value), (yes), (no))
#define GIVE(result)                 BPF_STMT(BPF_RET | BPF_K, (result))

/* The half of a call's first argument that the kernel takes for an int; all ARCH above are
 * little-endian. */
#define FIRST_ARGUMENT offsetof(struct seccomp_data, args)

bool lmi_filter_is_known(void)
{
    return true;
}

/* Load the number; kill who calls as another processor would. */
static size_t add_head(struct sock_filter *code)
{
    const struct sock_filter head[N_HEAD] = {
        LOAD(offsetof(struct seccomp_data, arch)),
        JUMP_IF(ARCH, 1, 0),
        GIVE(SECCOMP_RET_KILL_PROCESS),
        LOAD(offsetof(struct seccomp_data, nr)),
        JUMP_IF_FROM(X32_BIT, 0, 1),
        GIVE(SECCOMP_RET_KILL_PROCESS),
    };

    memcpy(code, head, sizeof(head));
    return N_HEAD;
}

/* Both calls that make sockets: look the family up; any other call jumps over this. */
static size_t add_sockets(struct sock_filter *code)
{
    size_t n = 0;
    size_t i;

    code[n++] = (struct sock_filter)JUMP_IF(SYS_socket, 1, 0);
    code[n++] = (struct sock_filter)JUMP_IF(SYS_socketpair, 0, N_FAMILIES + 2);
    code[n++] = (struct sock_filter)LOAD(FIRST_ARGUMENT);
    for (i = 0; i < N_FAMILIES; i++)
        code[n++] = (struct sock_filter)JUMP_IF(families[i],
                                                (unsigned char)(N_FAMILIES - i + N_REFUSED), 0);
    code[n++] = (struct sock_filter)GIVE(SECCOMP_RET_ERRNO | EAFNOSUPPORT);
    return n;
}

/* One comparison per entry, each with a jump over the rest and "allow" to the refusal. */
static size_t add_refused(struct sock_filter *code)
{
    size_t i;

    for (i = 0; i < N_REFUSED; i++)
        code[i] = (struct sock_filter)JUMP_IF(refused[i], (unsigned char)(N_REFUSED - i), 0);
    code[N_REFUSED] = (struct sock_filter)GIVE(SECCOMP_RET_ALLOW);
    code[N_REFUSED + 1] = (struct sock_filter)GIVE(SECCOMP_RET_ERRNO | EPERM);
    return N_REFUSED + N_TAIL;
}

lmas_status lmi_filter_file(int *fd)
{
    struct sock_filter code[N_ALL];
    size_t n = add_head(code);

    n += add_sockets(code + n);
    n += add_refused(code + n);
    return lmi_memfile(fd, "filter", code, n * sizeof(code[0]), NULL, 0);
}

#else

bool lmi_filter_is_known(void)
{
    return false;
}

lmas_status lmi_filter_file(int *fd)
{
    (void)fd;
    return lmi_fail(LMAS_E_INVALID, "no filter for this processor's system calls");
}

#endif
