package org.splnet.socket;

import org.splnet.pkt.Output;

/// Why a socket call failed or a connection ended, in POSIX names.
public enum SockError {
    EADDRINUSE("address already in use"),
    EADDRNOTAVAIL("not an address of this host"),
    EACCES("permission denied"),
    EAGAIN("would block"),
    ECONNABORTED("connection aborted by this host"),
    ECONNREFUSED("connection refused"),
    ECONNRESET("connection reset by peer"),
    EDESTADDRREQ("destination address required"),
    EHOSTUNREACH("no route to host"),
    EINVAL("not possible in this state"),
    EISCONN("already connected"),
    EMSGSIZE("message too long"),
    ENETDOWN("network is down"),
    ENETUNREACH("network is unreachable"),
    ENOBUFS("no buffer space"),
    ENOTCONN("not connected"),
    EPIPE("the sending side is closed"),
    EPROTO("protocol error"),
    ESHUTDOWN("socket is closed"),
    ETIMEDOUT("timed out");

    private final String text;

    SockError(String text) {
        this.text = text;
    }

    /// Why a packet could not be sent.
    ///
    /// @throws IllegalArgumentException for [Output#SENT]
    public static SockError of(Output output) {
        return switch (output) {
            case NO_ROUTE -> ENETUNREACH;
            case HOST_DOWN -> EHOSTUNREACH;
            case TOO_BIG -> EMSGSIZE;
            case QUEUE_FULL -> ENOBUFS;
            case DOWN -> ENETDOWN;
            case BAD_ADDRESS -> EADDRNOTAVAIL;
            case SENT -> throw new IllegalArgumentException("sent");
        };
    }

    /// The error in words.
    public String text() {
        return text;
    }
}
