package org.splnet.net;

import org.splnet.kern.Callout;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// One neighbor on one link: address, station address, [NeighborState], and the packets that wait for it.
///
/// What the way of a packet reads is volatile, so that sending to a neighbor in good standing takes no lock.
///
/// Lock key:  (c) constant after construction   (n) its table's lock, rank `NEIGHBOR`
///            (v) volatile, written under (n)   (a) volatile, any thread
public final class Neighbor {
    /// No station address: ask the table.
    static final long NONE = -1;
    /// How coarse the time of last use is: it is written no more often than that.
    private static final long USE_GRAIN_NS = 250_000_000;
    private static final long DOUBT_GRAIN_NS = 100_000_000;
    /// How long whoever has proved that he has the address is not doubted again.
    private static final long NO_DOUBT_NS = 1_000_000_000;

    private final NeighborTable table;                                  // (c)
    private final long hi;                                              // (c)
    private final long lo;                                              // (c)
    final boolean fixed;                                                // (c) the administrator's
    final Timer timer = new Timer();                                    // (c)
    final HoldQueue held = new HoldQueue();                             // (n)
    private volatile NeighborState state = NeighborState.INCOMPLETE;    // (v)
    private volatile long station = NONE;                               // (v) written before `state`
    private volatile boolean live = true;                               // (v)
    private volatile long reachableUntilNs;                             // (a)
    private volatile long usedNs;                                       // (a)
    private volatile long doubtedNs;                                    // (a)
    long confirmedNs;               // (n) last answer or, before the first, when the asking began
    long deadlineNs;                // (n) what the timer is armed for
    long askedNs;                   // (n) last request
    long failedNs;                  // (n) when it failed
    int tries;                      // (n) requests since it was last sure
    long rival = NONE;              // (n) station that claims the address too: there is a Contest
    boolean rivalAnswered;          // (n) and has it answered?
    boolean askedAll;               // (n) the last request went to everybody: any answer counts
    boolean hearsay;                // (n) never verified: somebody said so
    private long stationTold = NONE;    // (n) in the last event
    boolean used;                   // (n) a packet was sent to it: it is not mere hearsay

    volatile Neighbor chain;        // (v) next in the same bucket
    AgeList list;                   // (n) of these two
    Neighbor older;                 // (n)
    Neighbor newer;                 // (n)
    long listedNs;                  // (n) `usedNs` when it was listed

    /// Fires for whatever the state waits for; the state says what that was.
    final class Timer extends Callout {
        @Override
        protected void fire(long nowNs) {
            table.timeout(Neighbor.this, nowNs);
        }
    }

    Neighbor(NeighborTable table, long hi, long lo, boolean fixed, long nowNs) {
        this.table = table;
        this.hi = hi;
        this.lo = lo;
        this.fixed = fixed;
        usedNs = nowNs;
        confirmedNs = nowNs;
        doubtedNs = nowNs - DOUBT_GRAIN_NS;
    }

    /// Address, high half of the 128-bit form.
    public long hi() {
        return hi;
    }

    /// Address, low half.
    public long lo() {
        return lo;
    }

    /// The link it is on.
    public NetIf link() {
        return table.link();
    }

    /// False once it was removed from its table: look it up again. No lock needed.
    public boolean live() {
        return live;
    }

    /// How sure we are of it.
    public NeighborState state() {
        return state;
    }

    /// Advice from above that it is reachable (RFC 4861 §7.3.1, RFC 1122 §2.3.2.1): no probe is due for a
    /// while. Cheap enough for every acknowledgment.
    public void confirm(long nowNs) {
        if (state == NeighborState.REACHABLE) {
            long untilNs = nowNs + table.reachableNs();
            if (untilNs - reachableUntilNs > USE_GRAIN_NS) {
                reachableUntilNs = untilNs;
            }
        } else if (state.resolved()) {
            table.confirm(this, nowNs);
        }
    }

