/* A connection of splnet whose octets lie in memory that the daemon and this process share: nothing is copied by the
 * kernel, and no call is made as long as neither side sleeps. docs/sockets.md, "Shared memory", says what lies where.
 *
 *     struct splnet_ring ring;
 *     if (splnet_ring_connect(&ring, "/run/splnet/control.sock", "10.88.0.1:80", 1 << 20) < 0) { ... errno ... }
 *     while ((n = splnet_ring_recv(&ring, to, size)) < 0 && errno == EAGAIN) {
 *         splnet_ring_wait(&ring, POLLIN, -1);
 *     }
 *
 * In an event loop ring.fd is watched for reading, level or edge; when it is ready splnet_ring_woken(), then receive and
 * send until EAGAIN, and before sleeping splnet_ring_sleeps(), which says if there is something after all.
 *
 * One thread may receive while another sends; splnet_ring_woken is by one of them. Functions that fail return -1 and set
 * errno, as those of the kernel do. */
#ifndef SPLNET_RING_H
#define SPLNET_RING_H

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    SPLNET_RING_VERSION = 1,
    SPLNET_RING_PAGE = 4096,
    SPLNET_RING_LEAST = 1 << 16,
    SPLNET_RING_MOST = 1 << 22,
    SPLNET_RING_LOOK_NS = 50000, /* how long splnet_ring_wait() looks before it sleeps */
};

/* One direction's words, each in a cache line of its own. */
struct splnet_ring_words {
    _Alignas(64) _Atomic uint64_t written;
    _Alignas(64) _Atomic uint64_t read;
    _Alignas(64) _Atomic uint32_t reader_sleeps;
    _Alignas(64) _Atomic uint32_t writer_sleeps;
    _Alignas(64) _Atomic uint32_t ended;
};

struct splnet_ring_page {
    uint32_t version;
    uint32_t capacity;
    _Atomic uint32_t error;
    _Alignas(512) struct splnet_ring_words in;  /* to this process */
    _Alignas(512) struct splnet_ring_words out; /* from it */
};

struct splnet_ring {
    struct splnet_ring_page *page;
    unsigned char *octets; /* of `in`, then of `out` */
    uint32_t capacity;
    int fd;
    int gone; /* the daemon has closed */
    uint64_t read;
    uint64_t written;
    unsigned in_vain; /* how often it was looked for something, and nothing came */
    unsigned pass;    /* so often it is not looked before sleeping */
};

_Static_assert(offsetof(struct splnet_ring_page, in) == 512, "layout");
_Static_assert(offsetof(struct splnet_ring_page, out) == 1024, "layout");

/* Maps the memory that came with the connection `fd` as the descriptor `memory`, which is closed in any case. */
static inline int splnet_ring_open(struct splnet_ring *ring, int fd, int memory) {
    off_t size = lseek(memory, 0, SEEK_END);
    int small = size < SPLNET_RING_PAGE + 2 * SPLNET_RING_LEAST;
    void *page = small ? MAP_FAILED : mmap(NULL, (size_t) size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    close(memory);
    if (page == MAP_FAILED) {
        errno = small ? EPROTO : errno;
        return -1;
    }
    memset(ring, 0, sizeof *ring);
    ring->page = page;
    ring->capacity = ring->page->capacity;
    if (ring->page->version != SPLNET_RING_VERSION || (ring->capacity & (ring->capacity - 1)) != 0
            || size != SPLNET_RING_PAGE + 2 * (off_t) ring->capacity) {
        munmap(page, (size_t) size);
        errno = EPROTO;
        return -1;
    }
    ring->octets = (unsigned char *) page + SPLNET_RING_PAGE;
    ring->fd = fd;
    return 0;
}

/* Reads `length` octets of what comes before the memory, waiting for them; a descriptor that comes with them is put
 * into *passed. */
static inline int splnet_ring_before(int fd, void *to, size_t length, int *passed) {
    for (size_t at = 0; at < length;) {
        union {
            char octets[CMSG_SPACE(sizeof(int))];
            struct cmsghdr header;
        } control;
        struct iovec vector = {(char *) to + at, length - at};
        struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control,
            .msg_controllen = sizeof control};
        ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
        if (n <= 0) {
            errno = n == 0 ? ECONNRESET : errno;
            return -1;
        }
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
            memcpy(passed, CMSG_DATA(header), sizeof *passed);
        }
        at += (size_t) n;
    }
    return 0;
}

