#include "calls.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char **environ;

static void show(int fd, const char *what, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    int n = getsockopt(fd, level, name, &value, &size);
    printf("heir: %s %d %d\n", what, n, value);
}

static int datagram_heir(int fd) {
    show(fd, "UDP_SEGMENT", IPPROTO_UDP, UDP_SEGMENT);
    show(fd, "IP_PKTINFO", IPPROTO_IP, IP_PKTINFO);
    show(fd, "IP_MTU_DISCOVER", IPPROTO_IP, IP_MTU_DISCOVER);
    show(fd, "IP_TOS", IPPROTO_IP, IP_TOS);
    show(fd, "SO_BROADCAST", SOL_SOCKET, SO_BROADCAST);
    show(fd, "SO_SNDBUF", SOL_SOCKET, SO_SNDBUF);
    printf("heir: write %zd\n", write(fd, "abcde", 5));
    fflush(stdout);
    return 8;
}

int heir(int fd) {
    int kind = 0;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &(socklen_t){sizeof kind}) == 0 && kind == SOCK_DGRAM)
        return datagram_heir(fd);
    char buffer[16];
    in name;
    socklen_t size = sizeof name;
    printf("heir: getpeername %d\n", getpeername(fd, (sa *)&name, &size));
    show(fd, "SO_DOMAIN", SOL_SOCKET, SO_DOMAIN);
    ssize_t n = read(fd, buffer, sizeof buffer);
    printf("heir: read %zd\n", n);
    printf("heir: write %zd\n", write(fd, buffer, (size_t)n));
    fflush(stdout);
    return 7;
}

static int status_of(pid_t pid) {
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void duplicates(void) {
    int ends[2];
    char buffer[16];
    joined(ends);
    int copy = dup(ends[0]);
    say("close the first", close(ends[0]));
    say("write to the second", write(copy, "hello", 5));
    say("  came", (long)read_all(ends[1], buffer, 5));
    int third = fcntl(copy, F_DUPFD_CLOEXEC, 100);
    say("F_DUPFD", third);
    say("  close on exec", fcntl(third, F_GETFD) & FD_CLOEXEC);
    int pipes_ends[2];
    need(pipe(pipes_ends) == 0, "pipe");
    say("dup2 of a pipe over it", dup2(pipes_ends[1], copy) == copy);
    say("  write", write(copy, "pipe", 4));
    say("  read", read(pipes_ends[0], buffer, 16));
    in name;
    say("  getpeername", getpeername(copy, (sa *)&name, &(socklen_t){sizeof name}));
    say("dup3 of it over the pipe", dup3(third, pipes_ends[0], O_CLOEXEC) == pipes_ends[0]);
    say("  write", write(pipes_ends[0], "again", 5));
    say("  came", (long)read_all(ends[1], buffer, 5));
    say("dup2 of a bad one", dup2(999, third));
    say("dup3 that cannot be", dup3(pipes_ends[1], third, 1));
    say("  getpeername", getpeername(third, (sa *)&name, &(socklen_t){sizeof name}));
    say("  family", name.sin_family);
    say("close_range that cannot be", close_range(100, 200, 64));
    say("  getpeername", getpeername(third, (sa *)&name, &(socklen_t){sizeof name}));
    say("  family", name.sin_family);
    say("dup2 onto itself", dup2(third, third) == third);
    say("close_range", close_range(100, 200, 0));
    say("  write", write(third, "x", 1));
    close(copy);
    close(pipes_ends[0]);
    close(pipes_ends[1]);
    say("the end is the last's", read(ends[1], buffer, 1));
    close(ends[1]);
}

static void forked(void) {
    int ends[2];
    char buffer[16];
    joined(ends);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        size_t n = read_all(ends[1], buffer, 5);
        int one = 1;
        bool well = setsockopt(ends[1], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0
            && write(ends[1], buffer, n) == 5;
        int another[2];
        joined(another);
        _exit(well && write(another[0], "x", 1) == 1 && read_all(another[1], buffer, 1) == 1 ? 3 : 4);
    }
    close(ends[1]);
    say("write", write(ends[0], "hello", 5));
    say("  came back", (long)read_all(ends[0], buffer, 5));
    say("  child", status_of(pid));
    say("  end", read(ends[0], buffer, 1));
    close(ends[0]);
    int live = listener();
    in to = at(port_of(live));
    for (int i = 0; i < 2; i++) {
        if (fork() == 0) {
            int fd = accept(live, NULL, NULL);
            _exit(fd >= 0 && write(fd, "child", 5) == 5 ? 0 : 1);
        }
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        say("connect", connect(fd, (sa *)&to, sizeof to));
        say("  served by a child", (long)read_all(fd, buffer, 5));
        close(fd);
        say("  child", status_of(-1));
    }
    close(live);
}

static int clone_of_ours(void *context) {
    int *ends = context, another[2];
    char buffer[16];
    in name;
    close(ends[0]);
    dup2(ends[1], 60);
    close(ends[1]);
    bool well = getpeername(60, (sa *)&name, &(socklen_t){sizeof name}) == 0 && name.sin_family == AF_INET
        && read_all(60, buffer, 5) == 5 && setsockopt(60, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) == 0;
    joined(another);
    return well && write(60, buffer, 5) == 5 && write(another[0], "x", 1) == 1 ? 5 : 6;
}

/* A fork that the C library does not know of, or thinks nothing of: the child is as any other. */
static void cloned(bool by_number) {
    static _Alignas(16) char stack[1 << 18];
    int ends[2];
    char buffer[16];
    joined(ends);
    fflush(stdout);
    pid_t pid = by_number ? (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)
                          : clone(clone_of_ours, stack + sizeof stack, SIGCHLD, ends);
    if (pid == 0)
        _exit(clone_of_ours(ends));
    close(ends[1]);
    say("cloned, write", write(ends[0], "hello", 5));
    say("  came back", (long)read_all(ends[0], buffer, 5));
    say("  child", status_of(pid));
    say("  end", read(ends[0], buffer, 1));
    close(ends[0]);
}

/* A socket that was bound before the fork; each child listens and accepts. */
static void listening_children(void) {
    int live = socket(AF_INET, SOCK_STREAM, 0), ready[2];
    in to = at(0);
    char buffer[16];
    need(bind(live, (sa *)&to, sizeof to) == 0 && pipe(ready) == 0, "bind");
    to = at(port_of(live));
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            bool well = listen(live, 5) == 0 && write(ready[1], "l", 1) == 1;
            int fd = well ? accept(live, NULL, NULL) : -1;
            _exit(fd >= 0 && write(fd, "child", 5) == 5 ? 0 : 1);
        }
    say("both listen", (long)read_all(ready[0], buffer, 2));
    for (int i = 0; i < 2; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        say("connect", connect(fd, (sa *)&to, sizeof to));
        say("  served by a child", (long)read_all(fd, buffer, 5));
        close(fd);
    }
    say("listen here, too", listen(live, 5));
    say("  child", status_of(-1));
    say("  child", status_of(-1));
    close(live);
    close(ready[0]);
    close(ready[1]);
}

