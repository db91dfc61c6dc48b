#include "http.h"

#include "address.h"
#include "real.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const struct {
    const char *name;
    int value;
} ERRNOS[] = {
#define E(name) {#name, name}
    E(EACCES), E(EADDRINUSE), E(EADDRNOTAVAIL), E(EAFNOSUPPORT), E(EAGAIN), E(EALREADY), E(EBADF),
    E(ECONNABORTED), E(ECONNREFUSED), E(ECONNRESET), E(EDESTADDRREQ), E(EDOM), E(EEXIST), E(EHOSTDOWN),
    E(EHOSTUNREACH), E(EINPROGRESS), E(EINTR), E(EINVAL), E(EIO), E(EISCONN), E(EMFILE), E(EMSGSIZE), E(ENETDOWN),
    E(ENETRESET), E(ENETUNREACH), E(ENFILE), E(ENOBUFS), E(ENODEV), E(ENOENT), E(ENOMEM), E(ENOPROTOOPT), E(ENOSPC),
    E(ENOSYS), E(ENOTCONN), E(ENOTSUP), E(EOPNOTSUPP), E(EPERM), E(EPIPE), E(EPROTO), E(EPROTONOSUPPORT),
    E(EPROTOTYPE), E(ERANGE), E(ESHUTDOWN), E(ETIMEDOUT), E(EWOULDBLOCK),
#undef E
};

int errno_named(const char *name) {
    for (size_t i = 0; i < sizeof ERRNOS / sizeof *ERRNOS; i++)
        if (strcmp(ERRNOS[i].name, name) == 0)
            return ERRNOS[i].value;
    return 0;
}

const char *json_find(const char *text, const char *name) {
    char key[64];
    int n = snprintf(key, sizeof key, "\"%s\"", name);
    if (n < 0 || n >= (int)sizeof key)
        return NULL;
    for (const char *at = text; (at = strstr(at, key)); ) {
        at += n;
        at += strspn(at, " \t\r\n");
        if (*at == ':')
            return at + 1 + strspn(at + 1, " \t\r\n");
    }
    return NULL;
}

long json_number(const char *text, const char *name, long otherwise) {
    const char *at = json_find(text, name);
    char *end;
    long value = at ? strtol(at, &end, 10) : 0;
    return at && end != at ? value : otherwise;
}

bool json_string(const char *text, const char *name, char *value, size_t size) {
    const char *at = json_find(text, name);
    if (!at || *at != '"')
        return false;
    size_t length = strcspn(at + 1, "\"\\");
    if (at[1 + length] != '"' || length >= size)
        return false;
    memcpy(value, at + 1, length);
    value[length] = 0;
    return true;
}

size_t request_write(char text[REQUEST], const char *method, const char *target, const char *headers,
                     const char *body) {
    char length[48] = "";
    if (body)
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(body));
    int n = snprintf(text, REQUEST, "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n%s", method, target,
                     *target == '/' ? "splnet" : target, headers ? headers : "", length, body ? body : "");
    return n < 0 || n >= REQUEST ? 0 : (size_t)n;
}

static const char *header(const char *text, const char *name) {
    size_t n = strlen(name);
    for (const char *line = strstr(text, "\r\n"); line && line[2] != '\r'; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, n) == 0 && line[2 + n] == ':')
            return line + 3 + n + strspn(line + 3 + n, " \t");
    return NULL;
}

/* The octets of the whole answer, of which the head is there; 0 if it is none that we can read. */
static size_t measure(struct answer *answer, size_t head) {
    if (sscanf(answer->text, "HTTP/1.%*d %3d", &answer->status) != 1)
        return 0;
    const char *length = header(answer->text, "Content-Length");
    size_t body = length ? strtoul(length, NULL, 10) : 0;
    return body >= ANSWER - head ? 0 : head + body;
}

static void understand(struct answer *answer, size_t head) {
    const char *value = header(answer->text, "Splnet-Socket");
    answer->id = value ? strtoull(value, NULL, 10) : 0;
    answer->local = answer->remote = (struct end){0};
    if ((value = header(answer->text, "Splnet-Local")))
        end_parse(value, &answer->local);
    if ((value = header(answer->text, "Splnet-Remote")))
        end_parse(value, &answer->remote);
    answer->body = head;
    answer->error = 0;
    if (answer->status / 100 != 2) {
        char name[32];
        answer->error = json_string(answer->text + head, "errno", name, sizeof name) ? errno_named(name) : 0;
        if (!answer->error)
            answer->error = answer->status == 403 ? EACCES : EPROTO;
    }
}

static int consume(int fd, char *text, size_t size) {
    while (size > 0) {
        ssize_t n = real()->recvfrom(fd, text, size, MSG_DONTWAIT, NULL, NULL);
        if (n <= 0)
            return n == 0 ? ECONNRESET : errno;
        text += n;
        size -= (size_t)n;
    }
    return 0;
}

int answer_take(int fd, struct answer *answer) {
    ssize_t n = real()->recvfrom(fd, answer->text, ANSWER - 1, MSG_PEEK | MSG_DONTWAIT, NULL, NULL);
    if (n <= 0)
        return n == 0 ? ECONNRESET : errno == EINTR ? EAGAIN : errno;
    answer->text[n] = 0;
    char *end = strstr(answer->text, "\r\n\r\n");
    if (!end)
        return n == ANSWER - 1 ? EPROTO : EAGAIN;
    size_t head = (size_t)(end + 4 - answer->text);
    size_t whole = measure(answer, head);
    if (!whole)
        return EPROTO;
    if (whole > (size_t)n)
        return EAGAIN;
    int failed = consume(fd, answer->text, whole);
    answer->text[whole] = 0;
    if (!failed)
        understand(answer, head);
    return failed;
}

long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int answer_await(int fd, struct answer *answer, int milliseconds) {
    long until = now() + milliseconds;
    for (bool partial = false;; partial = true) {
        int failed = answer_take(fd, answer);
        if (failed != EAGAIN)
            return failed;
        long left = milliseconds < 0 ? -1 : until - now();
        if (milliseconds >= 0 && left <= 0)
            return ETIMEDOUT;
        struct pollfd poll = {.fd = fd, .events = POLLIN};
        /* A part of an answer keeps the descriptor readable: look again a little later. */
        if (real()->poll(&poll, 1, (int)left) > 0 && partial)
            nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
}
