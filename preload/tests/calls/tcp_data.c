#include "calls.h"

#include <limits.h>
#include <pthread.h>
#include <sys/sendfile.h>

enum { BIG = 3000000 };

static void small(int a, int b) {
    char buffer[64];
    int waiting = -1;
    say("send 5", send(a, "hello", 5, 0));
    await(b, POLLIN);
    say("FIONREAD", ioctl(b, FIONREAD, &waiting));
    say("  octets", waiting);
    say("peek 3", recv(b, buffer, 3, MSG_PEEK));
    say("peek 9", recv(b, buffer, 9, MSG_PEEK | MSG_DONTWAIT));
    say("recv 2", recv(b, buffer, 2, 0));
    say("read 9", read(b, buffer, 9));
    say("recv nothing there", recv(b, buffer, 9, MSG_DONTWAIT));
    say("recv 0", recv(b, buffer, 0, MSG_DONTWAIT));
    say("read 0", read(b, buffer, 0));
    say("readv 0", readv(b, (struct iovec[]){{buffer, 0}, {NULL, 0}}, 2));
    say("readv, no parts", readv(b, NULL, 0));
    say("send 0", send(a, buffer, 0, 0));
    say("write 0", write(a, buffer, 0));
    struct iovec parts[] = {{"one", 3}, {"", 0}, {"four", 4}};
    say("writev", writev(a, parts, 3));
    struct iovec many[IOV_MAX + 1] = {0};
    say("writev, too many parts", writev(a, many, IOV_MAX + 1));
    say("readv, too many parts", readv(b, many, IOV_MAX + 1));
    char first[2], rest[20];
    struct iovec into[] = {{first, 2}, {rest, 20}};
    await(b, POLLIN);
    say("readv", readv(b, into, 2));
    say("  text", memcmp(first, "on", 2) == 0 && memcmp(rest, "efour", 5) == 0);
    say("recv MSG_OOB", recv(b, buffer, 1, MSG_OOB));
    send(a, "abcdef", 6, MSG_MORE);
    send(a, "ghi", 3, 0);
    say("recv MSG_WAITALL", recv(b, buffer, 9, MSG_WAITALL));
    send(a, "abcdef", 6, 0);
    await(b, POLLIN);
    say("recv MSG_TRUNC", recv(b, NULL, 4, MSG_TRUNC));
    say("  then", recv(b, buffer, 9, 0));
    say("  is ef", memcmp(buffer, "ef", 2) == 0);
    say("MSG_ERRQUEUE", recv(b, buffer, 9, MSG_ERRQUEUE));
}

static void *thrown_away(void *fd) {
    return (void *)recv(*(int *)fd, NULL, 4, MSG_TRUNC);
}

/* By a thread of many, each of which has little stack. */
static void small_stack(int a, int b) {
    pthread_attr_t attributes;
    pthread_t thread;
    void *result;
    send(a, "abcd", 4, 0);
    await(b, POLLIN);
    need(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, 65536) == 0
         && pthread_create(&thread, &attributes, thrown_away, &b) == 0, "a thread");
    pthread_join(thread, &result);
    say("recv MSG_TRUNC by a thread", (long)result);
}

static void messages(int a, int b) {
    in name;
    socklen_t size = sizeof name;
    char buffer[64], control[64];
    struct iovec part = {"hello", 5}, into = {buffer, sizeof buffer};
    in to = at(9);
    say("sendto with an address", sendto(a, "hello", 5, 0, (sa *)&to, sizeof to));
    await(b, POLLIN);
    say("recvfrom", recvfrom(b, buffer, sizeof buffer, 0, (sa *)&name, &size));
    say("  size", size);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    say("sendmsg", sendmsg(a, &message, 0));
    message = (struct msghdr){.msg_iov = &into, .msg_iovlen = 1, .msg_name = &name, .msg_namelen = sizeof name,
                              .msg_control = control, .msg_controllen = sizeof control, .msg_flags = 77};
    await(b, POLLIN);
    say("recvmsg", recvmsg(b, &message, 0));
    say("  name", message.msg_namelen);
    say("  control", (long)message.msg_controllen);
    say("  flags", message.msg_flags);
    struct mmsghdr two[2] = {{.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}},
                             {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}};
    say("sendmmsg", sendmmsg(a, two, 2, 0));
    say("  of", two[1].msg_len);
    say("recv", (long)read_all(b, buffer, 10));
}

