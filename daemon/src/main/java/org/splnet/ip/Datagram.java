package org.splnet.ip;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Ip4Header;

/// The fragments of one datagram, as they come (RFC 815 does it with holes; fragments say more). A container:
/// no lock, no clock, at most so many fragments.
///
/// Payload is copied into a buffer of its own size, so that a fragment never pins the larger one it was read
/// into, nor makes room for what may never come. Fragments never overlap, so they are complete when their
/// lengths add up to the end of the last.
///
/// An exact duplicate, octet for octet, is harmless and ignored (RFC 8200 §4.5). Any other overlap spoils the
/// datagram: no honest sender makes one, and what two hosts make of one differs (RFC 1858, RFC 5722). A
/// spoiled datagram stays, empty, until its time is up, so that what else comes of it is not taken for a new
/// one.
///
/// Covered by its bucket's lock; once taken out of the bucket, owned by one thread.
final class Datagram {
    /// What became of a fragment.
    enum Verdict {
        /// Taken.
        TAKEN,
        /// Taken, and it was the last one missing.
        COMPLETE,
        /// It was there already.
        DUPLICATE,
        /// There is no memory for it.
        NO_MEMORY,
        /// It overlaps another, or two of them claim to be the end.
        OVERLAP,
        /// One too many.
        TOO_MANY,
        /// With its options or another's, the datagram is longer than a datagram can be.
        TOO_LONG,
        /// Some hops marked it for congestion and some senders had not allowed that (RFC 3168 §5.3).
        BAD_ECN;

        /// True if the fragment was taken, if only to find the whole not to be right.
        boolean stored() {
            return this != DUPLICATE && this != NO_MEMORY && this != OVERLAP && this != TOO_MANY;
        }
    }

    /// Memory that a datagram takes beside its payload, and a fragment.
    static final int COST = 256;
    static final int FRAGMENT_COST = 160;
    private static final int NOT_ECT = 0;
    private static final int CE = 3;
    private static final int UNKNOWN = -1;

    private final int maxFragments;
    private int[] froms = new int[2];
    private int[] tos = new int[2];
    private ByteBuf[] payloads = new ByteBuf[2];
    private ByteBuf header;         // of the first fragment, options included
    private int count;
    private int octets;
    private int total = UNKNOWN;
    private int ecns;               // bit n: ECN codepoint n was seen
    private int flags;
    private int rcvIf;
    private long occupied = COST;

    Datagram(int maxFragments) {
        this.maxFragments = maxFragments;
    }

    /// Octets of memory that it takes, its own objects roughly included.
    long occupied() {
        return occupied;
    }

    /// How many fragments are there; 0 once it is spoiled.
    int fragments() {
        return count;
    }

    /// Adds a fragment, borrowed, whose offset and length make sense by themselves. After [Verdict#COMPLETE]
    /// only [#finish] and [#release] are left to do; after others than `TAKEN`, `DUPLICATE` and `NO_MEMORY`,
    /// [#release].
    ///
    /// @param len of its payload, which begins at its `l4`
    Verdict add(Packet fragment, Ip4Header ip, int len, ByteBufAllocator allocator) {
        int at = fragment.l4;
        int from = ip.fragmentOffset();
        int to = from + len;
        int place = Arrays.binarySearch(froms, 0, count, from);
        if (place >= 0) {
            return duplicate(place, ip, fragment.buf, at, to) ? Verdict.DUPLICATE : Verdict.OVERLAP;
        }
        place = -place - 1;
        if (overlaps(place, from, to) || !endFits(ip.moreFragments(), to)) {
            return Verdict.OVERLAP;
        }
        if (count == maxFragments) {
            return Verdict.TOO_MANY;
        }
        try {
            if (from == 0 && header == null) {
                rcvIf = fragment.rcvIf;
                header = copy(allocator, fragment.buf, fragment.l3, ip.headerLen());
            }
            insert(place, from, to, copy(allocator, fragment.buf, at, len));
        } catch (OutOfMemoryError e) {                      // of buffers: Netty's limit
            return Verdict.NO_MEMORY;
        }
        ecns |= 1 << ip.ecn();
        flags |= fragment.flags;
        if (!ip.moreFragments()) {
            total = to;
        }
        // The header that counts is the first fragment's (RFC 791); it may be longer than the others'.
        int headerLen = header == null ? Ip4Header.MIN_LEN : header.capacity();
        if (headerLen + tos[count - 1] > Ip4Header.MAX_TOTAL) {
            return Verdict.TOO_LONG;
        }
        if (octets != total) {
            return Verdict.TAKEN;
        }
        return (ecns & (1 << CE | 1 << NOT_ECT)) == (1 << CE | 1 << NOT_ECT) ? Verdict.BAD_ECN
                : Verdict.COMPLETE;
    }

