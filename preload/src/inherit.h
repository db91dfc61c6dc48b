/* The table across exec, in an environment variable. Sockets are known again by their inodes, so that it does not
 * matter which numbers they have by then. */
#ifndef SPLNET_INHERIT_H
#define SPLNET_INHERIT_H

#include <stdbool.h>
#include <stddef.h>

enum { BEQUEST = 32768 };

/* Writes NAME=VALUE of what a program that is started now inherits; false if that is nothing. `all`: also what is
 * closed on exec, because the descriptors will be changed on the way. */
bool inherit_write(char text[BEQUEST], bool all);
/* True if a variable's text is that one. */
bool inherit_is(const char *variable);
/* Takes over what the environment names, and removes the name. */
void inherit_read(void);

#endif