enum { CROWD = 300 };

/* Sockets that are closed on exec, and of which there is much to say. */
static void crowd(int all[CROWD]) {
    static const int names[] = {SO_KEEPALIVE, SO_BROADCAST, SO_PRIORITY, SO_OOBINLINE, SO_REUSEADDR, SO_REUSEPORT};
    for (int i = 0; i < CROWD; i++) {
        all[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        need(all[i] >= 0, "socket");
        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            setsockopt(all[i], SOL_SOCKET, names[j], &(int){1}, sizeof(int));
    }
}

static void started(int how) {
    int ends[2], others[CROWD];
    if (how == 3)
        crowd(others);
    char buffer[16], number[16];
    joined(ends);
    snprintf(number, sizeof number, "%d", how == 2 ? 0 : ends[1]);
    char *arguments[] = {"/proc/self/exe", "heir", number, NULL};
    pid_t pid = 0;
    if (how == 0 && (pid = fork()) == 0) {
        execv(arguments[0], arguments);
        _exit(9);
    } else if (how == 1 && (pid = vfork()) == 0) {
        close(ends[0]);
        execl("/proc/self/exe", "/proc/self/exe", "heir", number, (char *)NULL);
        _exit(9);
    } else if (how == 2) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0);
        fcntl(ends[1], F_SETFD, FD_CLOEXEC);
        need(posix_spawn(&pid, arguments[0], &actions, NULL, arguments, environ) == 0, "posix_spawn");
        posix_spawn_file_actions_destroy(&actions);
    } else if (how == 3) {
        need(posix_spawn(&pid, arguments[0], NULL, NULL, arguments, environ) == 0, "posix_spawn");
    }
    /* not said yet: the child writes its own lines */
    int here = getpeername(ends[1], (sa *)&(in){0}, &(socklen_t){sizeof(in)});
    close(ends[1]);
    ssize_t written = write(ends[0], "hello", 5);
    size_t came = read_all(ends[0], buffer, 5);
    int status = status_of(pid);
    say("still here", here);
    say("started", written);
    say("  came back", (long)came);
    say("  ended", status);
    close(ends[0]);
    for (int i = 0; how == 3 && i < CROWD; i++)
        close(others[i]);
}

