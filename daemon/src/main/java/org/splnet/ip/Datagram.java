package org.splnet.ip;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.splnet.ip.IpStats.Counter;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Ip4Header;

/// One datagram under reassembly. Payload is copied to where it belongs as it comes, so that a fragment
/// never pins the
/// large buffer it was read into, and a complete datagram is one contiguous packet without another copy.
///
/// Which octets are there is kept as the fragments themselves, sorted: an exact duplicate is told from an
/// overlap.
/// Any other overlap spoils the datagram (the rule of RFC 5722 for both families: no honest sender does it);
/// it stays, empty,
/// until its time is up, so that the rest of it is not taken for a new one.
///
/// Belongs to its bucket, and is covered by the bucket's lock.
final class Datagram {
    private static final int CE = 3;
    /// Payload starts here in [#buf]: behind room for link and IP headers.
    private static final int BASE = Packet.HEADROOM + Ip4Header.MAX_LEN;
    private static final int FIRST_CAPACITY = 4096;

    Datagram older;
    Datagram newer;
    final long deadlineNs;

    private final PacketPool pool;
    private final IpStats stats;
    private final long srcLo;
    private final long dstLo;
    private final int proto;
    private final int id;
    private final int maxFragments;
    private ByteBuf buf;
    private int[] froms = new int[4];
    private int[] tos = new int[4];
    private int fragments;
    private int octets;
    private int total = -1;
    private int headerLen;
    private int rcvIf;
    private int flags;
    private boolean congested;

    /// @param fragment whose addresses and protocol it has. Borrowed
    Datagram(PacketPool pool, Packet fragment, int id, long deadlineNs, int maxFragments, IpStats stats) {
        this.pool = pool;
        this.stats = stats;
        this.srcLo = fragment.srcLo;
        this.dstLo = fragment.dstLo;
        this.proto = fragment.proto;
        this.id = id;
        this.deadlineNs = deadlineNs;
        this.maxFragments = maxFragments;
        this.buf = pool.allocator().directBuffer(BASE + FIRST_CAPACITY, BASE + Ip4Header.MAX_TOTAL);
    }

    boolean matches(Packet fragment, int otherId) {
        return id == otherId && srcLo == fragment.srcLo && dstLo == fragment.dstLo && proto == fragment.proto;
    }

    /// Octets of memory it takes, its own objects roughly included.
    long occupied() {
        return 256 + 8L * froms.length + (buf == null ? 0 : buf.capacity());
    }

    /// Adds a fragment, borrowed, whose offset and length make sense by themselves.
    ///
    /// @return null, or why it is not taken
    DropReason add(Packet fragment, Ip4Header header, int offset, int len, boolean more) {
        if (buf == null) {
            return DropReason.IP_FRAGMENT_OVERLAP;         // spoiled
        }
        int end = offset + len;
        int at = place(offset, end);
        if (at < 0) {
            if (at == DUPLICATE) {
                stats.add(Counter.FRAGMENTS_DUPLICATE);
                return null;
            }
            return spoil(DropReason.IP_FRAGMENT_OVERLAP);
        }
        boolean beyond = total >= 0 && end > total
                || !more && (total >= 0 && end != total || end < highest());
        if (beyond) {
            return spoil(DropReason.IP_BAD_FRAGMENT);      // two different ends
        }
        if (fragments == maxFragments) {
            return spoil(DropReason.IP_REASSEMBLY_FULL);
        }
        if (!more) {
            total = end;
        }
        insert(at, offset, end);
        store(fragment, header, offset, len);
        return null;
    }

    private static final int DUPLICATE = -1;
    private static final int OVERLAP = -2;

    /// Where `[from, to)` goes among the others, or why it cannot.
    private int place(int from, int to) {
        int at = Arrays.binarySearch(froms, 0, fragments, from);
        if (at >= 0) {
            return tos[at] == to ? DUPLICATE : OVERLAP;
        }
        at = -at - 1;
        boolean intoNext = at < fragments && to > froms[at];
        boolean intoPrevious = at > 0 && tos[at - 1] > from;
        return intoNext || intoPrevious ? OVERLAP : at;
    }

    private int highest() {
        return fragments == 0 ? 0 : tos[fragments - 1];
    }

    private void insert(int at, int from, int to) {
        if (fragments == froms.length) {
            froms = Arrays.copyOf(froms, fragments * 2);
            tos = Arrays.copyOf(tos, fragments * 2);
        }
        System.arraycopy(froms, at, froms, at + 1, fragments - at);
        System.arraycopy(tos, at, tos, at + 1, fragments - at);
        froms[at] = from;
        tos[at] = to;
        fragments++;
        octets += to - from;
    }

    private void store(Packet fragment, Ip4Header header, int offset, int len) {
        int need = BASE + offset + len;
        if (need > buf.capacity()) {
            int roomy = Math.max(need, Math.min(2 * buf.capacity(), BASE + Ip4Header.MAX_TOTAL));
            buf.writerIndex(buf.capacity());               // growing keeps what lies before the writer index
            buf.capacity(total >= 0 ? Math.max(need, BASE + total) : roomy);
        }
        buf.setBytes(BASE + offset, fragment.buf, fragment.l4, len);
        flags |= fragment.flags;
        congested |= header.ecn() == CE;                   // RFC 3168 §5.3: must not be lost
        if (offset == 0) {
            headerLen = header.headerLen();
            rcvIf = fragment.rcvIf;
            buf.setBytes(BASE - headerLen, fragment.buf, fragment.l3, headerLen);
        }
    }

    private DropReason spoil(DropReason reason) {
        release();
        return reason;
    }

    private void release() {
        if (buf != null) {
            buf.release();
            buf = null;
        }
    }

    boolean complete() {
        return buf != null && octets == total;
    }

    /// The whole datagram, which the caller owns, its header as if it had never been cut.
    Packet finish() {
        Packet whole = packet(total);
        Ip4Header header = new Ip4Header().wrap(whole.buf, whole.l3).totalLength(headerLen + total)
                .fragment(false, false, 0);
        if (congested) {
            header.tos(header.tos() | CE);
        }
        header.updateChecksum();
        whole.tos = header.tos();
        return whole;
    }

    /// The first fragment as it came, which the caller owns; null if it has not come.
    Packet firstFragment() {
        return buf == null || fragments == 0 || froms[0] != 0 ? null : packet(tos[0]);
    }

    private Packet packet(int payload) {
        ByteBuf taken = buf;
        buf = null;
        Packet packet = pool.wrap(taken, BASE - headerLen, headerLen + payload);
        packet.l3 = packet.start;
        packet.l4 = BASE;
        packet.rcvIf = rcvIf;
        packet.flags = flags & (Packet.IP_BROADCAST | Packet.IP_MULTICAST | Packet.LINK_BROADCAST
                | Packet.LINK_MULTICAST) | Packet.REASSEMBLED;
        packet.srcLo = srcLo;
        packet.dstLo = dstLo;
        packet.srcHi = 0;
        packet.dstHi = 0;
        packet.proto = proto;
        packet.ttl = taken.getUnsignedByte(packet.l3 + 8);
        packet.tos = taken.getUnsignedByte(packet.l3 + 1);
        return packet;
    }

    /// Gives it up, counting why.
    void discard(DropReason reason) {
        pool.drops().add(reason);
        release();
    }
}
