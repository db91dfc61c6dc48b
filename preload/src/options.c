#include "options.h"

#include "address.h"
#include "control.h"
#include "descriptor.h"
#include "option_table.h"
#include "real.h"
#include "stream.h"
#include "datagram.h"

#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* net.core.wmem_max and rmem_max as they come; the daemon's greatest SO_LINGER; TCP_FIN_TIMEOUT_MAX; TCP_CA_NAME_MAX. */
enum { BUFFER_MOST = 212992, LINGER_MOST = 65535, LINGER2_MOST = 120, ALGORITHM = 16 };

/* The kernel's names of the algorithms that there are, and the daemon's. */
static const struct {
    const char *kernel, *daemon;
} ALGORITHMS[] = {{"cubic", "cubic"}, {"reno", "new-reno"}};

const struct option *option_given(const struct sock *sock, int level, int name) {
    for (const struct option *o = sock->opts; o < sock->opts + sock->nopts; o++)
        if (o->level == level && o->name == name)
            return o;
    return NULL;
}

static int number(const struct option *option) {
    int value = 0;
    memcpy(&value, option->value, option->size < sizeof value ? option->size : sizeof value);
    return value;
}

int option_number(const struct sock *sock, int level, int name) {
    const struct option *given = option_given(sock, level, name);
    return given ? number(given) : 0;
}

bool option_is_on(const struct sock *sock, int level, int name) {
    return option_number(sock, level, name) != 0;
}

static void keep(struct sock *sock, const struct option *option) {
    struct option *kept = (struct option *)option_given(sock, option->level, option->name);
    if (!kept && sock->nopts < OPTIONS)
        kept = &sock->opts[sock->nopts++];
    if (kept)
        *kept = *option;
}

/* The daemon's name of an algorithm, "" if there is none of the kernel's name, in at most 15 octets as there. */
static const char *algorithm(const void *value, size_t size) {
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++) {
        const char *name = ALGORITHMS[i].kernel;
        if (strnlen(value, size < ALGORITHM ? size : ALGORITHM - 1) == strlen(name)
            && memcmp(value, name, strlen(name)) == 0)
            return ALGORITHMS[i].daemon;
    }
    return "";
}

/* The kernel's name of an algorithm; the daemon says "" where none was asked for. */
static const char *kernels(const char *daemon) {
    size_t i = sizeof ALGORITHMS / sizeof *ALGORITHMS - 1;
    while (i > 0 && strcmp(ALGORITHMS[i].daemon, daemon) != 0)
        i--;
    return ALGORITHMS[i].kernel;
}

/* What the kernel would say of the value; 0 if it is well. */
static int check(const struct known *known, const void *value, socklen_t size) {
    int given = 0;
    switch (known->kind) {
    case REFUSED:
        /* No device at all, which is what it is bound to. */
        if (known->level == SOL_SOCKET && known->name == SO_BINDTODEVICE && (!size || !*(const char *)value))
            return 0;
        return known->low;
    case FIXED:
        return ENOPROTOOPT;
    case NATIVE:
        return 0;
    case NAME:
        return size < 1 ? EINVAL : *algorithm(value, size) ? 0 : ENOENT;
    case LINGER:
        return size < sizeof(struct linger) ? EINVAL : 0;
    case OCTET:
        if (size < 1)
            return EINVAL;
        if (size < sizeof given)
            given = *(const unsigned char *)value;
        else
            memcpy(&given, value, sizeof given);
        if (known->name == IP_TOS || (known->name == IP_TTL && given == -1))
            return 0;
        return given < known->low || given > known->high ? EINVAL : 0;
    default:
        if (size < sizeof given && (known->level != IPPROTO_IP || size < 1))
            return EINVAL;
        memcpy(&given, value, size < sizeof given ? 1 : sizeof given);
        if (known->kind != NUMBER || (known->name == TCP_MAXSEG && known->level == IPPROTO_TCP && !given))
            return 0;
        return given < known->low || given > known->high ? EINVAL : 0;
    }
}

