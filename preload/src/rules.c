#include "rules.h"

#include "real.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { RULES = 1024, WORD = 64 };

#define SEPARATORS ", \t\n"

/* The first that fits decides. */
struct rule {
    uint32_t address, mask; /* in the host's order */
    uint16_t low, high;
    bool host;
};

static struct rule rules[RULES];
static int nrules;
static bool host6;
static bool verbose;
static char path[sizeof((struct sockaddr_un *)NULL)->sun_path];

void debug(const char *format, ...) {
    if (!verbose)
        return;
    int before = errno;
    char line[256];
    int n = snprintf(line, sizeof line, "libsplnet[%d]: ", (int)getpid());
    va_list arguments;
    va_start(arguments, format);
    n += vsnprintf(line + n, sizeof line - (size_t)n - 1, format, arguments);
    va_end(arguments);
    if (n > (int)sizeof line - 2)
        n = (int)sizeof line - 2;
    line[n++] = '\n';
    if (real()->write(STDERR_FILENO, line, (size_t)n) < 0)
        verbose = false;
    errno = before;
}

/* [!]ADDRESS[/BITS][:PORT[-PORT]] */
static bool parse(char *text, struct rule *rule) {
    *rule = (struct rule){.mask = UINT32_MAX, .high = UINT16_MAX};
    if (*text == '!') {
        rule->host = true;
        text++;
    }
    char *ports = strchr(text, ':');
    char *end;
    if (ports) {
        *ports++ = 0;
        unsigned long low = strtoul(ports, &end, 10), high = low;
        if (end == ports)
            return false;
        if (*end == '-')
            high = strtoul(end + 1, &end, 10);
        if (*end || low > high || high > UINT16_MAX)
            return false;
        rule->low = (uint16_t)low;
        rule->high = (uint16_t)high;
    }
    char *bits = strchr(text, '/');
    if (bits) {
        *bits++ = 0;
        unsigned long n = strtoul(bits, &end, 10);
        if (end == bits || *end || n > 32)
            return false;
        rule->mask = n ? UINT32_MAX << (32 - n) : 0;
    }
    struct in_addr address;
    if (inet_pton(AF_INET, text, &address) != 1)
        return false;
    rule->address = ntohl(address.s_addr) & rule->mask;
    return true;
}

void rules_read(void) {
    verbose = getenv("SPLNET_DEBUG") && *getenv("SPLNET_DEBUG");
    const char *socket = getenv("SPLNET_SOCKET");
    if (!socket || !*socket)
        socket = "/run/splnet/control.sock";
    if (strlen(socket) >= sizeof path)
        debug("SPLNET_SOCKET: %s: longer than %zu", socket, sizeof path - 1);
    else
        strcpy(path, socket);
    const char *given = getenv("SPLNET_RULES"), *at = given && *given ? given : "!127.0.0.0/8,0.0.0.0/0";
    nrules = 0;
    for (size_t n; *(at += strspn(at, SEPARATORS)); at += n) {
        char word[WORD];
        n = strcspn(at, SEPARATORS);
        snprintf(word, sizeof word, "%.*s", (int)n, at);
        if (strcmp(word, "!inet6") == 0)
            host6 = true;
        else if (nrules == RULES)
            fprintf(stderr, "libsplnet: SPLNET_RULES: %s: too many, %d are read\n", word, RULES);
        else if (n < sizeof word && parse(word, &rules[nrules]))
            nrules++;
        else
            fprintf(stderr, "libsplnet: SPLNET_RULES: %.*s: not [!]ADDRESS[/BITS][:PORT[-PORT]] or !inet6\n", (int)n, at);
    }
}

const char *rules_path(void) {
    return path;
}

bool rules_host6(void) {
    return host6;
}

bool rules_take(const struct end *end) {
    uint32_t address = ntohl(end->address);
    for (const struct rule *rule = rules; rule < rules + nrules; rule++)
        if ((address & rule->mask) == rule->address && end->port >= rule->low && end->port <= rule->high)
            return !rule->host;
    return false;
}
