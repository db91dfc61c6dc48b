package org.splnet.ip;

import org.splnet.ip.IpStats.Counter;
import org.splnet.kern.Callout;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Entropy;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.kern.SipHash;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Ip4Header;

/// Puts datagrams together from their fragments (RFC 791 §3.2, RFC 815, RFC 1122 §3.3.2).
///
/// Datagrams lie in buckets by a keyed hash of addresses and protocol, not of the identification: whoever
/// floods
/// fills the bucket its addresses lead to, pushes out its own oldest, and leaves the others' alone. What a
/// bucket may
/// hold is a fixed share of the whole, by number and by the octets that are really occupied.
///
/// Any input thread. Locks: each bucket its own, rank `REASSEMBLY`; `Expired` is called with none held.
final class Reassembly {
    /// Told of a datagram that was not complete in time and whose first fragment had come.
    @FunctionalInterface
    interface Expired {
        /// Borrows `packet`, which begins with the first fragment's header.
        void expired(Packet packet, long nowNs);
    }

    private static final int BUCKETS = 64;

    private final Bucket[] buckets = new Bucket[BUCKETS];
    private final IpConfig config;
    private final PacketPool pool;
    private final IpStats stats;
    private final CalloutWheel wheel;
    private final Expired expired;
    private final long key0;
    private final long key1;

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
            buckets[i] = new Bucket();
        }
    }

    /// Takes a fragment: consumes it.
    ///
    /// @param header of the fragment, checked
    /// @return the datagram it completed, which the caller owns; or null
    Packet add(Packet fragment, Ip4Header header, long nowNs) {
        int len = fragment.end - fragment.l4;
        int offset = header.fragmentOffset();
        boolean more = header.moreFragments();
        // RFC 791: all but the last are multiples of 8; RFC 1122 §3.3.2 and the ping of death: nothing beyond
        // what a datagram can be
        if (len == 0 || more && (len & 7) != 0
                || offset + len + header.headerLen() > Ip4Header.MAX_TOTAL) {
            fragment.drop(DropReason.IP_BAD_FRAGMENT);
            return null;
        }
        long hash = SipHash.hash(key0, key1, fragment.srcLo, fragment.dstLo, fragment.proto);
        return buckets[(int) hash & BUCKETS - 1].add(fragment, header, offset, len, more, nowNs);
    }

    /// How many datagrams are incomplete.
    int size() {
        int size = 0;
        for (Bucket bucket : buckets) {
            size += bucket.size();
        }
        return size;
    }

    /// Some of the datagrams, the oldest first, all with the same patience: so the oldest is the first to
    /// expire.
    ///
    /// Lock key: (b) `lock`.
    private final class Bucket extends Callout {
        private final RankedLock lock = new RankedLock(LockRank.REASSEMBLY, "reassembly");
        private Datagram oldest;     // (b)
        private Datagram newest;     // (b)
        private int count;           // (b)
        private long octets;         // (b)

        Packet add(Packet fragment, Ip4Header header, int offset, int len, boolean more, long nowNs) {
            DropReason wrong = null;
            Datagram datagram = null;
            Packet whole = null;
            lock.lock();
            try {
                datagram = find(fragment, header.id());
                if (datagram == null) {
                    datagram = open(fragment, header.id(), nowNs);
                }
                long before = datagram.occupied();
                wrong = datagram.add(fragment, header, offset, len, more);
                octets += datagram.occupied() - before;
                if (datagram.complete()) {
                    unlink(datagram);
                    whole = datagram.finish();
                } else {
                    makeRoom(datagram);
                }
            } finally {
                lock.unlock();
            }
            settle(fragment, wrong);
            if (whole != null) {
                stats.add(Counter.REASSEMBLED);
            }
            return whole;
        }

        private void settle(Packet fragment, DropReason wrong) {
            if (wrong != null) {
                fragment.drop(wrong);
            } else {
                fragment.free();
            }
        }

        private Datagram find(Packet fragment, int id) {
            for (Datagram each = oldest; each != null; each = each.newer) {
                if (each.matches(fragment, id)) {
                    return each;
                }
            }
            return null;
        }

        private Datagram open(Packet fragment, int id, long nowNs) {
            var datagram = new Datagram(pool, fragment, id, nowNs + config.reassemblyTimeoutNs(),
                    config.reassemblyFragments(), stats);
            datagram.older = newest;
            if (newest == null) {
                oldest = datagram;
                wheel.arm(this, datagram.deadlineNs);
            } else {
                newest.newer = datagram;
            }
            newest = datagram;
            count++;
            return datagram;
        }

        private void unlink(Datagram datagram) {
            if (datagram.older == null) {
                oldest = datagram.newer;
            } else {
                datagram.older.newer = datagram.newer;
            }
            if (datagram.newer == null) {
                newest = datagram.older;
            } else {
                datagram.newer.older = datagram.older;
            }
            datagram.older = null;
            datagram.newer = null;
            count--;
            octets -= datagram.occupied();
        }

        /// Pushes out the oldest others until the bucket is within its share.
        private void makeRoom(Datagram keep) {
            while (count > config.reassemblyDatagrams() / BUCKETS
                    || octets > config.reassemblyOctets() / BUCKETS && oldest != keep) {
                Datagram victim = oldest == keep ? keep.newer : oldest;
                unlink(victim);
                victim.discard(DropReason.IP_REASSEMBLY_FULL);
            }
        }

        int size() {
            lock.lock();
            try {
                return count;
            } finally {
                lock.unlock();
            }
        }

        /// The oldest may have expired.
        @Override
        protected void fire(long nowNs) {
            for (Datagram late; (late = takeExpired(nowNs)) != null; ) {
                Packet first = late.firstFragment();
                if (first != null) {
                    expired.expired(first, nowNs);
                    first.free();
                }
                late.discard(DropReason.IP_REASSEMBLY_TIMEOUT);
            }
        }

        private Datagram takeExpired(long nowNs) {
            lock.lock();
            try {
                if (oldest == null) {
                    return null;
                }
                if (nowNs - oldest.deadlineNs < 0) {
                    wheel.arm(this, oldest.deadlineNs);
                    return null;
                }
                Datagram late = oldest;
                unlink(late);
                return late;
            } finally {
                lock.unlock();
            }
        }
    }
}