/* TCP takes every number for these, in its own way; the daemon does not. */
static int clamped(const struct known *known, int value) {
    if (known->name == TCP_LINGER2)
        return value < 0 ? 1 : value > LINGER2_MOST ? LINGER2_MOST : value;
    if (known->name == TCP_NOTSENT_LOWAT)
        return value < 0 ? INT_MAX : value;
    return value;
}

/* "NAME":value as the daemon takes it; returns how much. */
static int one(const struct known *known, const struct option *option, char *text, size_t size) {
    int value = number(option);
    if (known->kind == NAME)
        return snprintf(text, size, "\"%s\":\"%s\"", known->word, algorithm(option->value, option->size));
    if (known->kind == LINGER) {
        struct linger linger;
        memcpy(&linger, option->value, sizeof linger);
        value = !linger.l_onoff ? -1 : (unsigned)linger.l_linger > LINGER_MOST ? LINGER_MOST : linger.l_linger;
    } else if (known->kind == NUMBER) {
        value = clamped(known, value);
    } else if (known->kind == SWITCH) {
        value = value != 0;
    } else if (known->kind == BUFFER) {
        value = value < known->low ? known->low : value > BUFFER_MOST ? BUFFER_MOST : value;
    } else if (known->kind == OCTET) {
        if (known->name == IP_TTL && value == -1)
            value = known->initial;
        value &= UINT8_MAX;
    }
    return snprintf(text, size, "\"%s\":%d", known->word, value);
}

void options_json(const struct sock *sock, char *text, size_t size) {
    size_t n = (size_t)snprintf(text, size, "{");
    for (const struct option *o = sock->opts; o < sock->opts + sock->nopts; o++) {
        const struct known *known = option_known(o->level, o->name, sock->type);
        if (!known || !known->word || n + 64 > size)
            continue;
        if (n > 1)
            text[n++] = ',';
        n += (size_t)one(known, o, text + n, size - n);
    }
    snprintf(text + n, size - n, "}");
}

void options_native(const struct sock *sock, int fd) {
    for (const struct option *o = sock->opts; o < sock->opts + sock->nopts; o++) {
        const struct known *known = option_known(o->level, o->name, sock->type);
        if (known && known->kind == NATIVE)
            real()->setsockopt(fd, o->level, o->name, o->value, o->size);
    }
}

void options_replay(const struct sock *sock, int fd) {
    for (const struct option *o = sock->opts; o < sock->opts + sock->nopts; o++)
        real()->setsockopt(fd, o->level, o->name, o->value, o->size);
}

/* SO_LINGER with 0 seconds: close() is a reset. */
static bool resets(const struct known *known, const struct option *option) {
    struct linger linger;
    memcpy(&linger, option->value, sizeof linger);
    return known->kind == LINGER && linger.l_onoff && linger.l_linger == 0;
}

/* An open socket's option goes to the daemon; what may fail there, or must be in order with a close or with datagrams,
 * is waited for. */
static int tell(struct sock *sock, int fd, const struct known *known, const struct option *option) {
    char target[64], body[96];
    if (!known->word || !sock->id || descriptor_ended(fd))
        return 0;
    body[0] = '{';
    int n = 1 + one(known, option, body + 1, sizeof body - 2);
    body[n] = '}';
    body[n + 1] = 0;
    snprintf(target, sizeof target, "/v1/sockets/%llu/options", (unsigned long long)sock->id);
    /* As on a connection that has ended: the kernel sets it all the same. */
    if (sock->type == SOCK_STREAM && known->kind != NAME && !resets(known, option)) {
        control_tell("PUT", target, body);
        return 0;
    }
    struct answer *answer;
    int failed = control_begin("PUT", target, body, -1, &answer);
    control_end();
    return known->kind == NAME && failed != ENETDOWN ? failed : 0;
}

static bool is_udp(const struct sock *sock) {
    return sock->type == SOCK_DGRAM && sock->protocol != IPPROTO_ICMP;
}

