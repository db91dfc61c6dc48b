package org.splnet.net;

import java.util.ArrayList;
import java.util.List;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Entropy;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;

/// The neighbors of one interface in one address family, at most so many, and what waits for them
/// ([HeldFrames]).
///
/// Neighbors come into being by output, or by a request that asks for us (the "merge flag" of RFC 826):
/// nobody else's talk creates one. What is not resolved may fill half of the table only, and then the oldest
/// makes room, so that packets forged to make us look for a subnet's worth of neighbors displace each other
/// and no neighbor we know (RFC 6583 §7.1, §7.2).
///
/// Look-ups and sending to a neighbor in good standing take no lock. One lock serves all entries: it is held
/// for a few stores, or while the packets that waited for one neighbor go into the transmit queue.
///
/// Lock key:  (c) constant   (n) `lock`, rank `NEIGHBOR`
final class NeighborTable {
    private final RankedLock lock = new RankedLock(LockRank.NEIGHBOR, "neighbors");     // (c)
    private final EtherIf link;                                                         // (c)
    private final NetConfig.Neighbors config;                                           // (c)
    private final Reachability reachability;                                            // (c)
    private final Contest contest;                                                      // (c)
    private final NeighborIndex index;                      // written under (n), read without
    private final AgeList resolved = new AgeList();         // (n)
    private final AgeList unresolved = new AgeList();       // (n)
    private final HeldFrames waiting;                       // (c) itself (n)
    private int fixedCount;                                 // (n)

    NeighborTable(EtherIf link, NetConfig.Neighbors config, Resolver resolver, CalloutWheel wheel,
            Entropy entropy) {
        this.link = link;
        this.config = config;
        waiting = new HeldFrames(lock, link, config);
        index = new NeighborIndex(config.limit(), entropy.nextLong());
        reachability = new Reachability(this, resolver, wheel, entropy);
        contest = new Contest(this, reachability);
    }

    EtherIf link() {
        return link;
    }

    NetConfig.Neighbors config() {
        return config;
    }

    Contest contest() {
        return contest;
    }

    boolean held() {
        return lock.held();
    }

    long reachableNs() {
        return reachability.reachableNs();
    }

    /// The neighbor with that address, or null. Lock-free.
    Neighbor find(long hi, long lo) {
        return index.find(hi, lo);
    }

    /// The neighbor with that address, created if need be; null if there is no room.
    Neighbor neighbor(long hi, long lo, long nowNs) {
        Neighbor n = find(hi, lo);
        if (n != null) {
            return n;
        }
        lock.lock();
        try {
            return findOrCreate(hi, lo, nowNs);
        } finally {
            lock.unlock();
        }
    }

    /// Sends a frame to a neighbor that was not [Neighbor#ready]: now, or when it is resolved. Consumes
    /// `frame`, which lacks the destination only.
    Output send(Neighbor hop, Packet frame, long nowNs) {
        lock.lock();
        try {
            if (!link.up()) {           // since the caller looked: whoever flushes after us would miss it
                return link.refuse(frame, DropReason.INTERFACE_DOWN, Output.DOWN);
            }
            // Removed behind the caller's back: the address is what the caller meant.
            Neighbor n = hop.live() ? hop : findOrCreate(hop.hi(), hop.lo(), nowNs);
            if (n == null) {
                return link.refuse(frame, DropReason.NEIGHBOR_TABLE_FULL, Output.QUEUE_FULL);
            }
            n.used = true;
            n.use(nowNs);
            if (n.state().resolved()) {
                reachability.used(n, nowNs);
                Ether.destination(frame, n.station());
                return link.transmit(frame);
            }
            if (reachability.refused(n, nowNs)) {
                return link.refuse(frame, DropReason.NEIGHBOR_UNREACHABLE, Output.HOST_DOWN);
            }
            if (n.tries == 0 || n.state() == NeighborState.FAILED) {
                reachability.ask(n, nowNs);
            }
            return waiting.hold(n, frame);
        } finally {
            lock.unlock();
        }
    }

    /// A station said that it has the address.
    ///
    /// @param answer true if it told us, and not the world, and may have been asked
    /// @param create true if it wants something of us and so will be needed
    void heard(long hi, long lo, long station, boolean answer, boolean create, long nowNs) {
        if (!create && find(hi, lo) == null) {
            return;                 // gossip, the cheapest to flood us with, costs no lock
        }
        lock.lock();
        try {
            Neighbor n = find(hi, lo);
            if (n == null) {
                n = create && link.up() ? create(hi, lo, true, nowNs) : null;
            }
            if (n != null && !n.fixed) {
                learn(n, station, answer, nowNs);
            }
        } finally {
            lock.unlock();
        }
    }

    private void learn(Neighbor n, long station, boolean answer, long nowNs) {
        NeighborState s = n.state();
        boolean asked = n.askedAll || s == NeighborState.DELAY || s == NeighborState.PROBE;
        if (s.resolved() && n.station() == station) {
            if (answer && asked && s != NeighborState.REACHABLE) {
                reachability.confirmed(n, nowNs);
            }
            return;                 // RFC 4861 §7.2.5: else nothing that we do not know already
        }
        if (answer && n.askedAll && s != NeighborState.FAILED) {            // to "who has it?"
            moved(n, station, nowNs);
        } else if (s.resolved()) {
            if (answer && station == n.rival) {
                contest.answered(n, nowNs);
            } else if (!answer || !n.believed(nowNs)) {
                contest.begin(n, station, nowNs);
            }
        } else if (s == NeighborState.INCOMPLETE && !Contest.over(n)) {
            n.rival = station;      // the latest of several claims
        } else {
            adopt(n, station, nowNs);
        }
    }

