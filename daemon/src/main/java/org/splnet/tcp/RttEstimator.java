package org.splnet.tcp;

import org.splnet.wire.Seq;

/// The retransmission timeout (RFC 6298), measured without timestamps: one segment at a time is timed, and
/// one that was sent again never is (Karn's algorithm, RFC 9293 MUST-18).
///
/// Karn keeps a backed-off timeout until there is a new measurement, because the old estimate may have been
/// outgrown. On a very lossy path there is none for long, and the timeout reaches minutes although nothing
/// has changed. So the back-off also ends when an acknowledgement of new data follows the last
/// retransmission within the timeout as it was before: a path that has become slower does not answer so soon.
///
/// Covered by its connection's lock.
final class RttEstimator {
    /// RFC 6298 (5.7): after a lost SYN, when nothing was measured.
    private static final long AFTER_LOST_SYN_NS = 3_000_000_000L;
    /// An hour, the greatest timeout configurable, does not overflow by it.
    private static final int MAX_SHIFT = 20;

    private final Tcp tcp;
    private long srttNs;
    private long varNs;
    private long minNs;
    private long lateNs;
    private long baseNs;
    private int shift;
    private boolean timing;
    private int timedSeq;
    private long timedNs;
    private long resentNs;

    /// @param tcp whose bounds count as they are when they are asked for
    RttEstimator(Tcp tcp) {
        this.tcp = tcp;
        this.baseNs = tcp.cfg.initialRtoNs();
    }

    /// The timeout now, back-off included.
    long rtoNs() {
        long mostNs = tcp.cfg.maxRtoNs();
        return shift > MAX_SHIFT ? mostNs : Math.min(baseNs << shift, mostNs);
    }

    /// Smoothed round-trip time; 0 before the first measurement.
    long srttNs() {
        return srttNs;
    }

    /// The same smoothed by acknowledgements rather than round trips: what a queue that fills or has just
    /// emptied makes of the path. 0 before the first measurement.
    long lateNs() {
        return lateNs;
    }

    /// Its mean deviation.
    long varNs() {
        return varNs;
    }

    /// The least that was measured; 0 before the first measurement.
    long minNs() {
        return minNs;
    }

    /// New data whose last octet is before `endSeq` goes out: times it, unless something is being timed.
    void sent(int endSeq, long nowNs) {
        if (!timing) {
            timing = true;
            timedSeq = endSeq;
            timedNs = nowNs;
        }
    }

    /// Something was sent again: what is being timed can no longer be told apart (Karn).
    void retransmitted(long nowNs) {
        timing = false;
        resentNs = nowNs;
    }

    /// Everything before `ackSeq` is acknowledged, some of it for the first time.
    ///
    /// @return true if that gave a measurement
    boolean acked(int ackSeq, long nowNs) {
        if (shift > 0 && nowNs - resentNs <= baseNs) {
            shift = 0;
        }
        if (!timing || Seq.lt(ackSeq, timedSeq)) {
            return false;
        }
        timing = false;
        sample(nowNs - timedNs);
        return true;
    }

    /// New data was acknowledged by a segment that echoes what we said so long ago (RFC 7323 §4.1): tells
    /// also of segments that were sent again, but less exactly. If the first acknowledgement was lost, the
    /// one for the next copy still echoes the first, which then seems to have taken ages; so an answer that
    /// comes soon enough after the last copy is taken for that one's, and measures nothing.
    ///
    /// @param ageNs nonsense if negative or longer than any timeout
    void echoed(long ageNs, long nowNs) {
        long sinceNs = nowNs - resentNs;
        boolean older = ageNs > sinceNs + Timestamps.TICK_NS;
        if (ageNs >= 0 && ageNs <= tcp.cfg.maxRtoNs() && !(older && sinceNs <= baseNs)) {
            sample(ageNs);
        }
    }

    /// An acknowledgement tells that a packet took so long.
    void measured(long rttNs) {
        long r = Math.max(rttNs, 1);
        lateNs = lateNs == 0 ? r : Math.max(lateNs + (r - lateNs) / 8, 1);
    }

    /// One measurement (RFC 6298 (2.2), (2.3)); it also ends the back-off.
    void sample(long rttNs) {
        long r = Math.max(rttNs, 1);
        minNs = minNs == 0 ? r : Math.min(minNs, r);
        measured(r);
        if (srttNs == 0) {
            srttNs = r;
            varNs = r / 2;
        } else {
            varNs += (Math.abs(srttNs - r) - varNs) / 4;
            srttNs += (r - srttNs) / 8;
            srttNs = Math.max(srttNs, 1);
        }
        // The minimum is above the round trip, and no less than the granularity: also on a path without
        // variation a peer may keep an acknowledgement back (RFC 9293 MUST-40), for which the second of (2.4)
        // leaves time.
        TcpConfig cfg = tcp.cfg;
        baseNs = Math.min(srttNs + Math.max(cfg.minRtoNs(), 4 * varNs), cfg.maxRtoNs());
        shift = 0;
    }

    /// The timer has expired (RFC 6298 (5.5)).
    void backOff() {
        timing = false;
        if (rtoNs() < tcp.cfg.maxRtoNs()) {
            shift++;
        }
    }

    /// The handshake needed more than one SYN (RFC 6298 (5.7)): data begins with three seconds.
    void handshakeWasRetransmitted() {
        shift = 0;
        if (srttNs == 0) {
            baseNs = Math.max(baseNs, Math.min(AFTER_LOST_SYN_NS, tcp.cfg.maxRtoNs()));
        }
    }
}
