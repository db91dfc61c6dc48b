package org.splnet.tcp;

import org.splnet.kern.CalloutWheel;
import org.splnet.wire.Seq;

/// RACK (RFC 8985 §6): what was sent before something that has arrived, and has not arrived itself after some
/// time for reordering, is lost; also if it was sent again. Numbers in, marks on the [Scoreboard] out.
///
/// Covered by its connection's lock.
final class Rack implements Scoreboard.Delivery {
    /// §6.2, step 4: so many segments held mean loss even without waiting, as long as nothing was reordered.
    private static final int DUP_THRESH = 3;
    /// §6.2, step 4: recoveries after which a wider window for reordering is given up.
    private static final int PERSIST = 16;
    private static final int MAX_MULT = 255;
    /// A window narrower than what the callouts can tell apart would be none: on a path of microseconds any
    /// reordering would be loss.
    private static final long MIN_WINDOW_NS = CalloutWheel.TICK_NS;
    /// How long a least round-trip time is believed.
    private static final long MIN_RTT_NS = 300_000_000_000L;

    // RACK.xmit_ts, RACK.end_seq, RACK.rtt: the latest sent of all that was delivered
    private boolean any;
    private long xmitNs;
    private int endSeq;
    private long rttNs;
    private long minRttNs = Long.MAX_VALUE;
    private long minRttAtNs;
    private int fack;                  // RACK.fack, and as it was before this acknowledgement
    private int priorFack;
    private boolean reordered;
    private int mult = 1;
    private int persist;
    private boolean inDsackRound;
    private int dsackRound;
    private long waitNs;

    // the same of what was sent again, for as long as that may turn out to have been in vain
    private boolean again;
    private long againNs;
    private int againEnd;
    private long againRttNs;

    // what one acknowledgement delivered
    private long nowNs;
    private Timestamps timestamps;
    private int echo;
    private long oldestNs;
    private long newestNs;
    private boolean measured;
    private boolean original;          // something that was sent once
    private int originalEnd;

    /// @param iss nothing before it is ever delivered
    Rack(int iss) {
        fack = iss;
    }

    /// An acknowledgement of all before `una` is about to be looked at.
    ///
    /// @param ours our timestamps, if the acknowledgement echoes one of what it acknowledges; else null. That
    ///     of a mere SACK is of something in order that came before (RFC 7323 §4.3), and says nothing
    /// @param echoed the one
    void begin(int una, Timestamps ours, int echoed, long now) {
        nowNs = now;
        timestamps = ours;
        echo = echoed;
        inDsackRound &= Seq.lt(una, dsackRound);
        priorFack = fack;
        measured = false;
        original = false;
    }

    /// §6.2, steps 1 to 3.
    @Override
    public void delivered(int end, long sentNs, boolean resent) {
        // an acknowledgement has the time of the batch it came in, which may have begun before this was sent
        long rtt = Math.max(nowNs - sentNs, 1);
        fack = Seq.max(fack, end);
        if (resent) {
            if (!wasTheFirst(sentNs, rtt) && (!again || sentAfter(sentNs, end, againNs, againEnd))) {
                again = true;
                againNs = sentNs;
                againEnd = end;
                againRttNs = rtt;
            }
            return;
        }
        oldestNs = measured ? Math.max(oldestNs, rtt) : rtt;
        newestNs = measured ? Math.min(newestNs, rtt) : rtt;
        measured = true;
        originalEnd = original ? Seq.min(originalEnd, end) : end;
        original = true;
        if (rtt <= minRttNs || nowNs - minRttAtNs > MIN_RTT_NS) {
            minRttNs = rtt;
            minRttAtNs = nowNs;
        }
        reordered |= Seq.lt(end, priorFack);
        latest(end, sentNs, rtt);
    }

    /// §6.2, step 2: of something sent twice, the last time at `sentNs`, not that copy was delivered.
    private boolean wasTheFirst(long sentNs, long rtt) {
        return rtt < minRttNs || timestamps != null && echo - timestamps.value(sentNs) < 0;
    }

    private void latest(int end, long sentNs, long rtt) {
        if (!any || sentAfter(sentNs, end, xmitNs, endSeq)) {
            xmitNs = sentNs;
            endSeq = end;
            rttNs = rtt;
        }
        any = true;
    }

