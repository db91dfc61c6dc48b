package org.splnet.ip;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.splnet.ip.IpStats.Counter;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Ip4Header;

/// Some of the datagrams under reassembly, oldest first. Sources have few incomplete datagrams at a time, by
/// nature or by bound, so a list is searched.
///
/// Lock key:  (c) constant   (b) `lock`, rank `REASSEMBLY`   (v) volatile, written under it
final class ReassemblyBucket {
    private final RankedLock lock = new RankedLock(LockRank.REASSEMBLY, "reassembly");  // (c)
    private final IpConfig config;                                                      // (c)
    private final AtomicInteger allDatagrams;                                           // (c)
    private final AtomicLong allMemory;                                                 // (c)
    private final PacketPool pool;                                                      // (c)
    private final IpStats stats;                                                        // (c)
    private Partial oldest;                                                             // (b)
    private Partial newest;                                                             // (b)
    private int datagrams;                                                              // (b)
    private long memory;                                                                // (b)
    private volatile boolean empty = true;                                              // (v)
    private volatile long oldestNs;                                                     // (v)

    /// @param allDatagrams how many all buckets have
    /// @param allMemory what they take
    ReassemblyBucket(IpConfig config, AtomicInteger allDatagrams, AtomicLong allMemory, PacketPool pool,
            IpStats stats) {
        this.config = config;
        this.allDatagrams = allDatagrams;
        this.allMemory = allMemory;
        this.pool = pool;
        this.stats = stats;
    }

    boolean empty() {
        return empty;
    }

    /// When the oldest one's first fragment came; means nothing if the bucket is empty.
    long oldestNs() {
        return oldestNs;
    }

    /// Takes a fragment: consumes it.
    ///
    /// @return the datagram it completed, which is in the bucket no more; or null
    Partial add(Packet fragment, Ip4Header header, int len, long nowNs) {
        Partial partial;
        DropReason wrong;
        boolean complete = false;
        lock.lock();
        try {
            partial = find(fragment, header.id());
            if (partial == null) {
                partial = new Partial(fragment, header.id(), config.reassemblyFragments(), nowNs);
                link(partial);
            }
            wrong = partial.spoiled;
            if (wrong == null) {
                Datagram.Verdict verdict = take(partial, fragment, header, len);
                complete = verdict == Datagram.Verdict.COMPLETE;
                wrong = verdict.stored() ? null : reason(verdict);
            }
        } finally {
            lock.unlock();
        }
        if (wrong == null) {
            fragment.free();        // kept as a copy, or counted with those that were
        } else {
            fragment.drop(wrong);
        }
        return complete ? partial : null;
    }

    private Partial find(Packet fragment, int id) {
        for (Partial each = oldest; each != null; each = each.newer) {
            if (each.is(fragment, id)) {
                return each;
            }
        }
        return null;
    }

    private Datagram.Verdict take(Partial partial, Packet fragment, Ip4Header header, int len) {
        assert lock.held();
        Datagram datagram = partial.datagram;
        long before = datagram.occupied();
        Datagram.Verdict verdict = datagram.add(fragment, header, len, pool.allocator());
        charge(datagram.occupied() - before);
        switch (verdict) {
            case TAKEN -> keepShare(partial);
            case COMPLETE -> unlink(partial);
            case DUPLICATE, NO_MEMORY -> { }
            case OVERLAP, TOO_MANY, TOO_LONG, BAD_ECN -> spoil(partial, reason(verdict));
        }
        return verdict;
    }

    private static DropReason reason(Datagram.Verdict verdict) {
        return switch (verdict) {
            case TAKEN, COMPLETE -> null;
            case DUPLICATE -> DropReason.IP_FRAGMENT_DUPLICATE;
            case NO_MEMORY -> DropReason.NO_BUFFERS;
            case OVERLAP -> DropReason.IP_FRAGMENT_OVERLAP;
            case TOO_MANY -> DropReason.IP_REASSEMBLY_FULL;
            case TOO_LONG, BAD_ECN -> DropReason.IP_BAD_FRAGMENT;
        };
    }

    private void spoil(Partial partial, DropReason reason) {
        partial.spoiled = reason;
        long before = partial.datagram.occupied();
        count(partial, reason);
        partial.datagram.release();
        charge(partial.datagram.occupied() - before);
    }

    /// The source's older ones make room if it has too many or too much.
    private void keepShare(Partial keep) {
        // Nothing to be counted while the whole bucket is within the share of one.
        int most = config.reassemblyDatagramsPerSource();
        long mostMemory = config.reassemblyMemoryPerSource();
        if (datagrams <= most && memory <= mostMemory) {
            return;
        }
        int has = 0;
        long takes = 0;
        for (Partial each = oldest; each != null; each = each.newer) {
            if (each.srcLo == keep.srcLo) {
                has++;
                takes += each.datagram.occupied();
            }
        }
        Partial next;
        for (Partial each = oldest; each != null; each = next) {
            next = each.newer;
            if (has <= most && takes <= mostMemory) {
                return;
            }
            if (each.srcLo == keep.srcLo && each != keep) {
                has--;
                takes -= each.datagram.occupied();
                unlink(each);
                discard(each, DropReason.IP_REASSEMBLY_FULL);
            }
        }
    }

    private void link(Partial partial) {
        partial.older = newest;
        if (newest == null) {
            oldest = partial;
        } else {
            newest.newer = partial;
        }
        newest = partial;
        datagrams++;
        allDatagrams.incrementAndGet();
        charge(partial.datagram.occupied());
        published();
    }

    private void unlink(Partial partial) {
        assert lock.held();
        if (partial.older == null) {
            oldest = partial.newer;
        } else {
            partial.older.newer = partial.newer;
        }
        if (partial.newer == null) {
            newest = partial.older;
        } else {
            partial.newer.older = partial.older;
        }
        partial.older = null;
        partial.newer = null;
        datagrams--;
        allDatagrams.decrementAndGet();
        charge(-partial.datagram.occupied());
        published();
    }

    private void published() {
        oldestNs = oldest == null ? 0 : oldest.startedNs;
        empty = oldest == null;
    }

    private void charge(long octets) {
        memory += octets;
        allMemory.addAndGet(octets);
    }

    /// Takes the oldest one out if it came no later than `startedBy`; the caller owns it. Null if it did not.
    Partial takeStartedBy(long startedBy) {
        lock.lock();
        try {
            Partial late = oldest;
            if (late == null || late.startedNs - startedBy > 0) {
                return null;
            }
            unlink(late);
            return late;
        } finally {
            lock.unlock();
        }
    }

    /// Drops the oldest one.
    ///
    /// @return false if there was none
    boolean evictOldest() {
        Partial victim;
        lock.lock();
        try {
            victim = oldest;
            if (victim == null) {
                return false;
            }
            unlink(victim);
        } finally {
            lock.unlock();
        }
        discard(victim, DropReason.IP_REASSEMBLY_FULL);
        return true;
    }

    /// Drops what is there of a datagram that is in no bucket any more.
    void discard(Partial partial, DropReason reason) {
        if (partial.spoiled == null) {
            count(partial, reason);
        }
        partial.datagram.release();
    }

    private void count(Partial partial, DropReason reason) {
        stats.add(Counter.REASSEMBLY_FAILURES);
        for (int i = partial.datagram.fragments(); i > 0; i--) {
            pool.drops().add(reason);
        }
    }
}
