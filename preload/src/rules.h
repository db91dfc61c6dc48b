/* Which addresses are splnet's, by SPLNET_RULES; docs/preload.md has the syntax. */
#ifndef SPLNET_RULES_H
#define SPLNET_RULES_H

#include "sock.h"

/* Where the daemon listens. */
const char *rules_path(void);
bool rules_take(const struct end *end);
/* True if IPv6 addresses are the host's. */
bool rules_host6(void);
void rules_read(void);
/* One line on standard error, if SPLNET_DEBUG is set. */
__attribute__((format(printf, 1, 2))) void debug(const char *format, ...);

#endif
