package org.splnet.ip;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.splnet.ip.IpStats.Counter;
import org.splnet.kern.Callout;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Entropy;
import org.splnet.kern.SipHash;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Fate;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Ip4Header;

/// Puts datagrams together (RFC 791 §3.2, RFC 1122 §3.3.2), within bounds: on one datagram's fragments, on
/// what one source may have incomplete, on what all may. Over a bound the oldest makes room, the source's own
/// or anybody's. There may be one fragment too much per thread for the moment it takes to make that room.
///
/// Datagrams lie in [buckets][ReassemblyBucket] by a keyed hash of the source, all of one source in one, so
/// that its share can be seen under one lock.
///
/// Any input thread; `Expired` and everything else outside is called holding nothing.
final class Reassembly {
    /// Told of a datagram that was not complete in time and whose first fragment had come.
    @FunctionalInterface
    interface Expired {
        /// Borrows `first`, which is that fragment as it came.
        void expired(Packet first, long nowNs);
    }

    private static final int BUCKETS = 64;

    private final ReassemblyBucket[] buckets = new ReassemblyBucket[BUCKETS];
    private final AtomicInteger datagrams = new AtomicInteger();
    private final AtomicLong memory = new AtomicLong();
    private final AtomicBoolean armed = new AtomicBoolean();
    private final IpConfig config;
    private final PacketPool pool;
    private final IpStats stats;
    private final CalloutWheel wheel;
    private final Expired expired;
    private final long key0;
    private final long key1;
    private final Callout timer = new Callout() {
        @Override
        protected void fire(long nowNs) {
            expire(nowNs);
        }
    };

    Reassembly(IpConfig config, PacketPool pool, IpStats stats, CalloutWheel wheel, Entropy entropy,
            Expired expired) {
        this.config = config;
        this.pool = pool;
        this.stats = stats;
        this.wheel = wheel;
        this.expired = expired;
        key0 = entropy.nextLong();
        key1 = entropy.nextLong();
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = new ReassemblyBucket(config, datagrams, memory, pool, stats);
        }
    }

    /// Takes a fragment: consumes it.
    ///
    /// @param header of the fragment, checked
    /// @return the datagram it completed, which the caller owns; or null
    Packet add(Packet fragment, Ip4Header header, long nowNs) {
        int len = fragment.end - fragment.l4;
        // RFC 791 §3.2: all but the last are multiples of 8. The end of a datagram is at most 65,535,
        // whatever offset and length add up to.
        if (len == 0 || header.moreFragments() && (len & 7) != 0
                || header.headerLen() + header.fragmentOffset() + len > Ip4Header.MAX_TOTAL) {
            fragment.drop(DropReason.IP_BAD_FRAGMENT);
            return null;
        }
        ReassemblyBucket bucket = buckets[bucketOf(fragment.srcLo)];
        Fate fate = fragment.fate;
        Partial complete = bucket.add(fragment, header, len, nowNs);
        watch(nowNs);
        if (complete == null) {
            makeRoom();
            return null;
        }
        Packet whole;
        try {
            whole = complete.datagram.finish(pool);
        } catch (OutOfMemoryError e) {              // of buffers: Netty's limit
            bucket.discard(complete, DropReason.NO_BUFFERS);
            return null;
        }
        complete.datagram.release();
        whole.fate = fate;                          // of the frame that brings it along
        stats.add(Counter.REASSEMBLED);
        return whole;
    }

    private int bucketOf(long srcLo) {
        return (int) SipHash.hash(key0, key1, srcLo) & BUCKETS - 1;
    }

    /// All wait equally long, so the timer, once armed for the oldest, need not be for younger ones.
    private void watch(long nowNs) {
        if (!armed.getPlain() && datagrams.get() > 0 && armed.compareAndSet(false, true)) {
            wheel.arm(timer, nowNs + config.reassemblyTimeoutNs());
        }
    }

    private void makeRoom() {
        while (datagrams.get() > config.reassemblyDatagrams() || memory.get() > config.reassemblyMemory()) {
            ReassemblyBucket bucket = oldest();
            if (bucket == null || !bucket.evictOldest()) {
                return;
            }
        }
    }

    /// The bucket that has the oldest datagram, or null if all are empty. Looks without locks, so another
    /// thread may be faster: then it is about as old a one that goes.
    private ReassemblyBucket oldest() {
        ReassemblyBucket best = null;
        for (ReassemblyBucket each : buckets) {
            if (!each.empty() && (best == null || each.oldestNs() - best.oldestNs() < 0)) {
                best = each;
            }
        }
        return best;
    }

    private void expire(long nowNs) {
        long startedBy = nowNs - config.reassemblyTimeoutNs();
        try {
            for (ReassemblyBucket bucket : buckets) {
                for (Partial late; (late = bucket.takeStartedBy(startedBy)) != null; ) {
                    giveUp(bucket, late, nowNs);
                }
            }
        } finally {
            watchOldest(nowNs);
        }
    }

    private void watchOldest(long nowNs) {
        ReassemblyBucket next = oldest();
        if (next != null) {
            wheel.arm(timer, next.oldestNs() + config.reassemblyTimeoutNs());
            return;
        }
        armed.set(false);
        watch(nowNs);               // one may have come before the mark was cleared
    }

    private void giveUp(ReassemblyBucket bucket, Partial late, long nowNs) {
        Packet first = null;
        try {
            first = late.datagram.first(pool);
            if (first != null) {
                first.srcLo = late.srcLo;
                first.dstLo = late.dstLo;
                first.proto = late.proto;
                expired.expired(first, nowNs);
            }
        } finally {
            if (first != null) {
                first.free();
            }
            bucket.discard(late, DropReason.IP_REASSEMBLY_TIMEOUT);
        }
    }

    /// How many datagrams are incomplete.
    int size() {
        return datagrams.get();
    }

    /// Octets of memory that they take.
    long memory() {
        return memory.get();
    }

    /// Drops them all.
    void clear() {
        wheel.disarm(timer);
        dropAll();
    }

    /// Drops all there are; others may come meanwhile, and keep their timer.
    void dropAll() {
        for (ReassemblyBucket bucket : buckets) {
            while (bucket.evictOldest()) {
                // the next
            }
        }
    }
}
