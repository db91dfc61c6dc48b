#include "calls.h"

static int error_of(int fd) {
    int error = -1;
    socklen_t size = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

static void reset_by(int fd) {
    struct linger now = {1, 0};
    say("SO_LINGER", setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now));
    say("close", close(fd));
}

static void half_closed(void) {
    int ends[2];
    char buffer[16];
    joined(ends);
    say("shutdown", shutdown(ends[0], SHUT_WR));
    say("  poll", await(ends[1], POLLIN | POLLRDHUP) & (POLLIN | POLLHUP | POLLRDHUP));
    say("  read", read(ends[1], buffer, 1));
    say("  again", read(ends[1], buffer, 1));
    say("  SO_ERROR", error_of(ends[1]));
    say("  write here", write(ends[0], "x", 1));
    say("  write there", write(ends[1], "hello", 5));
    say("  read", (long)read_all(ends[0], buffer, 5));
    say("  poll", await(ends[0], 0));
    say("shutdown there", shutdown(ends[1], SHUT_WR));
    say("  read", read(ends[0], buffer, 1));
    say("  poll", await(ends[0], 0));
    say("  SO_ERROR", error_of(ends[0]));
    say("  SO_ERROR", error_of(ends[1]));
    say("  read", read(ends[0], buffer, 1));
    say("  write", write(ends[1], buffer, 1));
    say("  send", send(ends[1], buffer, 1, MSG_NOSIGNAL));
    close(ends[0]);
    close(ends[1]);
}

/* The other end has not closed yet, and is the peer. */
static void shut_at_once(void) {
    int ends[2];
    joined(ends);
    say("shutdown of both", shutdown(ends[0], SHUT_RDWR));
    say("  getpeername", getpeername(ends[0], (sa *)&(in){0}, &(socklen_t){sizeof(in)}));
    char octet;
    say("  the other end", read(ends[1], &octet, 1));
    say("  getpeername", getpeername(ends[0], (sa *)&(in){0}, &(socklen_t){sizeof(in)}));
    close(ends[0]);
    close(ends[1]);
}

static void closed(void) {
    int ends[2];
    char buffer[16];
    joined(ends);
    say("write", write(ends[0], "bye", 3));
    say("close", close(ends[0]));
    say("  read", (long)read_all(ends[1], buffer, 3));
    say("  read", read(ends[1], buffer, 1));
    say("  write", write(ends[1], "x", 1));
    say("  hung up", (await(ends[1], POLLOUT | POLLIN) & POLLIN) != 0);
    say("  HUP", await(ends[1], 0) & POLLHUP);
    say("  write", write(ends[1], "x", 1));
    say("  write", write(ends[1], "x", 1));
    say("  read", read(ends[1], buffer, 1));
    close(ends[1]);
}

/* The end has been read before the reset comes: reading goes on giving it. */
static void reset_behind_the_end(void) {
    int ends[2];
    char buffer[16];
    joined(ends);
    say("close", close(ends[0]));
    say("  read", read(ends[1], buffer, 1));
    say("  write", write(ends[1], "x", 1));
    say("  HUP", await(ends[1], POLLHUP) & POLLHUP);
    say("  read", read(ends[1], buffer, 1));
    say("  read", read(ends[1], buffer, 1));
    say("  SO_ERROR", error_of(ends[1]));
    say("  read", read(ends[1], buffer, 1));
    say("  write", write(ends[1], "x", 1));
    close(ends[1]);
}

/* The end, and perhaps data before it, has come but is unread when the reset comes: what the kernel tells then. */
static void reset_behind_an_unread_end(bool data, char first) {
    int ends[2], waiting = 0;
    char buffer[16];
    joined(ends);
    if (data)
        say("write", write(ends[0], "last", 4));
    say("shutdown", shutdown(ends[0], SHUT_WR));
    say("  came", await(ends[1], POLLRDHUP) & POLLRDHUP);
    reset_by(ends[0]);
    say("  HUP", await(ends[1], 0) & POLLHUP);
    if (first == 'w')
        say("  write", write(ends[1], "x", 1));
    else if (first == 'e')
        say("  SO_ERROR", error_of(ends[1]));
    say("  FIONREAD", ioctl(ends[1], FIONREAD, &waiting));
    say("  octets", waiting);
    say("  read", read(ends[1], buffer, 16));
    say("  read", read(ends[1], buffer, 16));
    say("  read", read(ends[1], buffer, 16));
    say("  write", write(ends[1], "x", 1));
    say("  SO_ERROR", error_of(ends[1]));
    say("  read", read(ends[1], buffer, 16));
    close(ends[1]);
}