static void start_true(int signal) {
    (void)signal;
    char *arguments[] = {"true", NULL};
    execv("/bin/true", arguments);
    _exit(9);
}

/* As who says that it has crashed: by a handler, whose stack has some kilobytes and nothing below. */
static void started_by_a_handler(void) {
    enum { ROOM = 16384, BELOW = 1 << 20 };
    pid_t pid = fork();
    if (pid == 0) {
        closefrom(3);
        char *memory = mmap(NULL, BELOW + ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        stack_t stack = {.ss_sp = memory + BELOW, .ss_size = ROOM};
        struct sigaction action = {.sa_handler = start_true, .sa_flags = SA_ONSTACK};
        if (mprotect(stack.ss_sp, ROOM, PROT_READ | PROT_WRITE) == 0 && sigaltstack(&stack, NULL) == 0
            && sigaction(SIGUSR1, &action, NULL) == 0)
            raise(SIGUSR1);
        _exit(8);
    }
    say("started by a handler", status_of(pid));
}

/* What was set before exec holds behind it. */
static void options_started(void) {
    int a = socket(AF_INET, SOCK_DGRAM, 0), b = socket(AF_INET, SOCK_DGRAM, 0), segment = 3, one = 1, tos = 16;
    int buffer_size = 50000;
    char buffer[16], number[16];
    in to = at(0);
    need(bind(b, (sa *)&to, sizeof to) == 0, "bind");
    to = at(port_of(b));
    say("UDP_SEGMENT", setsockopt(a, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment));
    say("IP_PKTINFO", setsockopt(a, IPPROTO_IP, IP_PKTINFO, &one, sizeof one));
    say("IP_TOS", setsockopt(a, IPPROTO_IP, IP_TOS, &tos, sizeof tos));
    say("SO_BROADCAST", setsockopt(a, SOL_SOCKET, SO_BROADCAST, &one, sizeof one));
    say("SO_SNDBUF", setsockopt(a, SOL_SOCKET, SO_SNDBUF, &buffer_size, sizeof buffer_size));
    say("connect", connect(a, (sa *)&to, sizeof to));
    snprintf(number, sizeof number, "%d", a);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/proc/self/exe", "/proc/self/exe", "heir", number, (char *)NULL);
        _exit(9);
    }
    say("ended", status_of(pid));
    say("  recv", recv(b, buffer, sizeof buffer, 0));
    say("  recv", recv(b, buffer, sizeof buffer, 0));
    close(a);
    close(b);
}

static atomic_int echoes;

static void *client(void *context) {
    for (int i = 0; i < 25; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        char text[16];
        bool joined_it = connect(fd, context, sizeof(in)) == 0, sent = false;
        size_t came = 0;
        if (joined_it && (sent = write(fd, "0123456789", 10) == 10) && (came = read_all(fd, text, 10)) == 10)
            atomic_fetch_add(&echoes, 1);
        else
            fprintf(stderr, "echo: connected %d, sent %d, came %zu: %s\n", joined_it, sent, came, strerror(errno));
        close(fd);
    }
    return NULL;
}

static void *server(void *context) {
    for (;;) {
        int fd = accept(*(int *)context, NULL, NULL);
        if (fd < 0)
            return NULL;
        char text[16];
        if (read_all(fd, text, 10) == 10 && write(fd, text, 10) != 10)
            return NULL;
        close(fd);
    }
}

static void crowded(void) {
    pthread_t threads[12];
    int live = listener();
    in to = at(port_of(live));
    atomic_store(&echoes, 0);
    for (int i = 0; i < 12; i++)
        pthread_create(&threads[i], NULL, i < 4 ? server : client, i < 4 ? (void *)&live : &to);
    for (int i = 4; i < 12; i++)
        pthread_join(threads[i], NULL);
    say("echoes of 200", atomic_load(&echoes));
    shutdown(live, SHUT_RDWR);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    close(live);
}