    /// Advice from above that it may not be: verified at once, though not more than once per retransmit time.
    public void suspect(long nowNs) {
        NeighborState s = state;
        if (s.resolved() && s != NeighborState.PROBE && !fixed) {
            table.suspect(this, nowNs);
        }
    }

    /// A packet came from its address, by that station. If we know another, one of them is wrong, and it is
    /// found out which. Cheap enough for every packet.
    void seen(long by, long nowNs) {
        if (by != station && !fixed && state.resolved() && nowNs - doubtedNs >= DOUBT_GRAIN_NS) {
            doubtedNs = nowNs;
            table.doubted(this, by, nowNs);
        }
    }

    /// It has answered when another claimed its address: not to be doubted for a while, since there are hosts
    /// that send by several stations and answer for one.
    void believe(long nowNs) {
        doubtedNs = nowNs + NO_DOUBT_NS;
    }

    /// True if a contest was decided a moment ago: an answer by the one who lost is one to what was asked in
    /// it, and no new claim. Else two that both answer would be asked without end (RFC 1122 §2.3.2.1).
    boolean believed(long nowNs) {
        return doubtedNs - nowNs > 0;
    }

    /// Where to send to, if nothing else is to be done before; else [#NONE].
    long ready(long nowNs) {
        NeighborState s = state;
        boolean good = s == NeighborState.REACHABLE ? fixed || nowNs - reachableUntilNs < 0
                : s == NeighborState.DELAY || s == NeighborState.PROBE;
        if (!good) {
            return NONE;
        }
        use(nowNs);
        return station;
    }

    void use(long nowNs) {
        if (nowNs - usedNs > USE_GRAIN_NS) {
            usedNs = nowNs;
        }
    }

    long usedNs() {
        return usedNs;
    }

    /// True if taking it away now would hurt somebody.
    boolean inUse(long nowNs) {
        assert table.held();
        return fixed || used && nowNs - usedNs < table.config().delayNs();
    }

    long station() {
        return station;
    }

    void station(long mac) {
        assert table.held();
        station = mac;
    }

    long reachableUntilNs() {
        return reachableUntilNs;
    }

    /// When it was last confirmed, by an answer or from above.
    long reachableSinceNs() {
        return reachableUntilNs - table.reachableNs();
    }

    void reachableUntilNs(long untilNs) {
        reachableUntilNs = untilNs;
    }

    /// The one place where the state of a live neighbor changes.
    void become(NeighborState next) {
        assert table.held();
        assert next != NeighborState.DELAY || state.resolved() : state + " -> " + next;
        assert !next.resolved() || station != NONE : state + " -> " + next;
        boolean moved = next.resolved() != state.resolved();
        if (Events.wanted(EventKind.NEIGHBOR_CHANGED) && (next != state || station != stationTold)) {
            stationTold = station;
            Events.post(EventKind.NEIGHBOR_CHANGED, "interface", link().name(), "address", InetAddr.of(hi,
                    lo),
                    "state", fixed ? "PERMANENT" : next.name(), "station",
                    next.resolved() ? new MacAddr(station) : null);
        }
        state = next;
        if (moved) {
            table.relist(this);
        }
    }

    /// Removed: whoever still has it finds nothing to send to.
    void dead() {
        assert table.held();
        state = NeighborState.FAILED;
        live = false;
        if (Events.wanted(EventKind.NEIGHBOR_REMOVED)) {
            Events.post(EventKind.NEIGHBOR_REMOVED, "interface", link().name(), "address",
                    InetAddr.of(hi, lo));
        }
    }

    NeighborInfo info(long nowNs) {
        assert table.held();
        long sinceNs = state == NeighborState.REACHABLE && !fixed ? reachableSinceNs() : confirmedNs;
        return new NeighborInfo(link().name(), InetAddr.of(hi, lo),
                state.resolved() ? new MacAddr(station) : null, state, fixed, nowNs - sinceNs, held.count());
    }

    @Override
    public String toString() {
        return InetAddr.of(hi, lo) + " on " + link();
    }
}