    /// A packet came from its address by another station.
    void doubted(Neighbor n, long by, long nowNs) {
        lock.lock();
        try {
            if (n.live() && n.state().resolved() && n.station() != by) {
                contest.begin(n, by, nowNs);
            }
        } finally {
            lock.unlock();
        }
    }

    /// It is proven to be at that station.
    void moved(Neighbor n, long station, long nowNs) {
        deliver(n, station);
        reachability.confirmed(n, nowNs);
    }

    /// Takes a station at its word.
    void adopt(Neighbor n, long station, long nowNs) {
        deliver(n, station);
        reachability.heardOf(n, nowNs);
    }

    /// What waited goes first: nobody finds the way without the lock until the state says so.
    private void deliver(Neighbor n, long station) {
        assert lock.held();
        n.station(station);
        waiting.send(n, station);
    }

    void confirm(Neighbor n, long nowNs) {
        lock.lock();
        try {
            if (n.live() && n.state().resolved()) {
                reachability.confirmed(n, nowNs);
            }
        } finally {
            lock.unlock();
        }
    }

    void suspect(Neighbor n, long nowNs) {
        lock.lock();
        try {
            if (n.live()) {
                reachability.suspected(n, nowNs);
            }
        } finally {
            lock.unlock();
        }
    }

    void timeout(Neighbor n, long nowNs) {
        lock.lock();
        try {
            reachability.timeout(n, nowNs);
        } finally {
            lock.unlock();
        }
    }

    /// Enters a neighbor for good, in place of what was known of it.
    ///
    /// @throws IllegalStateException if the table has no room
    void fix(long hi, long lo, long station, long nowNs) {
        lock.lock();
        try {
            Neighbor before = find(hi, lo);
            if (before != null) {
                remove(before, DropReason.NEIGHBOR_UNREACHABLE);
            }
            if (!makeRoom(false, nowNs)) {
                throw new IllegalStateException(link + ": no room for another neighbor: all "
                        + config.limit() + " are in use");
            }
            var n = new Neighbor(this, hi, lo, true, nowNs);
            n.station(station);
            n.become(NeighborState.REACHABLE);
            index.insert(n);
            fixedCount++;
        } finally {
            lock.unlock();
        }
    }

    /// Removes one, static or not.
    ///
    /// @return false if there was none
    boolean forget(long hi, long lo) {
        lock.lock();
        try {
            Neighbor n = find(hi, lo);
            if (n != null) {
                remove(n, DropReason.NEIGHBOR_UNREACHABLE);
            }
            return n != null;
        } finally {
            lock.unlock();
        }
    }

    /// All but static entries go; who is being asked for at the moment only if `asked`.
    void flush(boolean asked, DropReason reason) {
        lock.lock();
        try {
            resolved.each(n -> true, n -> remove(n, reason));
            unresolved.each(n -> asked || n.state() == NeighborState.FAILED, n -> remove(n, reason));
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return count();
        } finally {
            lock.unlock();
        }
    }

    /// All of them, in no order, for people to look at.
    List<NeighborInfo> info(long nowNs) {
        var all = new ArrayList<NeighborInfo>();
        index.forEach(n -> {
            lock.lock();
            try {
                if (n.live()) {
                    all.add(n.info(nowNs));
                }
            } finally {
                lock.unlock();
            }
        });
        return all;
    }

    /// The neighbor's tries are used up.
    void undeliverable(Neighbor n, long nowNs) {
        waiting.giveBack(n, nowNs);
    }

    private Neighbor findOrCreate(long hi, long lo, long nowNs) {
        Neighbor n = find(hi, lo);
        return n != null ? n : create(hi, lo, false, nowNs);
    }

    private Neighbor create(long hi, long lo, boolean known, long nowNs) {
        if (!makeRoom(!known, nowNs)) {
            return null;
        }
        var n = new Neighbor(this, hi, lo, false, nowNs);
        index.insert(n);
        unresolved.add(n);
        reachability.created(n, nowNs);
        return n;
    }

    /// True if one more fits, after the longest unused had to go for it.
    private boolean makeRoom(boolean forUnresolved, long nowNs) {
        int limit = config.limit();
        Neighbor victim = null;
        if (forUnresolved && unresolved.size() >= limit / 2) {
            victim = unresolved.first();
        } else if (count() >= limit) {
            victim = resolved.oldestIdle(nowNs);
            victim = victim != null ? victim : unresolved.first();
        }
        if (victim != null) {
            remove(victim, DropReason.NEIGHBOR_TABLE_FULL);
        }
        return count() < limit;
    }

    private int count() {
        assert lock.held();
        return resolved.size() + unresolved.size() + fixedCount;
    }

    /// Takes it out.
    ///
    /// @param reason why packets that waited for it are dropped; null if none can
    void remove(Neighbor n, DropReason reason) {
        assert lock.held() && n.live();
        index.remove(n);
        if (n.fixed) {
            fixedCount--;
        } else {
            n.list.remove(n);
        }
        waiting.drop(n, reason);
        reachability.stop(n);
        n.dead();
    }

    /// Its state went from resolved to not, or back.
    void relist(Neighbor n) {
        if (n.list != null) {
            n.list.remove(n);
            (n.state().resolved() ? resolved : unresolved).add(n);
        }
    }
}
