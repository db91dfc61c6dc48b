#include "options.h"

#include "control.h"
#include "descriptor.h"
#include "stream.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    int state;
} STATES[] = {
    {"ESTABLISHED", TCP_ESTABLISHED}, {"SYN-SENT", TCP_SYN_SENT}, {"SYN-RECEIVED", TCP_SYN_RECV},
    {"FIN-WAIT-1", TCP_FIN_WAIT1}, {"FIN-WAIT-2", TCP_FIN_WAIT2}, {"TIME-WAIT", TCP_TIME_WAIT},
    {"CLOSED", TCP_CLOSE}, {"CLOSE-WAIT", TCP_CLOSE_WAIT}, {"LAST-ACK", TCP_LAST_ACK}, {"LISTEN", TCP_LISTEN},
    {"CLOSING", TCP_CLOSING},
};

static unsigned microseconds(const char *text, const char *name) {
    const char *at = json_find(text, name);
    return at ? (unsigned)(strtod(at, NULL) * 1000) : 0;
}

static void fill(struct tcp_info *info, const char *text) {
    char word[32];
    if (json_string(text, "state", word, sizeof word))
        for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
            if (strcmp(STATES[i].word, word) == 0)
                info->tcpi_state = (unsigned char)STATES[i].state;
    info->tcpi_snd_mss = (unsigned)json_number(text, "mss", 1460);
    info->tcpi_rcv_mss = info->tcpi_advmss = info->tcpi_snd_mss;
    info->tcpi_rtt = microseconds(text, "srttMs");
    info->tcpi_rttvar = microseconds(text, "rttVarMs");
    info->tcpi_rto = microseconds(text, "rtoMs");
    info->tcpi_total_retrans = (unsigned)json_number(text, "resent", 0);
    /* In segments, where the daemon counts octets. */
    unsigned mss = info->tcpi_snd_mss ? info->tcpi_snd_mss : 1;
    info->tcpi_snd_cwnd = (unsigned)json_number(text, "cwnd", 0) / mss;
    info->tcpi_snd_ssthresh = (unsigned)json_number(text, "ssthresh", 0) / mss;
    info->tcpi_rcv_space = (unsigned)json_number(text, "receiveBuffer", 0);
    info->tcpi_pmtu = (unsigned)json_number(text, "pathMtu", mss + 40);
}

int option_told(const struct sock *sock, const char *name) {
    char target[64];
    struct answer *answer;
    snprintf(target, sizeof target, "/v1/sockets/%llu", (unsigned long long)sock->id);
    long told = control_begin("GET", target, NULL, -1, &answer) == 0
        ? json_number(answer->text + answer->body, name, 0) : 0;
    control_end();
    return (int)told;
}

int option_info(struct sock *sock, int fd, void *value, socklen_t *size) {
    struct tcp_info info = {.tcpi_state = TCP_CLOSE};
    enum state state = atomic_load(&sock->state);
    if (state == CONNECTING && stream_settle(sock, fd, false, 0))
        info.tcpi_state = TCP_SYN_SENT;
    if ((state = atomic_load(&sock->state)) == LISTENING || (state == INERT && sock->acknowledged))
        info.tcpi_state = TCP_LISTEN;
    if (state == OPEN && !(descriptor_polled(fd, 0) & POLLHUP)) {
        char target[64];
        info.tcpi_state = TCP_ESTABLISHED;
        snprintf(target, sizeof target, "/v1/sockets/%llu", (unsigned long long)sock->id);
        struct answer *answer;
        if (control_begin("GET", target, NULL, -1, &answer) == 0)
            fill(&info, answer->text + answer->body);
        control_end();
    }
    *size = *size < sizeof info ? *size : sizeof info;
    memcpy(value, &info, *size);
    return 0;
}