/* The C library closes without us; the number is a file's then. */
static void unseen(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    FILE *stream = fdopen(fd, "r+");
    say("fclose", fclose(stream));
    int file = open("/dev/null", O_RDWR);
    say("the same number", file == fd);
    say("  write", write(file, "x", 1));
    say("  getpeername", getpeername(file, (sa *)&(in){0}, &(socklen_t){sizeof(in)}));
    close(file);
}

/* A file that has the number of a socket that was closed by syscall(), as libuv does. */
static void file_on(int fd, const char *what) {
    char octets[8] = "";
    say(what, syscall(SYS_close, fd));
    int file = open("/proc/self/comm", O_RDONLY);
    say("  the same number", file == fd);
    say("  read", read(file, octets, 5) == 5 && memcmp(octets, "calls", 5) == 0);
    say("  getsockname", getsockname(file, (sa *)&(in){0}, &(socklen_t){sizeof(in)}));
    close(file);
}

static void closed_by_number(void) {
    int ends[2];
    file_on(socket(AF_INET, SOCK_STREAM, 0), "fresh");
    int refused = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), closed = listener();
    in nobody = at(port_of(closed));
    close(closed);
    if (connect(refused, (sa *)&nobody, sizeof nobody) < 0 && errno == EINPROGRESS)
        await(refused, POLLOUT);
    file_on(refused, "refused");
    file_on(listener(), "listening");
    int bound = socket(AF_INET, SOCK_DGRAM, 0);
    in any = at(0);
    say("bind", bind(bound, (sa *)&any, sizeof any));
    file_on(bound, "bound");
    joined(ends);
    file_on(ends[0], "connected");
    char octet;
    say("the other end", read(ends[1], &octet, 1));
    close(ends[1]);
}

/* The first socket of all is a child's that has its parent's memory: the parent's are its own all the same. */
static void first_by_another(void) {
    int ends[2];
    pid_t pid = vfork();
    if (pid == 0)
        _exit(socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 3 : 4);
    say("vforked", status_of(pid));
    joined(ends);
    say("  getpeername", getpeername(ends[1], (sa *)&(in){0}, &(socklen_t){sizeof(in)}));
    close(ends[0]);
    close(ends[1]);
}

/* Sends a descriptor and closes it. */
static void hand_over(int to, int fd) {
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof fd)];
    } rights = {.head = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)}};
    struct iovec part = {"p", 1};
    memcpy(CMSG_DATA(&rights.head), &fd, sizeof fd);
    need(sendmsg(to, &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1, .msg_control = &rights,
                                      .msg_controllen = sizeof rights}, 0) == 1, "sendmsg");
    close(fd);
}

static int handed_over(int from) {
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } rights;
    char octet;
    int fd;
    struct iovec part = {&octet, 1};
    need(recvmsg(from, &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1, .msg_control = &rights,
                                        .msg_controllen = sizeof rights}, 0) == 1, "recvmsg");
    memcpy(&fd, CMSG_DATA(&rights.head), sizeof fd);
    return fd;
}

static int heir_by_message(int from) {
    char buffer[16];
    int listens = 0, fd = handed_over(from);
    in name;
    say("passed: getpeername", getpeername(fd, (sa *)&name, &(socklen_t){sizeof name}));
    say("  read", (long)read_all(fd, buffer, 5));
    say("  write", write(fd, buffer, 5));
    fd = handed_over(from);
    say("passed: SO_ACCEPTCONN", getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &(socklen_t){sizeof listens}));
    say("  it is", listens);
    fd = accept(fd, NULL, NULL);
    say("  accept", fd >= 0);
    say("  write", write(fd, "x", 1));
    fd = handed_over(from);
    say("passed: port", port_of(fd) != 0);
    say("  recv", recv(fd, buffer, sizeof buffer, 0));
    return 0;
}

/* To a process that began before there were any of them. */
static void passed(void) {
    int unix_ends[2], ends[2];
    char buffer[16];
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, unix_ends) == 0, "socketpair");
    pid_t pid = fork();
    if (pid == 0)
        _exit(heir_by_message(unix_ends[1]));
    joined(ends);
    hand_over(unix_ends[0], ends[1]);
    need(write(ends[0], "hello", 5) == 5 && read_all(ends[0], buffer, 5) == 5, "an echo");
    int live = listener(), fd = socket(AF_INET, SOCK_STREAM, 0), datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    in to = at(port_of(live)), any = at(0);
    hand_over(unix_ends[0], live);
    need(connect(fd, (sa *)&to, sizeof to) == 0 && read_all(fd, buffer, 1) == 1, "a listener");
    need(bind(datagrams, (sa *)&any, sizeof any) == 0, "bind");
    to = at(port_of(datagrams));
    hand_over(unix_ends[0], datagrams);
    datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    need(sendto(datagrams, "abc", 3, 0, (sa *)&to, sizeof to) == 3, "sendto");
    say("passed", status_of(pid));
    close(datagrams);
    close(fd);
    close(ends[0]);
    close(unix_ends[0]);
    close(unix_ends[1]);
}

