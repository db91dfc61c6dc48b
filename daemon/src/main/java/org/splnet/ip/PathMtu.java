package org.splnet.ip;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.splnet.kern.Entropy;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.kern.SipHash;

/// What is known about destinations that take less than our link does (RFC 1191), at most so many, each for a
/// while. Transports enter what they have checked, through [org.splnet.inet.Path#lowerMtu].
///
/// Sets of four slots, chosen by a keyed hash; a full set loses what would be forgotten first. Readers take
/// no lock and allocate nothing.
///
/// Lock key:  (c) constant   (p) `lock`, rank `ROUTES`   (v) volatile, written under (p)
final class PathMtu {
    private static final int SETS = 512;
    private static final int WAYS = 4;

    /// One destination.
    ///
    /// @param fragmentable the report was below what we believe: routers may fragment what goes there
    record Entry(long hi, long lo, int mtu, boolean fragmentable, long expiresNs) {
        boolean alive(long nowNs) {
            return nowNs - expiresNs < 0;
        }
    }

    private final RankedLock lock = new RankedLock(LockRank.ROUTES, "path mtu");            // (c)
    private final AtomicReferenceArray<Entry> slots = new AtomicReferenceArray<>(SETS * WAYS);  // (v)
    private final IpStats stats;                                                            // (c)
    private final int floor;                                                                // (c)
    private final long lifetimeNs;                                                          // (c)
    private final long k0;                                                                  // (c)
    private final long k1;                                                                  // (c)
    private volatile int generation;                                                        // (v)

    PathMtu(IpConfig config, IpStats stats, Entropy entropy) {
        this.stats = stats;
        floor = config.minPathMtu();
        lifetimeNs = config.pathMtuLifetimeNs();
        k0 = entropy.nextLong();
        k1 = entropy.nextLong();
    }

    /// Grows with every entry: who keeps an MTU compares it.
    int generation() {
        return generation;
    }

    /// What is known about a destination, or null.
    Entry find(long hi, long lo, long nowNs) {
        int set = set(hi, lo);
        for (int i = set; i < set + WAYS; i++) {
            Entry entry = slots.get(i);
            if (entry != null && entry.lo == lo && entry.hi == hi && entry.alive(nowNs)) {
                return entry;
            }
        }
        return null;
    }

    /// Lowers a destination's MTU; never raises it (RFC 1191 §3).
    void lower(long hi, long lo, int mtu, long nowNs) {
        lock.lock();
        try {
            Entry known = find(hi, lo, nowNs);
            if (known != null && (known.fragmentable || mtu >= known.mtu)) {
                return;
            }
            var entry = new Entry(hi, lo, Math.max(mtu, floor), mtu < floor, nowNs + lifetimeNs);
            slots.set(victim(hi, lo, nowNs), entry);
            generation = generation + 1;
            stats.add(IpStats.Counter.PATH_MTU_LOWERED);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets everything.
    void clear() {
        lock.lock();
        try {
            for (int i = 0; i < slots.length(); i++) {
                slots.set(i, null);
            }
            generation = generation + 1;
        } finally {
            lock.unlock();
        }
    }

    private int victim(long hi, long lo, long nowNs) {
        assert lock.held();
        int set = set(hi, lo);
        int free = -1;
        int oldest = set;
        for (int i = set; i < set + WAYS; i++) {
            Entry entry = slots.get(i);
            if (entry == null) {
                free = i;
            } else if (entry.lo == lo && entry.hi == hi) {
                return i;
            } else if (!entry.alive(nowNs)) {
                free = i;
            } else if (slots.get(oldest) == null || entry.expiresNs - slots.get(oldest).expiresNs < 0) {
                oldest = i;
            }
        }
        return free >= 0 ? free : oldest;
    }

    private int set(long hi, long lo) {
        return ((int) SipHash.hash(k0, k1, hi, lo) & SETS - 1) * WAYS;
    }
}