static void reset(bool writing, bool sockopt) {
    int ends[2];
    char buffer[16];
    joined(ends);
    say("write", write(ends[0], "last", 4));
    say("  came", await(ends[1], POLLIN) & POLLIN);
    reset_by(ends[0]);
    say("  HUP", await(ends[1], 0) & POLLHUP);
    if (sockopt)
        say("  SO_ERROR", error_of(ends[1]));
    if (writing)
        say("  write", write(ends[1], "x", 1));
    say("  read", read(ends[1], buffer, 16));
    say("  read", read(ends[1], buffer, 16));
    say("  read", read(ends[1], buffer, 16));
    say("  write", write(ends[1], "x", 1));
    say("  send, no signal", send(ends[1], "x", 1, MSG_NOSIGNAL));
    in name;
    say("  getpeername", getpeername(ends[1], (sa *)&name, &(socklen_t){sizeof name}));
    say("  SO_ERROR", error_of(ends[1]));
    say("  shutdown", shutdown(ends[1], SHUT_RDWR));
    close(ends[1]);
}

static void unread(void) {
    int ends[2];
    char buffer[16];
    joined(ends);
    say("write", write(ends[0], "never read", 10));
    await(ends[1], POLLIN);
    say("close with octets unread", close(ends[1]));
    say("  HUP", await(ends[0], 0) & POLLHUP);
    say("  read", read(ends[0], buffer, 1));
    say("  read", read(ends[0], buffer, 1));
    close(ends[0]);
}

/* FIN has gone ahead of the reset: who reads is given the end. */
static void unread_behind_the_end(void) {
    int ends[2];
    char buffer[16];
    joined(ends);
    say("write", write(ends[0], "never read", 10));
    await(ends[1], POLLIN);
    say("shutdown", shutdown(ends[1], SHUT_WR));
    say("close with octets unread", close(ends[1]));
    say("  HUP", await(ends[0], POLLHUP) & POLLHUP);
    say("  read", read(ends[0], buffer, 1));
    say("  read", read(ends[0], buffer, 1));
    close(ends[0]);
}

static void shut_reading(void) {
    int ends[2];
    char buffer[16];
    joined(ends);
    say("write", write(ends[1], "early", 5));
    await(ends[0], POLLIN);
    say("SHUT_RD", shutdown(ends[0], SHUT_RD));
    say("  read what was there", read(ends[0], buffer, 16));
    say("  read", read(ends[0], buffer, 16));
    say("  write", write(ends[0], "still", 5));
    say("  came", (long)read_all(ends[1], buffer, 5));
    say("SHUT_RDWR", shutdown(ends[0], SHUT_RDWR));
    say("  end", read(ends[1], buffer, 5));
    close(ends[0]);
    close(ends[1]);
}

static void as_new(void) {
    int ends[2];
    joined(ends);
    sa none = {.sa_family = AF_UNSPEC};
    say("connect AF_UNSPEC", connect(ends[0], &none, sizeof none));
    in name;
    say("  getpeername", getpeername(ends[0], (sa *)&name, &(socklen_t){sizeof name}));
    int live = listener();
    in to = at(port_of(live));
    say("  connect", connect(ends[0], (sa *)&to, sizeof to));
    close(live);
    close(ends[0]);
    close(ends[1]);
}

/* Not in tcp_data.c: the sanitizer for races has an fclose of its own, which loses errno. */
static void no_descriptor(void) {
    FILE *memory = fmemopen(NULL, 16, "w");
    errno = 0;
    say("fclose, no descriptor", fclose(memory));
    say("  errno", errno);
}

void tcp_ends(void) {
    half_closed();
    shut_at_once();
    closed();
    reset_behind_the_end();
    for (const char *first = "rwe"; *first; first++) {
        reset_behind_an_unread_end(false, *first);
        reset_behind_an_unread_end(true, *first);
    }
    reset(false, false);
    reset(true, false);
    reset(false, true);
    unread();
    unread_behind_the_end();
    shut_reading();
    as_new();
    no_descriptor();
}
