package org.splnet.tcp;

/// The states of a connection (RFC 9293 §3.3.2), with the transitions that are allowed.
///
/// A connection accepted by a listener begins its life as a [HalfOpen] entry, which is in `SYN-RECEIVED`, and
/// one that ended ends it as a [TimeWait], so a [Tcb] goes through these states only as far as it exists.
public enum TcpState {
    /// No connection. → SYN-SENT (active open), SYN-RECEIVED (completion of a half-open entry).
    CLOSED,
    /// Waiting for connections; only [TcpListener] is ever here.
    LISTEN,
    /// SYN sent. → ESTABLISHED, SYN-RECEIVED (simultaneous open), CLOSED.
    SYN_SENT,
    /// SYN received and sent. → ESTABLISHED, FIN-WAIT-1 (closed early), CLOSED.
    SYN_RECEIVED,
    /// Data flows both ways. → FIN-WAIT-1, CLOSE-WAIT, CLOSED.
    ESTABLISHED,
    /// We have closed. → FIN-WAIT-2, CLOSING, TIME-WAIT, CLOSED.
    FIN_WAIT_1,
    /// Our FIN is acknowledged. → TIME-WAIT, CLOSED.
    FIN_WAIT_2,
    /// The peer has closed. → LAST-ACK, CLOSED.
    CLOSE_WAIT,
    /// Both have closed, our FIN is not acknowledged. → TIME-WAIT, CLOSED.
    CLOSING,
    /// The peer has closed, then we; our FIN is not acknowledged. → CLOSED.
    LAST_ACK,
    /// Waiting for old segments to die out. → CLOSED.
    TIME_WAIT;

    /// The name as the RFC writes it: `FIN-WAIT-1`.
    public String label() {
        return name().replace('_', '-');
    }

    /// "Synchronized states" (RFC 9293 §3.4.1): both sequence numbers are known and acknowledged.
    boolean isSynchronized() {
        return compareTo(ESTABLISHED) >= 0;
    }

    /// Text that arrives is for the user (RFC 9293 §3.10.7.4, seventh).
    boolean takesText() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }

    /// Data or a FIN may go out, for the first time or again.
    boolean sends() {
        return switch (this) {
            case ESTABLISHED, FIN_WAIT_1, CLOSE_WAIT, CLOSING, LAST_ACK -> true;
            case CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, FIN_WAIT_2, TIME_WAIT -> false;
        };
    }

    /// The user may still hand in data.
    boolean takesData() {
        return this == SYN_SENT || this == SYN_RECEIVED || this == ESTABLISHED || this == CLOSE_WAIT;
    }

    /// An abort sends a RST (RFC 9293 §3.10.5); in the other states it only deletes.
    boolean abortResets() {
        return switch (this) {
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> true;
            case CLOSED, LISTEN, SYN_SENT, CLOSING, LAST_ACK, TIME_WAIT -> false;
        };
    }

    /// RFC 9293, figure 5; CLOSED can be reached from anywhere by a reset or a timeout.
    boolean canBecome(TcpState next) {
        return next == CLOSED || switch (this) {
            case CLOSED -> next == SYN_SENT || next == SYN_RECEIVED;
            case SYN_SENT -> next == ESTABLISHED || next == SYN_RECEIVED;
            case SYN_RECEIVED -> next == ESTABLISHED || next == FIN_WAIT_1 || next == CLOSE_WAIT;
            case ESTABLISHED -> next == FIN_WAIT_1 || next == CLOSE_WAIT;
            case FIN_WAIT_1 -> next == FIN_WAIT_2 || next == CLOSING || next == TIME_WAIT;
            case FIN_WAIT_2, CLOSING -> next == TIME_WAIT;
            case CLOSE_WAIT -> next == LAST_ACK;
            case LISTEN, LAST_ACK, TIME_WAIT -> false;
        };
    }
}
