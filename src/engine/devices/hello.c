/*
 * hello.c - asking a server whether it is there.
 *
 * Where a server is away, of another version or no such server at all, libggml ends the process;
 * where it is busy, libggml waits for ever, for a server has one client at a time. So its first
 * words are said here before, with a time limit: the hello has had the same number in all versions
 * of the protocol, and the answer begins with the version.
 *
 *   -> 0e  18 00 00 00 00 00 00 00  24 bytes of 0     command, length, what the client can
 *   <-     1c 00 00 00 00 00 00 00  major minor patch ...
 *
 * A hello that is given up must not lie in the queue of a busy server: when its turn comes the
 * server would answer to nobody, and die of SIGPIPE. So the connection is reset, not closed.
 */
#include "engine/devices/hello.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

/* Time to connect, and to answer. Longer than any network needs, shorter than patience. */
static const double LIMIT_MS = 5000;

enum { PORT_MAX = 65535, HOST_MAX_LEN = 253, PORT_MAX_LEN = 5 };
enum { HELLO = 14, HELLO_LEN = 24, HELLO_SIZE = 1 + 8 + HELLO_LEN, ANSWER_SIZE = 8 + 3 };

static bool is_host(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr(".-_", text[i]))
            return false;
    return len > 0 && len <= HOST_MAX_LEN;
}

static bool is_port(const char *text)
{
    const size_t len = strspn(text, "0123456789");
    const long port = len > 0 && len <= PORT_MAX_LEN && !text[len] ? strtol(text, NULL, 10) : 0;

    return port >= 1 && port <= PORT_MAX;
}

lmas_status lmi_server_check(const char *address)
{
    const size_t len = strcspn(address, ":");

    if (is_host(address, len) && address[len] && is_port(address + len + 1))
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "rpc: \"%.80s\" is no server, expected HOST:PORT with a name or an IPv4 "
                    "address and a port from 1 to %d",
                    address, PORT_MAX);
}

lmas_status lmi_server_find(lmi_server_at *out, const char *address)
{
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    const char *colon = strchr(address, ':');
    struct addrinfo *found = NULL;
    struct sockaddr_in in;
    char host[LMI_SERVER_ROOM] = "";
    int why;

    memcpy(host, address, (size_t)(colon - address));
    why = getaddrinfo(host, NULL, &hints, &found);
    if (why)
        return lmi_fail(LMAS_E_IO, "no RPC server at %s: %s", address, gai_strerror(why));
    memcpy(&in, found->ai_addr, sizeof(in));
    freeaddrinfo(found);
    *out = (lmi_server_at){.ip = in.sin_addr.s_addr,
                           .port = htons((uint16_t)strtol(colon + 1, NULL, 10))};
    return LMAS_OK;
}

/* Wait until `fd` can do what is asked; false when the time is over. */
static bool wait_for(int fd, short event, double until_ms)
{
    struct pollfd p = {.fd = fd, .events = event};
    double left;
    int n = -1;

    while (n < 0 && (left = until_ms - lmi_now_ms()) > 0) {
        n = poll(&p, 1, (int)left + 1);
        if (n < 0 && errno != EINTR)
            return false;
    }
    return n > 0;
}

static lmas_status refuse_errno(const char *address, int why)
{
    errno = why;
    return lmi_fail_errno(LMAS_E_IO, "no RPC server at %s", address);
}

static lmas_status reach(int fd, const lmi_server_at *at, const char *address, double until_ms)
{
    const struct sockaddr_in in = {
        .sin_family = AF_INET, .sin_port = at->port, .sin_addr.s_addr = at->ip};
    socklen_t size = sizeof(int);
    int why = 0;

    if (connect(fd, (const struct sockaddr *)&in, sizeof(in)) == 0)
        return LMAS_OK;
    if (errno != EINPROGRESS)
        return refuse_errno(address, errno);
    if (!wait_for(fd, POLLOUT, until_ms))
        return refuse_errno(address, ETIMEDOUT);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) == 0 && why == 0)
        return LMAS_OK;
    return refuse_errno(address, why ? why : errno);
}

/* How many bytes of its answer came, ANSWER_SIZE or fewer; -1 when the time is over. */
static int hear(int fd, unsigned char answer[ANSWER_SIZE], double until_ms)
{
    size_t n = 0;

    while (n < ANSWER_SIZE) {
        ssize_t got;

        if (!wait_for(fd, POLLIN, until_ms))
            return -1;
        got = recv(fd, answer + n, ANSWER_SIZE - n, 0);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            break;
        n += got > 0 ? (size_t)got : 0;
    }
    return (int)n;
}

static lmas_status talk(int fd, const char *address, int major, double until_ms)
{
    const unsigned char hello[HELLO_SIZE] = {HELLO, HELLO_LEN};
    unsigned char answer[ANSWER_SIZE] = {0};
    const bool is_sent = send(fd, hello, sizeof(hello), MSG_NOSIGNAL) == (ssize_t)sizeof(hello);
    const int n = is_sent ? hear(fd, answer, until_ms) : 0;

    if (n < 0)
        return lmi_fail(LMAS_E_IO,
                        "the server at %s does not answer: it is busy with another client, of "
                        "which it has one at a time, or no RPC server",
                        address);
    if (n < ANSWER_SIZE || memcmp(answer + 1, "\0\0\0\0\0\0\0", 7) != 0)
        return lmi_fail(LMAS_E_IO, "what answers at %s is no RPC server, or one that is too old",
                        address);
    if (answer[8] != major)
        return lmi_fail(LMAS_E_IO,
                        "the RPC server at %s speaks version %d.%d of the protocol, expected %d: "
                        "it must come with the same libggml",
                        address, answer[8], answer[9], major);
    return LMAS_OK;
}

/* With a reset what was sent and not yet read is dropped on the other side, too. */
static void hang_up(int fd)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
}

lmas_status lmi_server_greet(const lmi_server_at *at, const char *address, int major)
{
    const double until_ms = lmi_now_ms() + LIMIT_MS;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    lmas_status status;

    if (fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot make a socket for %s", address);
    status = reach(fd, at, address, until_ms);
    if (status == LMAS_OK)
        status = talk(fd, address, major, until_ms);
    hang_up(fd);
    return status;
}
