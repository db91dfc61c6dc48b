package org.splnet.tcp;

import java.util.Arrays;
import org.splnet.wire.Seq;

/// What is on its way, packet by packet in order of sequence numbers: when each was sent last, and whether it
/// is known to be held by the peer (SACKed, RFC 2018) or taken for lost. Adjoining packets: each begins where
/// the one before it ends, the first at the oldest number that is not acknowledged.
///
/// A container: no lock, no clock. It grows with the packets in the window, up to a cap beyond which those of
/// which the same is known are joined, and none is cut for what the peer holds of it; and holds no memory
/// while nothing is on its way. Covered by its connection's lock.
final class Scoreboard {
    /// Told of each packet, or part of one, that has arrived for the first time as far as is known.
    interface Delivery {
        /// @param end behind its last octet
        /// @param sentNs when it was sent last
        /// @param resent it was sent more than once
        void delivered(int end, long sentNs, boolean resent);
    }

    private static final int FIRST = 8;
    private static final int[] NO_INTS = {};
    private static final long[] NO_LONGS = {};
    private static final byte[] NO_BYTES = {};
    /// Arrays longer than this are given back when nothing is on its way.
    private static final int KEEP = 16;
    /// So many, and few more, however small the segments are and whatever the peer says of them.
    static final int MANY = 4096;
    /// The most octets in a packet that others have joined.
    private static final int LARGEST = 1 << 16;

    private static final byte SACKED = 1;
    private static final byte LOST = 2;
    private static final byte RESENT = 4;

    private int[] end = NO_INTS;
    private long[] sentNs = NO_LONGS;
    private byte[] flags = NO_BYTES;
    private long lastNs;
    private boolean stamped;
    private int head;
    private int count;
    private int base;                  // where the first packet begins
    private int sackedOctets;
    private int sackedPackets;
    private int lostOctets;
    private int firstLost;             // no packet before this one is lost

    boolean isEmpty() {
        return count == 0;
    }

    /// How many packets there are.
    int size() {
        return count;
    }

    /// First octet of packet `i`.
    int start(int i) {
        return i == 0 ? base : end[head + i - 1];
    }

    /// Behind the last octet of packet `i`.
    int end(int i) {
        return end[head + i];
    }

    /// When packet `i` was sent, the last time if it was sent again.
    long sentNs(int i) {
        return sentNs[head + i];
    }

    boolean isSacked(int i) {
        return (flags[head + i] & SACKED) != 0;
    }

    boolean isLost(int i) {
        return (flags[head + i] & LOST) != 0;
    }

    boolean isResent(int i) {
        return (flags[head + i] & RESENT) != 0;
    }

    /// Octets that the peer holds out of order.
    int sacked() {
        return sackedOctets;
    }

    /// Packets that the peer holds out of order.
    int sackedPackets() {
        return sackedPackets;
    }

    /// Octets taken for lost and not sent again since.
    int lost() {
        return lostOctets;
    }

    /// Octets believed to be on their way: neither held nor lost (the pipe of RFC 6675 §4).
    int inFlight() {
        return count == 0 ? 0 : end(count - 1) - base - sackedOctets - lostOctets;
    }

    /// `[seq, end)` was sent, where the last packet ends.
    ///
    /// @param again it had been sent before, and was forgotten here
    void sent(int seq, int endSeq, boolean again, long nowNs) {
        if (count == 0) {
            base = seq;
        }
        assert count == 0 || end(count - 1) == seq : "a gap in what is on its way";
        reserve();
        int at = head + count++;
        end[at] = endSeq;
        sentNs[at] = stamp(nowNs);
        flags[at] = again ? RESENT : 0;
        joined(count - 1);
    }

    /// `[start(i), to)` was sent again; the rest of packet `i` is a packet of its own then. Others may have
    /// another place now.
    void resent(int i, int to, long nowNs) {
        if (to != end(i)) {
            split(i, to);
        }
        clearLost(i);
        flags[head + i] |= RESENT;
        sentNs[head + i] = stamp(nowNs);
        joined(i);
    }

    /// The last packet, made no larger than `most` octets.
    int last(int most) {
        int i = count - 1;
        if (end(i) - start(i) > most) {
            split(i, end(i) - most);
            i++;
        }
        return i;
    }

    /// A time for each packet, so that the order of any two is known however coarse the clock is.
    private long stamp(long nowNs) {
        lastNs = stamped && lastNs - nowNs >= 0 ? lastNs + 1 : nowNs;
        stamped = true;                    // a clock may begin anywhere, also below zero
        return lastNs;
    }

    /// The peer holds `[from, to)`. Of a packet of many segments only whole segments count, so that a peer
    /// cannot have it cut to pieces (CVE-2019-11478); and where there are many packets, only whole ones: what
    /// is held of others goes again at worst.
    ///
    /// @return octets that were not known
    int sack(int from, int to, int mss, Delivery delivery) {
        int before = sackedOctets;
        for (int i = holding(from); i < count && Seq.lt(start(i), to); i++) {
            if (isSacked(i)) {
                continue;
            }
            int cutEnd = whole(i, Seq.min(to, end(i)), mss, false);
            int cutStart = whole(i, Seq.max(from, start(i)), mss, true);
            boolean cut = cutStart != start(i) || cutEnd != end(i);
            if (Seq.geq(cutStart, cutEnd) || cut && count >= MANY) {
                continue;
            }
            if (cutEnd != end(i)) {
                split(i, cutEnd);
            }
            if (cutStart != start(i)) {
                split(i++, cutStart);
            }
            hold(i, delivery);
            i = joined(i);
        }
        return sackedOctets - before;
    }