int option_set(struct sock *sock, int fd, int level, int name, const void *value, socklen_t size) {
    /* On a fresh IPv6 socket the options of both families are kept: it is not known yet what it becomes. */
    const struct known *known = option_known(level, name, sock->type);
    if ((int)size < 0 || (!known && size < sizeof(int) && (level == SOL_SOCKET || level == IPPROTO_TCP)))
        return EINVAL;
    if (!known || (level == IPPROTO_IPV6 && sock->family != AF_INET6) || (level == IPPROTO_UDP && !is_udp(sock)))
        return ENOPROTOOPT;
    if (!value && size)
        return EFAULT;
    int failed = check(known, value, size);
    if (failed)
        return failed;
    if (known->kind == NATIVE && real()->setsockopt(fd, level, name, value, size) < 0)
        return errno;
    struct option option = {.level = level, .name = name,
                            .size = size < sizeof option.value ? size : sizeof option.value};
    if (option.size)
        memcpy(option.value, value, option.size);
    bool only6 = level == IPPROTO_IPV6 && name == IPV6_V6ONLY;
    struct guard guard;
    sock_lock(sock, &guard);
    failed = only6 && sock->bound ? EINVAL : tell(sock, fd, known, &option);
    if (!failed) {
        keep(sock, &option);
        if (only6)
            sock->only6 = number(&option) != 0;
        if (known->kind == LINGER)
            sock->resets = resets(known, &option);
    }
    sock_unlock(sock, &guard);
    return failed;
}

static int give(void *value, socklen_t *size, const void *have, socklen_t length) {
    if ((int)*size < 0)
        return EINVAL;
    if (*size < length)
        length = *size;
    memcpy(value, have, length);
    *size = length;
    return 0;
}

static int give_number(void *value, socklen_t *size, int number) {
    return give(value, size, &number, sizeof number);
}

/* Questions about the socket that are no options. */
static bool asked_of_kind(struct sock *sock, int name, int *answer) {
    switch (name) {
    case SO_TYPE:
        *answer = sock->type;
        return true;
    case SO_DOMAIN:
        *answer = sock->family;
        return true;
    case SO_PROTOCOL:
        *answer = sock->protocol;
        return true;
    case SO_ACCEPTCONN: {
        enum state state = atomic_load(&sock->state);
        *answer = state == LISTENING || (state == INERT && sock->acknowledged);
        return true;
    }
    default:
        return false;
    }
}

/* The daemon's word on an option, by its number or name; false if it cannot be had. */
static bool ask(struct sock *sock, const struct known *known, int *number, char name[ALGORITHM]) {
    char target[64];
    if (!known->word || !sock->id)
        return false;
    snprintf(target, sizeof target, "/v1/sockets/%llu/options", (unsigned long long)sock->id);
    struct answer *answer;
    int failed = control_begin("GET", target, NULL, -1, &answer);
    bool found = false;
    if (!failed && known->kind == NAME) {
        found = json_string(answer->text + answer->body, known->word, name, ALGORITHM);
    } else if (!failed) {
        const char *at = json_find(answer->text + answer->body, known->word);
        found = at != NULL;
        if (found)
            *number = (int)(strncmp(at, "true", 4) == 0 ? 1 : strtol(at, NULL, 10));
    }
    control_end();
    return found;
}

static int answer_linger(void *value, socklen_t *size, const struct option *given, bool asked, int seconds) {
    struct linger linger = {0};
    if (given)
        memcpy(&linger, given->value, sizeof linger);
    else if (asked && seconds >= 0)
        linger = (struct linger){1, seconds};
    linger.l_onoff = linger.l_onoff != 0;
    return give(value, size, &linger, sizeof linger);
}

