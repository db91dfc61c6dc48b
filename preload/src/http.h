/* Requests to the daemon and its answers. */
#ifndef SPLNET_HTTP_H
#define SPLNET_HTTP_H

#include "sock.h"

#include <stddef.h>

/* PATIENCE: for so many milliseconds the daemon is waited for where it needs no peer to go on. */
enum { REQUEST = 4096, ANSWER = 16384, PATIENCE = 10000 };

struct answer {
    int status;
    int error; /* an errno; 0 if the answer is well */
    uint64_t id;
    struct end local, remote;
    size_t body; /* where it begins in text; the text ends with 0 */
    char text[ANSWER];
};

/* The octets of the request, or 0 if it does not fit. `headers` are whole lines, `body` may be NULL. */
size_t request_write(char text[REQUEST], const char *method, const char *target, const char *headers,
                     const char *body);
/* Takes one answer from the descriptor if it is there whole, and nothing after it: 0, EAGAIN, or how it failed. */
int answer_take(int fd, struct answer *answer);
/* Waits for one, at most so long (-1: for ever), through signals: 0, ETIMEDOUT, or how it failed. */
int answer_await(int fd, struct answer *answer, int milliseconds);

/* Milliseconds of a clock that nobody sets. */
long now(void);

/* The value after "name": in a JSON text, NULL if there is none. */
const char *json_find(const char *text, const char *name);
long json_number(const char *text, const char *name, long otherwise);
/* False if it is not there, no string or too long. */
bool json_string(const char *text, const char *name, char *value, size_t size);
/* An errno by its POSIX name; 0 for none. */
int errno_named(const char *name);

#endif
