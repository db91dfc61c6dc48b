package org.splnet.tcp;

/// The timers of a connection; each is a deadline in its [Tcb], all of them share one callout.
enum TcpTimer {
    /// What may only be late is lost by now (RFC 8985 §6.2).
    REORDER,
    /// What may go now would come as a burst, or the interface's queue was full.
    PACE,
    /// Tail loss probe (RFC 8985 §7). Before [#REXMT], which it puts off.
    PROBE,
    /// Retransmission (RFC 6298).
    REXMT,
    /// Zero-window probe, and the override of the sender's silly-window avoidance (RFC 9293 §3.8.6.1 and
    /// §3.8.6.2.1). Never armed together with [#REXMT].
    PERSIST,
    /// Keep-alive (RFC 9293 §3.8.4).
    KEEP,
    /// Delayed acknowledgement (RFC 9293 §3.8.6.3).
    DELACK,
    /// A connection without user waits for the peer's FIN only so long.
    FIN_WAIT_2;

    static final int COUNT = values().length;

    int bit() {
        return 1 << ordinal();
    }
}