/* The memory itself, behind a name or an answer's head that was read with splnet_ring_before. */
static inline int splnet_ring_take(struct splnet_ring *ring, int fd) {
    char octet;
    int memory = -1;
    if (splnet_ring_before(fd, &octet, 1, &memory) < 0) {
        return -1;
    }
    if (memory < 0) {
        errno = EPROTO;
        return -1;
    }
    return splnet_ring_open(ring, fd, memory);
}

/* The errno that is in the body behind `head`, that of an answer which is no connection; EPROTO if there is none. */
static inline int splnet_ring_refused(int fd, const char *head) {
    static const struct {
        const char *name;
        int number;
    } errors[] = {
        {"EACCES", EACCES}, {"EADDRINUSE", EADDRINUSE}, {"EADDRNOTAVAIL", EADDRNOTAVAIL}, {"EAGAIN", EAGAIN},
        {"ECONNABORTED", ECONNABORTED}, {"ECONNREFUSED", ECONNREFUSED}, {"ECONNRESET", ECONNRESET},
        {"EHOSTUNREACH", EHOSTUNREACH}, {"EINVAL", EINVAL}, {"EMFILE", EMFILE}, {"ENETDOWN", ENETDOWN},
        {"ENETUNREACH", ENETUNREACH}, {"ENFILE", ENFILE}, {"ENOBUFS", ENOBUFS}, {"ENOPROTOOPT", ENOPROTOOPT},
        {"ETIMEDOUT", ETIMEDOUT},
    };
    char body[4096] = "";
    int ignored = -1;
    const char *field = strstr(head, "\r\ncontent-length: "), *at;
    size_t length = 0;
    if (field != NULL) {
        sscanf(field, " %*s %zu", &length);
    }
    if (splnet_ring_before(fd, body, length < sizeof body ? length : sizeof body - 1, &ignored) < 0) {
        return errno;
    }
    at = strstr(body, "\"errno\"");
    at = at != NULL ? at + 7 + strspn(at + 7, " :\"") : NULL;
    for (size_t i = 0; at != NULL && i < sizeof errors / sizeof *errors; i++) {
        size_t n = strlen(errors[i].name);
        if (strncmp(at, errors[i].name, n) == 0 && at[n] == '"') {
            return errors[i].number;
        }
    }
    return EPROTO;
}

/* Connects to `to`, "10.88.0.1:80", through the daemon's control socket, with `capacity` octets for each direction, a
 * power of two in SPLNET_RING_LEAST..SPLNET_RING_MOST. Waits for the connection. errno is that of `connect`, or what the
 * daemon has against this one; EPROTO if it does not know rings. */
static inline int splnet_ring_connect(struct splnet_ring *ring, const char *control, const char *to, uint32_t capacity) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char text[512] = "";
    int ignored = -1, saved;
    if (strlen(control) >= sizeof at.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(at.sun_path, control);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int length = snprintf(text, sizeof text, "CONNECT %s HTTP/1.1\r\nHost: splnet\r\nSplnet-Ring: %u\r\n\r\n", to,
            (unsigned) capacity);
    if (fd < 0 || connect(fd, (struct sockaddr *) &at, sizeof at) < 0
            || send(fd, text, (size_t) length, MSG_NOSIGNAL) != length) {
        goto failed;
    }
    memset(text, 0, sizeof text);
    for (size_t n = 0; n < 4 || memcmp(text + n - 4, "\r\n\r\n", 4) != 0; n++) {
        if (n == sizeof text - 1) {
            errno = EPROTO;
            goto failed;
        }
        if (splnet_ring_before(fd, text + n, 1, &ignored) < 0) {
            goto failed;
        }
    }
    if (strncmp(text, "HTTP/1.1 200", 12) != 0 || strstr(text, "\r\nSplnet-Ring: ") == NULL) {
        errno = strncmp(text, "HTTP/1.1 200", 12) == 0 ? EPROTO : splnet_ring_refused(fd, text);
        goto failed;
    }
    if (splnet_ring_take(ring, fd) == 0) {
        return 0;
    }
failed:
    saved = errno;
    if (fd >= 0) {
        close(fd);
    }
    errno = saved;
    return -1;
}

