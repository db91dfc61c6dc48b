/* exec and spawn; what happens at fork, and at the start. */
#include "calls.h"

#include "control.h"
#include "inherit.h"
#include "real.h"
#include "rules.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char **environ;

static size_t length(char *const list[]) {
    size_t n = 0;
    while (list && list[n])
        n++;
    return n;
}

/* Runs `call`, in which `environment` is the given one with what is inherited; `all` also says that the table, with its
 * descriptors, stays with somebody else. On the stack: in a child after vfork the memory is the parent's; and no more of
 * it than is needed: the caller may be a handler on a small stack of its own. */
#define WITH_BEQUEST(given, all, call) \
    do { \
        size_t room = inherit_room(); \
        char bequest[room + 1]; \
        if (all) \
            table_share(); \
        if (!inherit_write(bequest, room, all)) { \
            char *const *environment = (given); \
            return call; \
        } \
        char *environment[length(given) + 2]; \
        size_t kept = 0; \
        for (size_t i = 0; (given) && (given)[i]; i++) \
            if (!inherit_is((given)[i])) \
                environment[kept++] = (given)[i]; \
        environment[kept++] = bequest; \
        environment[kept] = NULL; \
        return call; \
    } while (0)

PUBLIC int execve(const char *path, char *const arguments[], char *const given[]) {
    WITH_BEQUEST(given, table_is_foreign(), real()->execve(path, arguments, environment));
}

PUBLIC int execv(const char *path, char *const arguments[]) {
    return execve(path, arguments, environ);
}

PUBLIC int execvpe(const char *file, char *const arguments[], char *const given[]) {
    WITH_BEQUEST(given, table_is_foreign(), real()->execvpe(file, arguments, environment));
}

PUBLIC int execvp(const char *file, char *const arguments[]) {
    return execvpe(file, arguments, environ);
}

PUBLIC int fexecve(int fd, char *const arguments[], char *const given[]) {
    WITH_BEQUEST(given, table_is_foreign(), real()->fexecve(fd, arguments, environment));
}

PUBLIC int execveat(int fd, const char *path, char *const arguments[], char *const given[], int flags) {
    if (!real()->execveat)
        return result(ENOSYS);
    WITH_BEQUEST(given, table_is_foreign(), real()->execveat(fd, path, arguments, environment, flags));
}

PUBLIC int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const arguments[], char *const given[]) {
    WITH_BEQUEST(given, true, real()->posix_spawn(pid, path, actions, attributes, arguments, environment));
}

PUBLIC int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const arguments[], char *const given[]) {
    WITH_BEQUEST(given, true, real()->posix_spawnp(pid, file, actions, attributes, arguments, environment));
}

/* How many arguments follow, the NULL included. */
static size_t arguments_in(const char *first, va_list list) {
    size_t n = 1;
    for (const char *argument = first; argument; argument = va_arg(list, const char *))
        n++;
    return n;
}

/* Declares `arguments`, and `list` behind them. */
#define GATHER(first) \
    va_list list; \
    va_start(list, first); \
    size_t count = arguments_in(first, list); \
    va_end(list); \
    char *arguments[count]; \
    va_start(list, first); \
    arguments[0] = (char *)(first); \
    for (size_t i = 1; i < count; i++) \
        arguments[i] = va_arg(list, char *)

PUBLIC int execl(const char *path, const char *first, ...) {
    GATHER(first);
    va_end(list);
    return execve(path, arguments, environ);
}

PUBLIC int execlp(const char *file, const char *first, ...) {
    GATHER(first);
    va_end(list);
    return execvpe(file, arguments, environ);
}

PUBLIC int execle(const char *path, const char *first, ...) {
    GATHER(first);
    char *const *given = va_arg(list, char *const *);
    va_end(list);
    return execve(path, arguments, given);
}

PUBLIC int prctl(int operation, ...) {
    va_list list;
    unsigned long arguments[4];
    va_start(list, operation);
    for (int i = 0; i < 4; i++)
        arguments[i] = va_arg(list, unsigned long);
    va_end(list);
    /* Ahead of the call: what comes after it may not be allowed. */
    if (operation == PR_SET_SECCOMP && arguments[0] == SECCOMP_MODE_STRICT)
        control_seccomp(SECCOMP_SET_MODE_STRICT, 0, NULL);
    else if (operation == PR_SET_SECCOMP && arguments[0] == SECCOMP_MODE_FILTER)
        control_seccomp(SECCOMP_SET_MODE_FILTER, 0, (const void *)arguments[1]);
    return real()->prctl(operation, arguments[0], arguments[1], arguments[2], arguments[3]);
}

void forked_child(void) {
    table_share();
    table_forked();
    control_forked();
}

/* The C library's fork() without what pthread_atfork() has asked for. */
PUBLIC pid_t _Fork(void) {
    if (!real()->_Fork)
        return result(ENOSYS);
    table_share();
    pid_t pid = real()->_Fork();
    if (pid == 0)
        forked_child();
    else
        table_share();
    return pid;
}

struct beginning {
    int (*call)(void *);
    void *argument;
};

static int begin(void *context) {
    const struct beginning *beginning = context;
    forked_child();
    return beginning->call(beginning->argument);
}

/* Without CLONE_VM another fork of which pthread_atfork() does not hear. */
PUBLIC int clone(int (*call)(void *), void *stack, int flags, void *argument, ...) {
    va_list list;
    void *more[3];
    va_start(list, argument);
    for (int i = 0; i < 3; i++)
        more[i] = va_arg(list, void *);
    va_end(list);
    if (!call || (flags & CLONE_VM))
        return real()->clone(call, stack, flags, argument, more[0], more[1], more[2]);
    table_share();
    struct beginning beginning = {call, argument};
    int pid = real()->clone(begin, stack, flags, &beginning, more[0], more[1], more[2]);
    table_share();
    return pid;
}

__attribute__((constructor)) static void start(void) {
    real();
    table_own();
    rules_read();
    inherit_read();
    pthread_atfork(table_share, table_share, forked_child);
}