/* The number that a descriptor of ours carries once it was sent: what recvmmsg() takes is not looked at. */
static int number_of(int fd) {
    int ends[2], raw, number = -1;
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof raw)];
    } rights;
    char octet;
    struct iovec part = {&octet, 1};
    struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &rights,
                                          .msg_controllen = sizeof rights}};
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
    hand_over(ends[0], dup(fd));
    need(recvmmsg(ends[1], &message, 1, 0, NULL) == 1, "recvmmsg");
    memcpy(&raw, CMSG_DATA(&rights.head), sizeof raw);
    getsockopt(raw, SOL_SOCKET, SO_INCOMING_CPU, &number, &(socklen_t){sizeof number});
    close(raw);
    close(ends[0]);
    close(ends[1]);
    return number;
}

/* A plain Unix socket on which somebody has written the number of one of ours. */
static void forged(const char *what, int like, int type) {
    int ends[2], pair[2], number = number_of(like), domain = 0;
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
    /* Another user's, if there is a choice: one's own datagram sockets are one's own to mistake. */
    bool root = geteuid() == 0 && seteuid(65534) == 0;
    need(socketpair(AF_UNIX, root ? type : SOCK_STREAM, 0, pair) == 0, "socketpair");
    need(!root || seteuid(0) == 0, "seteuid");
    setsockopt(pair[0], SOL_SOCKET, SO_INCOMING_CPU, &number, sizeof number);
    hand_over(ends[0], pair[0]);
    int fd = handed_over(ends[1]);
    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &(socklen_t){sizeof domain});
    say(what, domain == AF_UNIX);
    close(fd);
    close(pair[1]);
    close(ends[0]);
    close(ends[1]);
    close(like);
}

static void all_forged(void) {
    int ends[2], datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    in any = at(0);
    joined(ends);
    need(bind(datagrams, (sa *)&any, sizeof any) == 0, "bind");
    forged("a listener, forged: is as it was", listener(), SOCK_STREAM);
    forged("a connection, forged: is as it was", ends[0], SOCK_STREAM);
    forged("datagrams, forged by a stream: are as they were", dup(datagrams), SOCK_STREAM);
    forged("datagrams, forged: are as they were", datagrams, SOCK_SEQPACKET);
    close(ends[1]);
}

/* In a sandbox that ends whoever asks for an option. */
static int receives_confined(int from) {
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsockopt, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof steps / sizeof *steps, steps};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
        || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)
        return 3;
    return write(handed_over(from), "x", 1) == 1 ? 0 : 4;
}

static void passed_into_a_sandbox(void) {
    int unix_ends[2], pipe_ends[2];
    char octet;
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, unix_ends) == 0 && pipe(pipe_ends) == 0, "ends");
    pid_t pid = fork();
    if (pid == 0)
        _exit(receives_confined(unix_ends[1]));
    hand_over(unix_ends[0], pipe_ends[1]);
    say("into a sandbox", status_of(pid));
    say("  read", read(pipe_ends[0], &octet, 1));
    close(pipe_ends[0]);
    close(unix_ends[0]);
    close(unix_ends[1]);
}

/* Asks as libseccomp does what there is, which confines nobody. */
static int asks_for_sandboxes(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    in any = at(0);
    say("strict with a flag", syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL));
    say("no filter", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL));
    say("no filter by prctl", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0));
    say("  by its number", syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0));
    return bind(fd, (sa *)&any, sizeof any) == 0 ? 0 : errno;
}

static void unconfined(void) {
    pid_t pid = fork();
    if (pid == 0)
        _exit(asks_for_sandboxes());
    say("bound outside of any", status_of(pid));
}

void life(void) {
    first_by_another();
    passed();
    all_forged();
    passed_into_a_sandbox();
    unconfined();
    duplicates();
    forked();
    cloned(true);
    cloned(false);
    listening_children();
    for (int how = 0; how < 4; how++)
        started(how);
    options_started();
    started_by_a_handler();
    crowded();
    unseen();
    closed_by_number();
}