    /// `seq` in packet `i`, moved to where one of its segments ends.
    private int whole(int i, int seq, int mss, boolean up) {
        if (seq == end(i)) {
            return seq;
        }
        int off = (seq - start(i)) % mss;
        return off == 0 ? seq : up ? Seq.min(seq - off + mss, end(i)) : seq - off;
    }

    private void hold(int i, Delivery delivery) {
        clearLost(i);
        flags[head + i] |= SACKED;
        sackedOctets += end(i) - start(i);
        sackedPackets++;
        delivery.delivered(end(i), sentNs(i), isResent(i));
    }

    /// Everything before `una` is acknowledged: forgets it.
    ///
    /// @return octets of it that were not known to be held
    int advance(int una, Delivery delivery) {
        int news = 0;
        while (count > 0 && Seq.leq(end(0), una)) {
            news += leave(end(0), delivery);
            base = end(0);
            head++;
            count--;
            firstLost = Math.max(firstLost - 1, 0);
        }
        if (count == 0) {
            clear();
        } else if (Seq.lt(base, una)) {
            news += leave(una, delivery);
            base = una;
        }
        return news;
    }

    /// The first packet is acknowledged up to `to`.
    private int leave(int to, Delivery delivery) {
        int octets = to - base;
        if (isSacked(0)) {
            sackedOctets -= octets;
            sackedPackets -= to == end(0) ? 1 : 0;
            return 0;
        }
        if (isLost(0)) {
            lostOctets -= octets;
        }
        delivery.delivered(to, sentNs(0), isResent(0));
        return octets;
    }

    /// Packet `i`, which is not held, is taken for lost.
    void lose(int i) {
        assert !isSacked(i);
        if (!isLost(i)) {
            flags[head + i] |= LOST;
            lostOctets += end(i) - start(i);
            firstLost = Math.min(firstLost, i);
        }
    }

    /// All that is not held is taken for lost.
    void loseAll() {
        for (int i = 0; i < count; i++) {
            if (!isSacked(i)) {
                lose(i);
            }
        }
    }

    /// Nothing is lost after all.
    void loseNone() {
        for (int i = firstLost; i < count && lostOctets > 0; i++) {
            clearLost(i);
        }
    }

    /// The peer has given up what it held (RFC 2018 §8).
    void forgetSacked() {
        for (int i = 0; i < count; i++) {
            flags[head + i] &= ~SACKED;
        }
        sackedOctets = 0;
        sackedPackets = 0;
    }

    /// The first packet that is lost; there must be one.
    int firstLost() {
        assert lostOctets > 0;
        while (!isLost(firstLost)) {
            firstLost++;
        }
        return firstLost;
    }

    /// True if the packet with the octet `seq` is lost.
    boolean lostAt(int seq) {
        int i = holding(seq);
        return i < count && isLost(i);
    }

    /// Forgets everything.
    void clear() {
        head = 0;
        count = 0;
        sackedOctets = 0;
        sackedPackets = 0;
        lostOctets = 0;
        firstLost = 0;
        if (end.length > KEEP) {
            end = NO_INTS;
            sentNs = NO_LONGS;
            flags = NO_BYTES;
        }
    }

    private void clearLost(int i) {
        if (isLost(i)) {
            flags[head + i] &= ~LOST;
            lostOctets -= end(i) - start(i);
        }
    }

    /// The packet that contains `seq`, or the first one behind it; [#size] if there is none.
    private int holding(int seq) {
        int low = 0;
        int high = count;
        while (low < high) {
            int mid = low + high >>> 1;
            if (Seq.leq(end(mid), seq)) {
                low = mid + 1;
            } else {
                high = mid;
            }
        }
        return low;
    }

    /// Makes two packets of packet `i`; both inherit all that is known of it.
    private void split(int i, int at) {
        assert Seq.lt(start(i), at) && Seq.lt(at, end(i));
        reserve();
        int from = head + i;
        int tail = count - i;
        System.arraycopy(end, from, end, from + 1, tail);
        System.arraycopy(sentNs, from, sentNs, from + 1, tail);
        System.arraycopy(flags, from, flags, from + 1, tail);
        end[from] = at;
        count++;
        if (isSacked(i)) {
            sackedPackets++;
        }
        if (firstLost > i) {
            firstLost++;
        }
    }

    /// If there are too many, packet `i`, which is not lost, joins the one before it, of which the same is
    /// known but for when it was sent.
    ///
    /// @return its place
    private int joined(int i) {
        int at = head + i;
        if (count <= MANY || i == 0 || isSacked(i) != isSacked(i - 1) || end[at] - start(i - 1) > LARGEST
                || !isSacked(i) && flags[at] != flags[at - 1]) {
            return i;
        }
        if (isSacked(i)) {
            sackedPackets--;
        }
        flags[at] |= flags[at - 1];
        sentNs[at] = Math.max(sentNs[at] - sentNs[at - 1], 0) + sentNs[at - 1];
        int tail = count - i;
        System.arraycopy(end, at, end, at - 1, tail);
        System.arraycopy(sentNs, at, sentNs, at - 1, tail);
        System.arraycopy(flags, at, flags, at - 1, tail);
        count--;
        if (firstLost >= i) {
            firstLost--;
        }
        return i - 1;
    }

    /// Room for one more at the end.
    private void reserve() {
        if (head + count < end.length) {
            return;
        }
        if (head > end.length / 2) {
            System.arraycopy(end, head, end, 0, count);
            System.arraycopy(sentNs, head, sentNs, 0, count);
            System.arraycopy(flags, head, flags, 0, count);
        } else {
            int size = Math.max(end.length * 2, FIRST);
            end = Arrays.copyOfRange(end, head, head + size);
            sentNs = Arrays.copyOfRange(sentNs, head, head + size);
            flags = Arrays.copyOfRange(flags, head, head + size);
        }
        head = 0;
    }
}
