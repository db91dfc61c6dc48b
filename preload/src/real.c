#include "real.h"

#include <dlfcn.h>
#include <string.h>

struct real real_calls;
int real_ready;

void real_find(void) {
    void *found;
#define X(type, name, args) \
    found = dlsym(RTLD_NEXT, #name); \
    memcpy(&real_calls.name, &found, sizeof found);
    REAL_CALLS(X)
#undef X
    __atomic_store_n(&real_ready, 1, __ATOMIC_RELEASE);
}
