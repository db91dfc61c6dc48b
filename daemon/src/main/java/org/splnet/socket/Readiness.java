package org.splnet.socket;

/// What a socket is ready for: bits, as with `poll`.
public final class Readiness {
    /// [StreamSocket#receive] would give octets, end of stream or an error; a datagram waits.
    public static final int READABLE = 1;
    /// There is room to send, or sending would fail at once.
    public static final int WRITABLE = 2;
    /// A connection waits to be accepted.
    public static final int ACCEPTABLE = 4;
    /// The connection is established.
    public static final int CONNECTED = 8;
    /// An error waits to be fetched.
    public static final int ERROR = 16;
    /// Both directions have ended; nothing more will happen.
    public static final int HANGUP = 32;
    /// The user has closed, and everything sent, FIN included, is acknowledged.
    public static final int FLUSHED = 64;

    /// Told of readiness. Called by whatever thread brought it about, after its last unlock: from input
    /// threads too, so it must not block. Edge-triggered: after [#WRITABLE] or [#READABLE] it comes again
    /// only when a call found the socket not ready since; several events may come as one.
    @FunctionalInterface
    public interface Listener {
        /// @param events bits of this class
        void ready(int events);
    }

    private Readiness() {
    }
}