static inline void splnet_ring_wake(struct splnet_ring *ring, _Atomic uint32_t *sleeps) {
    if (atomic_load(sleeps) != 0 && atomic_exchange(sleeps, 0) != 0) {
        send(ring->fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

static inline int splnet_ring_failed(struct splnet_ring *ring) {
    uint32_t error = atomic_load(&ring->page->error);
    errno = error != 0 ? (int) error : ECONNRESET;
    return -1;
}

/* Receives without copying: *at is where the next octets lie, in one piece, until splnet_ring_consumed(). How many they
 * are; 0 at the end; EAGAIN if there are none now. */
static inline ssize_t splnet_ring_peek(struct splnet_ring *ring, const void **at) {
    struct splnet_ring_words *in = &ring->page->in;
    uint32_t ended = atomic_load(&in->ended);
    size_t there = atomic_load_explicit(&in->written, memory_order_acquire) - ring->read;
    size_t from = ring->read & (ring->capacity - 1);
    if (there == 0 && ended) {
        return 0;
    }
    if (there == 0 && ring->gone) {
        return splnet_ring_failed(ring);
    }
    if (there == 0) {
        errno = EAGAIN;
        return -1;
    }
    *at = ring->octets + from;
    return (ssize_t) (there < ring->capacity - from ? there : ring->capacity - from);
}

/* `n` of the octets that splnet_ring_peek() has shown are not needed any more. */
static inline void splnet_ring_consumed(struct splnet_ring *ring, size_t n) {
    struct splnet_ring_words *in = &ring->page->in;
    ring->read += n;
    atomic_store(&in->read, ring->read);
    if (atomic_load(&in->written) - ring->read <= ring->capacity / 2) {
        splnet_ring_wake(ring, &in->writer_sleeps);
    }
}

/* Receives what there is, at most `most` octets. 0 at the end; EAGAIN if there is nothing now. */
static inline ssize_t splnet_ring_recv(struct splnet_ring *ring, void *to, size_t most) {
    const void *at;
    size_t got = 0;
    while (got < most) {
        ssize_t n = splnet_ring_peek(ring, &at);
        if (n <= 0) {
            return got > 0 ? (ssize_t) got : n;
        }
        n = (size_t) n < most - got ? n : (ssize_t) (most - got);
        memcpy((char *) to + got, at, (size_t) n);
        splnet_ring_consumed(ring, (size_t) n);
        got += (size_t) n;
    }
    return (ssize_t) got;
}

/* Sends without copying: *at is where there is room, in one piece, for as many octets as are returned; EAGAIN if there is
 * none. splnet_ring_written() follows when something was put there. */
static inline ssize_t splnet_ring_room(struct splnet_ring *ring, void **at) {
    struct splnet_ring_words *out = &ring->page->out;
    size_t room = ring->capacity
            - (ring->written - atomic_load_explicit(&out->read, memory_order_acquire));
    size_t from = ring->written & (ring->capacity - 1);
    if (ring->gone) {
        splnet_ring_failed(ring);
        errno = errno == ECONNRESET ? EPIPE : errno;
        return -1;
    }
    if (room == 0) {
        errno = EAGAIN;
        return -1;
    }
    *at = ring->octets + ring->capacity + from;
    return (ssize_t) (room < ring->capacity - from ? room : ring->capacity - from);
}

/* `n` octets were put where splnet_ring_room() has said: they are sent. */
static inline void splnet_ring_written(struct splnet_ring *ring, size_t n) {
    ring->written += n;
    atomic_store(&ring->page->out.written, ring->written);
    splnet_ring_wake(ring, &ring->page->out.reader_sleeps);
}

/* Sends what there is room for. EAGAIN if there is none. */
static inline ssize_t splnet_ring_send(struct splnet_ring *ring, const void *from, size_t length) {
    void *at;
    size_t sent = 0;
    while (sent < length) {
        ssize_t n = splnet_ring_room(ring, &at);
        if (n < 0) {
            return sent > 0 ? (ssize_t) sent : n;
        }
        n = (size_t) n < length - sent ? n : (ssize_t) (length - sent);
        memcpy(at, (const char *) from + sent, (size_t) n);
        splnet_ring_written(ring, (size_t) n);
        sent += (size_t) n;
    }
    return (ssize_t) sent;
}

/* Nothing more will be sent. */
static inline void splnet_ring_shutdown(struct splnet_ring *ring) {
    atomic_store(&ring->page->out.ended, 1);
    splnet_ring_wake(ring, &ring->page->out.reader_sleeps);
}

/* What of `events` (POLLIN, POLLOUT) there is now. */
static inline int splnet_ring_ready(struct splnet_ring *ring, int events) {
    struct splnet_ring_words *in = &ring->page->in, *out = &ring->page->out;
    int ready = 0;
    if ((events & POLLIN) != 0
            && (ring->gone || atomic_load(&in->written) != ring->read || atomic_load(&in->ended))) {
        ready |= POLLIN;
    }
    if ((events & POLLOUT) != 0 && (ring->gone || ring->written - atomic_load(&out->read) < ring->capacity)) {
        ready |= POLLOUT;
    }
    return ready;
}

/* What of `events` there is. If that is nothing, ring->fd becomes readable when there is. */
static inline int splnet_ring_sleeps(struct splnet_ring *ring, int events) {
    int ready = splnet_ring_ready(ring, events);
    if (ready != 0) {
        return ready;
    }
    if ((events & POLLIN) != 0) {
        atomic_store(&ring->page->in.reader_sleeps, 1);
    }
    if ((events & POLLOUT) != 0) {
        atomic_store(&ring->page->out.writer_sleeps, 1);
    }
    return splnet_ring_ready(ring, events);
}

static inline int64_t splnet_ring_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* What of `events` there is, looking for it for a moment: an answer is often sooner there than a sleeper is awake. The
 * processor is offered to others meanwhile. It is not looked where it was in vain lately, nor for room alone: half a ring
 * is to be sent before it is worth coming back, and whoever sends that needs the processor. */
static inline int splnet_ring_look(struct splnet_ring *ring, int events) {
    if ((events & POLLIN) == 0) {
        return splnet_ring_ready(ring, events);
    }
    if (ring->pass > 0) {
        ring->pass--;
        return 0;
    }
    for (int64_t until = splnet_ring_now() + SPLNET_RING_LOOK_NS;;) {
        int ready = splnet_ring_ready(ring, events);
        if (ready != 0) {
            ring->in_vain = 0;
            return ready;
        }
        if (splnet_ring_now() >= until) {
            ring->in_vain += ring->in_vain < 6;
            ring->pass = (1u << ring->in_vain) - 1;
            return 0;
        }
        sched_yield();
    }
}

/* ring->fd is readable: takes what woke this process, and notices if the daemon has closed. */
static inline void splnet_ring_woken(struct splnet_ring *ring) {
    char octets[64];
    ssize_t n = recv(ring->fd, octets, sizeof octets, MSG_DONTWAIT);
    ring->gone |= n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

/* Waits for `events`, for `timeout` milliseconds or, if that is -1, for ever. Those that are there; 0 when the time is up.
 * A time that is interrupted begins anew. */
static inline int splnet_ring_wait(struct splnet_ring *ring, int events, int timeout) {
    for (int ready; ; ) {
        if ((ready = splnet_ring_look(ring, events)) != 0 || (ready = splnet_ring_sleeps(ring, events)) != 0) {
            return ready;
        }
        struct pollfd poll_fd = {.fd = ring->fd, .events = POLLIN};
        int n = poll(&poll_fd, 1, timeout);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return n;
        }
        if (n > 0) {
            splnet_ring_woken(ring);
        }
    }
}

/* As close(2): what was sent is still sent; with octets unread the connection is reset. */
static inline void splnet_ring_close(struct splnet_ring *ring) {
    munmap(ring->page, SPLNET_RING_PAGE + 2 * (size_t) ring->capacity);
    close(ring->fd);
}

#endif