    /// Whether anything had to be sent again is known. If nothing had, what was delivered is what was sent
    /// first: to take it for the other would make all that was sent in between overdue.
    void decided(boolean inVain) {
        if (again && !inVain) {
            latest(againEnd, againNs, againRttNs);
        }
        again = false;
    }

    /// Two packets have the same time only if they were one.
    private static boolean sentAfter(long ns1, int end1, long ns2, int end2) {
        return ns1 - ns2 > 0 || ns1 == ns2 && Seq.gt(end1, end2);
    }

    /// §6.2, step 5.
    ///
    /// @param recovering a loss is being repaired
    /// @return octets that are lost, which was not known
    int detect(Scoreboard board, boolean recovering, int mss, long srttNs) {
        waitNs = 0;
        int before = board.lost();
        if (!any || board.isEmpty()) {
            return 0;
        }
        long windowNs = windowNs(recovering || many(board, mss), srttNs);
        for (int i = 0; i < board.size(); i++) {
            if (board.isSacked(i) || board.isLost(i)) {
                continue;
            }
            if (!sentAfter(xmitNs, endSeq, board.sentNs(i), board.end(i))) {
                if (!board.isResent(i)) {
                    break;                                 // whatever follows was sent later still
                }
                continue;
            }
            long leftNs = board.sentNs(i) + rttNs + windowNs - nowNs;
            if (leftNs <= 0) {
                board.lose(i);
            } else {
                waitNs = Math.max(waitNs, leftNs);
            }
        }
        return board.lost() - before;
    }

    private static boolean many(Scoreboard board, int mss) {
        return board.sackedPackets() >= DUP_THRESH || board.sacked() >= DUP_THRESH * mss;
    }

    /// The reordering timer has expired: time has passed, nothing has arrived.
    int expired(Scoreboard board, boolean recovering, int mss, long srttNs, long now) {
        nowNs = now;
        return detect(board, recovering, mss, srttNs);
    }

    /// The retransmission timer has expired (§6.3): the first packet is lost, and with it what is overdue.
    void timeout(Scoreboard board, long srttNs, long now) {
        for (int i = 0; i < board.size(); i++) {
            boolean overdue = !any || board.sentNs(i) + rttNs + windowNs(true, srttNs) - now <= 0;
            if (!board.isSacked(i) && (i == 0 || overdue)) {
                board.lose(i);
            }
        }
    }

    /// §6.2, step 4: RACK.reo_wnd.
    private long windowNs(boolean noPatience, long srttNs) {
        if (!reordered && noPatience) {
            return 0;
        }
        long window = minRttNs == Long.MAX_VALUE ? 0 : Math.min(mult * (minRttNs / 4), srttNs);
        return Math.max(window, MIN_WINDOW_NS);
    }

    /// When something would be lost that is not yet; 0 if nothing would.
    long waitNs() {
        return waitNs;
    }

    /// The peer reports that something arrived twice (§6.2, step 4): we were too impatient.
    void duplicate(int nxt) {
        if (!inDsackRound) {
            inDsackRound = true;
            dsackRound = nxt;
            mult = Math.min(mult + 1, MAX_MULT);
            persist = PERSIST;
        }
    }

    /// A recovery is over.
    void recovered() {
        if (persist > 0 && --persist == 0) {
            mult = 1;
        }
    }

    /// The peer was seen to receive out of order what was sent in order.
    boolean reordered() {
        return reordered;
    }

    /// True if this acknowledgement delivered what was sent only once.
    boolean measured() {
        return measured;
    }

    /// The longest round trip of what this acknowledgement delivered; how long the peer waited included.
    long oldestNs() {
        return oldestNs;
    }

    /// The shortest one.
    long newestNs() {
        return newestNs;
    }

    /// True if something below `seq` was delivered that was sent only once.
    boolean deliveredOriginalBelow(int seq) {
        return original && Seq.leq(originalEnd, seq);
    }

    /// Least round-trip time; [Long#MAX_VALUE] before the first measurement.
    long minRttNs() {
        return minRttNs;
    }
}
