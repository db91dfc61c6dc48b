package org.splnet.dhcp;

import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;

/// What we have been given, and until when.
///
/// @param ack the acknowledgment
/// @param sinceNs when the request was sent that it answers: before the server began to count
///     (RFC 2131 §4.4.1)
record Lease(Reply ack, long sinceNs) {
    private static final long SECOND = 1_000_000_000L;
    /// Whoever renews more often than that is being made to.
    private static final long LEAST_T1 = 5;

    Ip4Addr address() {
        return ack.address();
    }

    Cidr subnet() {
        return ack.subnet();
    }

    Ip4Addr server() {
        return ack.server();
    }

    /// True if it never ends.
    boolean forever() {
        return ack.leaseSeconds() == Reply.FOREVER;
    }

    /// When to ask the server for more (T1).
    long renewNs() {
        return sinceNs + (plausible() ? ack.renewSeconds() * SECOND : lengthNs() / 2);
    }

    /// When to ask whichever server (T2).
    long rebindNs() {
        return sinceNs + (plausible() ? ack.rebindSeconds() * SECOND : lengthNs() / 8 * 7);
    }

    /// When it ends; of no meaning if it is [#forever].
    long endNs() {
        return sinceNs + lengthNs();
    }

    boolean over(long nowNs) {
        return !forever() && nowNs - endNs() >= 0;
    }

    /// RFC 2131 §4.4.5: T1 is before T2 and T2 before the end; where a server says otherwise, or nothing,
    /// they are one half and seven eighths.
    private boolean plausible() {
        return ack.renewSeconds() >= LEAST_T1 && ack.renewSeconds() < ack.rebindSeconds()
                && ack.rebindSeconds() < ack.leaseSeconds();
    }

    private long lengthNs() {
        return ack.leaseSeconds() * SECOND;
    }
}