    private boolean duplicate(int place, Ip4Header ip, ByteBuf buf, int at, int to) {
        boolean last = total == tos[place];
        return tos[place] == to && last != ip.moreFragments()
                && buf.slice(at, to - froms[place]).equals(payloads[place].slice(0, to - froms[place]));
    }

    private boolean overlaps(int place, int from, int to) {
        return place > 0 && tos[place - 1] > from || place < count && froms[place] < to;
    }

    /// True if the fragment does not contradict what is known of the datagram's end.
    private boolean endFits(boolean more, int to) {
        if (more) {
            return total == UNKNOWN || to < total;
        }
        return total == UNKNOWN && (count == 0 || tos[count - 1] <= to);
    }

    private ByteBuf copy(ByteBufAllocator allocator, ByteBuf from, int at, int len) {
        ByteBuf copy = allocator.directBuffer(len, len);
        copy.setBytes(0, from, at, len);
        occupied += len;
        return copy;
    }

    private void insert(int place, int from, int to, ByteBuf payload) {
        if (count == froms.length) {
            int larger = Math.min(2 * count, maxFragments);
            froms = Arrays.copyOf(froms, larger);
            tos = Arrays.copyOf(tos, larger);
            payloads = Arrays.copyOf(payloads, larger);
        }
        System.arraycopy(froms, place, froms, place + 1, count - place);
        System.arraycopy(tos, place, tos, place + 1, count - place);
        System.arraycopy(payloads, place, payloads, place + 1, count - place);
        froms[place] = from;
        tos[place] = to;
        payloads[place] = payload;
        count++;
        octets += to - from;
        occupied += FRAGMENT_COST;
    }

    /// The whole datagram, which the caller owns, in one buffer, its header as if it had never been cut. To
    /// be [released][#release] nevertheless.
    Packet finish(PacketPool pool) {
        Packet whole = assemble(pool.allocate(length(count)), count);
        int length = whole.end - whole.l3;
        Ip4Header ip = new Ip4Header().wrap(whole.buf, whole.l3).totalLength(length)
                .fragment(false, false, 0);
        if ((ecns & 1 << CE) != 0) {
            ip.tos(ip.tos() | CE);                          // RFC 3168 §5.3: must not be lost
        }
        ip.updateChecksum();
        return whole;
    }

    /// The first fragment as it came, which the caller owns; null if it has not come, or there is no memory.
    Packet first(PacketPool pool) {
        if (count == 0 || froms[0] != 0) {
            return null;
        }
        Packet first = pool.tryAllocate(length(1));
        return first == null ? null : assemble(first, 1);
    }

    /// Octets of the header and the first `n` fragments.
    private int length(int n) {
        return header.capacity() + tos[n - 1];
    }

    /// The header and the first `n` fragments, in a packet with room for them. The checksum of the whole is
    /// the transport's to verify: nothing that a device said about a fragment holds.
    private Packet assemble(Packet packet, int n) {
        int headerLen = header.capacity();
        packet.l3 = packet.append(length(n));
        packet.l4 = packet.l3 + headerLen;
        packet.l2 = packet.l3;
        packet.buf.setBytes(packet.l3, header, 0, headerLen);
        for (int i = 0; i < n; i++) {
            packet.buf.setBytes(packet.l4 + froms[i], payloads[i], 0, tos[i] - froms[i]);
        }
        packet.rcvIf = rcvIf;
        packet.flags = flags & ~(Packet.CHECKSUM_GOOD | Packet.CHECKSUM_PARTIAL) | Packet.REASSEMBLED;
        return packet;
    }

    /// Gives the memory back. What then is left is the fact that there was such a datagram.
    void release() {
        for (int i = 0; i < count; i++) {
            payloads[i].release();
        }
        if (header != null) {
            header.release();
            header = null;
        }
        count = 0;
        froms = new int[0];
        tos = froms;
        payloads = new ByteBuf[0];
        occupied = COST;
    }
}
