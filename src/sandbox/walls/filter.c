/*
 * filter.c - a list of system calls, and the small program that looks a call up in it.
 *
 * The namespaces already keep a program away from the system; this keeps it from looking into its
 * own memory from a second process, from memory that no limit counts, and from the parts of the
 * kernel that break most often. A refused call fails with EPERM.
 */
#include "sandbox/walls/filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/memfile.h"

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

enum {
    N_REFUSED = sizeof(refused) / sizeof(refused[0]),
    N_HEAD = 6,
    N_TAIL = 2,
};

static const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
static const struct sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);

bool lmi_filter_is_known(void)
{
    return true;
}

/* Load the number; kill who calls as another processor would; then one comparison per entry, each
 * with a jump over the rest and `allow` to `refuse`. */
lmas_status lmi_filter_file(int *fd)
{
    struct sock_filter code[N_HEAD + N_REFUSED + N_TAIL] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    size_t i;

    for (i = 0; i < N_REFUSED; i++)
        code[N_HEAD + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused[i],
                                                        (unsigned char)(N_REFUSED - i), 0);
    code[N_HEAD + N_REFUSED] = allow;
    code[N_HEAD + N_REFUSED + 1] = refuse;
    return lmi_memfile(fd, "filter", code, sizeof(code), NULL, 0);
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