static int answer_known(struct sock *sock, const struct known *known, void *value, socklen_t *size) {
    char name[ALGORITHM] = "";
    int have = known->initial;
    const struct option *given = option_given(sock, known->level, known->name);
    bool asked = !given && ask(sock, known, &have, name);
    if (known->kind == LINGER)
        return answer_linger(value, size, given, asked, have);
    if (known->kind == NAME) {
        const char *kernel = kernels(given ? algorithm(given->value, given->size) : name);
        strcpy(memset(name, 0, sizeof name), kernel);
        return give(value, size, name, sizeof name);
    }
    if (given)
        have = number(given);
    /* The daemon's word for what nobody has set. */
    else if (have == 0 && (known->kind == NUMBER || known->kind == OCTET))
        have = known->initial;
    if (known->kind == NUMBER && known->name == TCP_LINGER2 && known->level == IPPROTO_TCP && given)
        have = have < 0 ? -1 : have == 0 ? known->initial : have > LINGER2_MOST ? LINGER2_MOST : have;
    if (known->kind == BUFFER && given)
        have = (have < known->low ? known->low : have > BUFFER_MOST ? BUFFER_MOST : have) * 2;
    else if (known->kind == BUFFER && asked)
        have = have > 0 ? have * 2 : known->initial;
    else if (known->kind == SWITCH)
        have = have != 0;
    else if (known->level == IPPROTO_TCP && known->name == TCP_MAXSEG && atomic_load(&sock->state) == OPEN)
        have = option_told(sock, "mss");
    else if (known->kind == OCTET && have == -1)
        have = known->initial;
    /* Of a stream the two bits of ECN are the stack's affair. */
    if (known->name == IP_TOS && known->level == IPPROTO_IP && sock->type == SOCK_STREAM)
        have &= ~3;
    if (known->level == IPPROTO_TCP && known->name == TCP_MAXSEG && have == 0)
        have = known->initial;
    if (known->kind == OCTET && *size < sizeof have && *size > 0) {
        unsigned char octet = (unsigned char)have;
        return give(value, size, &octet, 1);
    }
    return give_number(value, size, have);
}

int option_get(struct sock *sock, int fd, int level, int name, void *value, socklen_t *size) {
    int found;
    if (!size || (!value && *size))
        return EFAULT;
    if ((int)*size < 0)
        return EINVAL;
    if (level == SOL_SOCKET && name == SO_ERROR)
        return give_number(value, size, sock->type == SOCK_STREAM ? stream_error(sock, fd)
                                                                  : datagram_error(sock, fd));
    if (level == SOL_SOCKET && asked_of_kind(sock, name, &found))
        return give_number(value, size, found);
    if (level == SOL_SOCKET && name == SO_PEERCRED)
        return give(value, size, &(struct ucred){0, (uid_t)-1, (gid_t)-1}, sizeof(struct ucred));
    if (level == IPPROTO_TCP && name == TCP_INFO && sock->type == SOCK_STREAM)
        return option_info(sock, fd, value, size);
    if (level == IPPROTO_IP && name == IP_MTU) {
        if (atomic_load(&sock->state) != OPEN || !sock->remote.family)
            return ENOTCONN;
        int told = option_told(sock, "pathMtu");
        return give_number(value, size, told ? told : 1500);
    }
    const struct known *known = option_known(level, name, sock->type);
    if (level != SOL_SOCKET && level != IPPROTO_TCP && level != IPPROTO_IP
        && !(level == IPPROTO_IPV6 && sock->family == AF_INET6) && !(level == IPPROTO_UDP && is_udp(sock)))
        return EOPNOTSUPP;
    if (!known)
        return level == SOL_SOCKET && (name == SO_COOKIE || name == SO_MEMINFO)
            && real()->getsockopt(fd, level, name, value, size) == 0 ? 0 : ENOPROTOOPT;
    if (known->kind == NATIVE)
        return real()->getsockopt(fd, level, name, value, size) < 0 ? errno : 0;
    /* Bound to no device: a name without a letter. */
    if (level == SOL_SOCKET && name == SO_BINDTODEVICE)
        return give(value, size, "", 0);
    if (known->kind == REFUSED)
        return (level == SOL_SOCKET && name == SO_MARK) || (level == IPPROTO_IP && name == IP_MULTICAST_IF)
            ? give_number(value, size, 0) : ENOPROTOOPT;
    if (known->kind == FIXED)
        return give_number(value, size, known->low);
    struct guard guard;
    sock_lock(sock, &guard);
    int failed = answer_known(sock, known, value, size);
    sock_unlock(sock, &guard);
    return failed;
}
