/* The table across exec, in an environment variable. Sockets are known again by their inodes, so that it does not
 * matter which numbers they have by then. */
#ifndef SPLNET_INHERIT_H
#define SPLNET_INHERIT_H

#include <stdbool.h>
#include <stddef.h>

/* How many octets that takes at most; 0 if there is nothing to inherit. */
size_t inherit_room(void);
/* Writes NAME=VALUE of what a program that is started now inherits, in so much room; false if that is nothing. `all`:
 * also what is closed on exec, because the descriptors will be changed on the way. */
bool inherit_write(char *text, size_t room, bool all);
/* True if a variable's text is that one. */
bool inherit_is(const char *variable);
/* Takes over what the environment names, and removes the name. */
void inherit_read(void);

#endif