static void *pump(void *context) {
    static char octets[BIG];
    int fd = *(int *)context;
    for (int i = 0; i < BIG; i++)
        octets[i] = (char)(i * 31 + i / 7919);
    size_t done = 0;
    while (done < BIG) {
        ssize_t n = write(fd, octets + done, BIG - done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    shutdown(fd, SHUT_WR);
    return (void *)done;
}

static void many(int a, int b) {
    pthread_t thread;
    pthread_create(&thread, NULL, pump, &a);
    static char got[BIG];
    void *sent;
    say("read 3000000", (long)read_all(b, got, BIG));
    pthread_join(thread, &sent);
    say("written", (long)sent);
    long wrong = 0;
    for (int i = 0; i < BIG; i++)
        wrong += got[i] != (char)(i * 31 + i / 7919);
    say("wrong", wrong);
    say("then", read(b, got, 1));
}

static void full(int a, int b) {
    static char octets[65536];
    fcntl(a, F_SETFL, O_NONBLOCK);
    long sent = 0;
    ssize_t n;
    /* until it stays full: what is on the way goes on a while */
    for (;;) {
        long before = sent;
        while ((n = send(a, octets, sizeof octets, 0)) > 0)
            sent += n;
        if (sent == before)
            break;
        await(a, POLLOUT);
    }
    say("full", n);
    fcntl(a, F_SETFL, 0);
    struct timeval soon = {.tv_usec = 50000};
    say("SO_SNDTIMEO", setsockopt(a, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon));
    n = send(a, octets, sizeof octets, 0);
    say("  send, out of time", n > 0 ? 0 : n);
    sent += n > 0 ? n : 0;
    while (sent > 0 && (n = read(b, octets, sizeof octets)) > 0)
        sent -= n;
    say("read all of it", sent);
    say("writable again", await(a, POLLOUT) & POLLOUT);
}

static void files(int a, int b) {
    char name[] = "/tmp/callsXXXXXX";
    int file = mkstemp(name);
    unlink(name);
    char text[100000];
    memset(text, 'f', sizeof text);
    need(write(file, text, sizeof text) == sizeof text, "a file");
    off_t offset = 100;
    say("sendfile", sendfile(a, file, &offset, 50000));
    say("  offset", offset);
    say("read", (long)read_all(b, text, 50000));
    say("  text", text[0] == 'f' && text[49999] == 'f');
    FILE *stream = fdopen(dup(b), "r+");
    say("fputs", fputs("a line\n", stream) >= 0 && fflush(stream) == 0);
    send(b, "", 0, 0);
    say("read", (long)read_all(a, text, 7));
    send(a, "another\nline\n", 13, 0);
    say("fgets", fgets(text, sizeof text, stream) && strcmp(text, "another\n") == 0);
    say("fgets", fgets(text, sizeof text, stream) && strcmp(text, "line\n") == 0);
    say("fclose", fclose(stream));
    say("still open", fcntl(b, F_GETFD) >= 0);
    close(file);
}

void tcp_data(void) {
    int ends[2];
    joined(ends);
    small(ends[0], ends[1]);
    small(ends[1], ends[0]);
    small_stack(ends[0], ends[1]);
    messages(ends[0], ends[1]);
    files(ends[0], ends[1]);
    struct timeval soon = {.tv_usec = 50000};
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    say("recv, out of time", recv(ends[0], &soon, 1, 0));
    many(ends[0], ends[1]);
    close(ends[0]);
    close(ends[1]);
    joined(ends);
    full(ends[0], ends[1]);
    close(ends[0]);
    close(ends[1]);
}
