#include "inherit.h"

#include "address.h"
#include "real.h"
#include "rules.h"
#include "sock.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define VARIABLE "SPLNET_INHERITED"

/* The most that is handed on; octets of one socket with all the options that there may be. */
enum { BEQUEST = 32768, ENTRY = 2048 };

struct bequest {
    char *text;
    size_t room, size;
    bool closes; /* those that are closed on exec, or have been closed, are written */
};

/* False if something did not fit. */
__attribute__((format(printf, 2, 3))) static bool append(struct bequest *bequest, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int n = vsnprintf(bequest->text + bequest->size, bequest->room - bequest->size, format, list);
    va_end(list);
    if (n < 0 || bequest->size + (size_t)n >= bequest->room)
        return false;
    bequest->size += (size_t)n;
    return true;
}

static bool add_options(struct bequest *bequest, const struct sock *sock) {
    bool fits = true;
    for (const struct option *o = sock->opts; fits && o < sock->opts + sock->nopts; o++) {
        fits = append(bequest, ",%d:%d:", o->level, o->name);
        for (socklen_t i = 0; fits && i < o->size; i++)
            fits = append(bequest, "%02x", o->value[i]);
    }
    return fits;
}

static bool add(int fd, struct sock *sock, void *context) {
    struct bequest *bequest = context;
    int flags = real()->fcntl(fd, F_GETFD);
    if ((flags < 0 || (flags & FD_CLOEXEC)) != bequest->closes)
        return true;
    char local[END_TEXT], remote[END_TEXT];
    end_text(&sock->local, local);
    end_text(&sock->remote, remote);
    size_t before = bequest->size;
    bool fits = append(bequest, "%llx,%llx,%d,%d,%d,%d,%llu,%s,%s,%d,%x", (unsigned long long)sock->device,
                       (unsigned long long)sock->inode, atomic_load(&sock->state), sock->family, sock->type,
                       sock->protocol, (unsigned long long)sock->id, local, remote, sock->remote.family,
                       sock->bound | sock->only6 << 1 | sock->acknowledged << 2 | sock->padded << 3 | sock->stale << 4
                           | sock->write_shut << 5 | sock->read_shut << 6 | sock->resets << 7 | sock->ended_in << 8
                           | (sock->named.port != 0) << 9 | (sock->named.address != INADDR_ANY) << 10)
        && add_options(bequest, sock) && append(bequest, ";");
    if (!fits) {
        bequest->text[bequest->size = before] = 0;
        debug("descriptor %d and what follows will not be known to the program that is started: too many", fd);
    }
    return fits;
}

size_t inherit_room(void) {
    size_t room = (size_t)table_count() * ENTRY;
    return room < BEQUEST ? room : BEQUEST;
}

bool inherit_write(char *text, size_t room, bool all) {
    if (room == 0)
        return false;
    struct bequest bequest = {text, room, (size_t)snprintf(text, room, VARIABLE "="), false};
    size_t empty = bequest.size;
    /* First what is sure to be there. */
    table_each(add, &bequest);
    bequest.closes = true;
    if (all)
        table_each(add, &bequest);
    return bequest.size > empty;
}

bool inherit_is(const char *variable) {
    return strncmp(variable, VARIABLE "=", sizeof VARIABLE) == 0;
}

static void parse_options(const char *text, struct sock *sock) {
    int level, name, n;
    while (sock->nopts < OPTIONS && sscanf(text, ",%d:%d:%n", &level, &name, &n) == 2) {
        struct option *option = &sock->opts[sock->nopts++];
        *option = (struct option){.level = level, .name = name};
        unsigned octet;
        for (text += n; option->size < sizeof option->value && sscanf(text, "%2x", &octet) == 1; text += 2)
            option->value[option->size++] = (unsigned char)octet;
    }
}

static struct sock *parse(const char *text) {
    unsigned long long device, inode, id;
    int state, family, type, protocol, remote_family, n;
    unsigned bits;
    char local[END_TEXT], remote[END_TEXT];
    if (sscanf(text, "%llx,%llx,%d,%d,%d,%d,%llu,%31[0-9.:],%31[0-9.:],%d,%x%n", &device, &inode, &state, &family,
               &type, &protocol, &id, local, remote, &remote_family, &bits, &n) != 11)
        return NULL;
    struct sock *sock = sock_new(family, type, protocol);
    if (!sock)
        return NULL;
    sock->device = (dev_t)device;
    sock->inode = (ino_t)inode;
    sock->id = id;
    end_parse(local, &sock->local);
    end_parse(remote, &sock->remote);
    sock->remote.family = remote_family;
    sock->bound = bits & 1;
    sock->only6 = bits & 2;
    sock->acknowledged = bits & 4;
    sock->padded = bits & 8;
    sock->stale = bits & 16;
    sock->write_shut = bits & 32;
    sock->read_shut = bits & 64;
    sock->resets = bits & 128;
    sock->ended_in = bits & 256;
    if (bits & 512)
        sock->named.port = sock->local.port;
    if (bits & 1024)
        sock->named.address = sock->local.address;
    parse_options(text + n, sock);
    sock->shared = true;
    atomic_store(&sock->state, (enum state)state);
    return sock;
}

/* Every descriptor that refers to the socket. */
static void find(DIR *directory, struct sock *sock) {
    rewinddir(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        char *end;
        long fd = strtol(entry->d_name, &end, 10);
        struct stat status;
        if (end == entry->d_name || *end || fstat((int)fd, &status) < 0 || !S_ISSOCK(status.st_mode)
            || status.st_dev != sock->device || status.st_ino != sock->inode)
            continue;
        atomic_fetch_add(&sock->references, 1);
        table_put((int)fd, sock);
    }
    sock_drop(sock);
}

void inherit_read(void) {
    const char *value = getenv(VARIABLE);
    if (!value)
        return;
    DIR *directory = opendir("/proc/self/fd");
    for (const char *at = value; directory && *at;) {
        struct sock *sock = parse(at);
        if (sock)
            find(directory, sock);
        const char *next = strchr(at, ';');
        at = next ? next + 1 : at + strlen(at);
    }
    if (directory)
        closedir(directory);
    unsetenv(VARIABLE);
}
