package org.splnet.tcp;

import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;

/// Finds the segment size of a path on which large segments vanish without a word (RFC 4821, RFC 8899): a
/// connection has one from the moment it suspects a black hole. It then sends small segments, and when they
/// get through, now and then a larger one as a probe, whose loss says nothing about congestion.
///
/// Sizes are those of an MSS, options included. Covered by its connection's lock.
final class SizeSearch {
    /// RFC 8899 §5.1.2, BASE_PLPMTU of 1200 octets, less the fixed headers of IPv4; what every path carries
    /// that anybody uses.
    static final int BASE = 1160;
    /// Retransmission timeouts in a row that make a path suspect.
    static final int TIMEOUTS = 3;
    /// RFC 8899 §5.1.2, MAX_PROBES.
    private static final int MAX_PROBES = 3;
    /// RFC 8899 §5.1.1, PMTU_RAISE_TIMER.
    private static final long RAISE_NS = 600_000_000_000L;
    /// RFC 4821 §7.3: a search need not be more exact.
    private static final int EXACT = 16;

    private int low;                   // gets through
    private int high;                  // may get through
    private boolean answered;          // something was acknowledged since the cut
    private long answeredNs;           // when first
    private boolean halving;           // the most does not get through
    private boolean done;
    private long doneNs;
    private int probes;                // lost ones of this size
    private int size;                  // of the probe on its way, 0 if there is none
    private int probeSeq;
    private int probeEnd;

    private SizeSearch(int low, int high) {
        this.low = low;
        this.high = high;
    }

    /// The retransmission timer has expired so often that the size may be the reason.
    static void suspect(Tcb tcb) {
        int options = SegmentWriter.optionsLen(tcb);
        int now = tcb.mss + options;
        boolean large = tcb.flight() >= tcb.mss && now > Mss.LEAST;
        if (!large || tcb.path.loopback() || !tcb.tcp.cfg.mtuProbing()
                || tcb.backOffs % TIMEOUTS != 0 || !tcb.state.isSynchronized()) {
            return;
        }
        tcb.sizes = new SizeSearch(now > BASE ? BASE : Mss.LEAST, Mss.byPath(tcb));
        tcb.tcp.stats.add(Counter.BLACK_HOLES);
    }

    /// The largest segment that is known to get through.
    int size() {
        return low;
    }

    /// Something was acknowledged.
    void acknowledged(int una, long nowNs) {
        answeredNs = answered ? answeredNs : nowNs;
        answered = true;
        if (size != 0 && Seq.geq(una, probeEnd)) {
            low = Math.max(low, size);
            size = 0;
            probes = 0;
            settle(nowNs);
        }
    }

    /// Where nothing can tell the loss of a probe from that of others, there are none: the most is taken for
    /// good again after a while (RFC 8899 §5.1.1), and three timeouts later, if it is not, for another while
    /// not.
    boolean over(Tcb tcb, long nowNs) {
        return answered && nowNs - answeredNs >= RAISE_NS && !(tcb.loss instanceof RackRecovery);
    }

    /// True if the packet at `seq` is the probe.
    boolean isProbe(int seq) {
        return size != 0 && seq == probeSeq;
    }

    /// The probe, if it is the first of what is lost, is taken for too big. Lost behind others it says
    /// nothing (RFC 4821 §7.6.2), and goes again in segments like all others.
    ///
    /// @return its octets, if it was taken for too big
    int lost(Scoreboard board, long nowNs) {
        if (size == 0 || board.lost() == 0 || !board.lostAt(probeSeq)) {
            return 0;
        }
        int i = board.firstLost();
        if (board.start(i) != probeSeq) {
            size = 0;
            return 0;
        }
        if (++probes >= MAX_PROBES) {
            high = size - 1;
            halving = true;
            probes = 0;
        }
        size = 0;
        settle(nowNs);
        return board.end(i) - board.start(i);
    }

    private void settle(long nowNs) {
        done = high - low < EXACT;
        doneNs = nowNs;
    }

    /// Octets of text of a probe that should go now; 0 for none.
    int due(Tcb tcb, long nowNs) {
        if (!answered || size != 0 || tcb.loss.recovering() || !(tcb.loss instanceof RackRecovery)) {
            return 0;
        }
        if (done) {
            if (nowNs - doneNs < RAISE_NS) {
                return 0;
            }
            done = false;                                  // the path may have changed
            halving = false;
            high = Mss.byPath(tcb);
        }
        high = Math.min(high, Mss.byPath(tcb));
        int next = next();
        return next <= low ? 0 : next - SegmentWriter.optionsLen(tcb);
    }

    /// First the most, since the suspicion may have been wrong; then half-way.
    private int next() {
        return halving ? (low + high + 1) / 2 : high;
    }

    /// The probe could not go out.
    void forget() {
        size = 0;
    }

    /// A probe goes out.
    void sent(int seq, int octets, int optionsLen) {
        probeSeq = seq;
        probeEnd = seq + octets;
        size = octets + optionsLen;
    }
}
