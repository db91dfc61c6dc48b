package org.splnet.tcp;

import org.splnet.wire.Seq;

/// What has gone over one connection, and how fast it arrives.
///
/// Covered by its connection's lock.
final class Traffic {
    long octetsAcked;
    long octetsReceived;               // in order
    long octetsResent;
    int timeouts;                      // retransmission timeouts
    int spurious;                      // recoveries found to have been unnecessary

    // Delivery rate: octets acknowledged in a round trip. A round trip in which the user had nothing more
    // to send tells what the user does; it counts only if it was faster nevertheless.
    private boolean measuring;
    private boolean unused;            // the sender had nothing more to send at some time in this round trip
    private int roundSeq;              // it is over when this is acknowledged
    private long roundNs;
    private long roundAcked;
    private long rate;                 // octets per second

    /// `octets` of text were acknowledged.
    void acked(Tcb tcb, int octets, long nowNs) {
        if (!measuring) {
            roundNs = tcb.stalledNs;   // when the first of what is on its way went out
            roundAcked = octetsAcked;
            roundSeq = tcb.sndMax;
            measuring = true;
        }
        octetsAcked += octets;
        if (Seq.lt(tcb.sndUna, roundSeq)) {
            return;
        }
        long took = nowNs - roundNs;
        if (took > 0) {
            long measured = (long) ((octetsAcked - roundAcked) * 1e9 / took);
            rate = unused && measured < rate ? rate : measured;
        }
        measuring = tcb.sndUna != tcb.sndMax;
        unused = tcb.limits == null || tcb.limits.why() == SendLimit.APPLICATION;
        roundSeq = tcb.sndMax;
        roundNs = nowNs;
        roundAcked = octetsAcked;
    }

    /// The user has nothing more to send.
    void unused() {
        unused = true;
    }

    /// Octets per second that arrived in the last round trip that was used to the full; 0 if not known.
    long rate() {
        return rate;
    }
}
