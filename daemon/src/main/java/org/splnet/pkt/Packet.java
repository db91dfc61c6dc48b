package org.splnet.pkt;

import io.netty.buffer.ByteBuf;
import org.splnet.wire.Checksum;
import org.splnet.wire.UdpHeader;

/// A packet on its way (`mbuf` with its packet header): one buffer with headroom that holds the headers, and
/// for a received packet everything; behind it, for a packet to be sent, slices of other buffers, so that
/// payload is gathered and not copied, unless it is little ([#COPY]).
///
/// ```text
///   buf   |headroom|start: l2 | l3 | l4 | … :end|   then   piece 0, piece 1, …
/// ```
///
/// Offsets are absolute indices into [#buf]. Public fields, because every layer reads and moves them, as with
/// `struct mbuf`. Owned by one thread at a time; every `input`, `output` and `transmit` consumes its packet:
/// exactly one of pass on, queue, [#free] or [#drop] on every path.
public final class Packet {
    /// Room in front of a transport header for all headers below and a virtio header.
    public static final int HEADROOM = 128;
    /// Most slices behind the head.
    public static final int MAX_PIECES = 32;
    /// Octets of payload up to which a copy behind the header is cheaper than a piece: the kernel takes
    /// 0.1 µs less for a frame that lies in one place.
    public static final int COPY = 512;
    private static final int TCP_DATA_OFFSET = 12;

    /// Link-layer destination was the broadcast address.
    public static final int LINK_BROADCAST = 1;
    /// Link-layer destination was a group address.
    public static final int LINK_MULTICAST = 2;
    /// Transport checksum is known to be good (vouched for by the device, or never left this host).
    public static final int CHECKSUM_GOOD = 4;
    /// Transport checksum is to be completed: sum of `[csumStart, end of packet)`, stored at `csumStart +
    /// csumOffset`, where the pseudo-header's sum stands already. On a received packet it means that the
    /// sender, on this machine, has left it to hardware: as good as [#CHECKSUM_GOOD].
    public static final int CHECKSUM_PARTIAL = 8;
    /// IP destination was a broadcast address.
    public static final int IP_BROADCAST = 16;
    /// IP destination was a multicast address.
    public static final int IP_MULTICAST = 32;
    /// IP must not fragment it.
    public static final int DONT_FRAGMENT = 64;
    /// The datagram arrived in fragments.
    public static final int REASSEMBLED = 128;
    /// The sender may send to broadcast addresses (`SO_BROADCAST`).
    public static final int BROADCAST_ALLOWED = 256;
    /// A fragment other than the first: of no use without those that were handed down before it.
    public static final int CONTINUES = 512;

    private static final int IP_GROUP = IP_BROADCAST | IP_MULTICAST;
    private static final int LINK_GROUP = LINK_BROADCAST | LINK_MULTICAST;

    /// The buffer; this packet owns one reference.
    public ByteBuf buf;
    /// First octet of the packet in [#buf]: moves down as headers are prepended and up as they are stripped.
    public int start;
    /// Link-layer header.
    public int l2;
    /// Network-layer header.
    public int l3;
    /// Transport header.
    public int l4;
    /// First octet behind the packet in [#buf].
    public int end;

    /// Bits of the constants above.
    public int flags;
    /// Index of the interface it came in by; 0 if it did not.
    public int rcvIf;
    /// Link-layer source of a received frame.
    public long linkSource;
    /// Checksum start in [#buf], when [#CHECKSUM_PARTIAL].
    public int csumStart;
    /// Where the checksum lies behind [#csumStart].
    public int csumOffset;
    /// Payload octets of each segment this packet is to be cut into, or was merged from; 0 if it is just one.
    /// One that is to be cut is TCP's or UDP's, with [#CHECKSUM_PARTIAL], [#csumStart] at that header.
    public int gsoSize;

    /// Source address, 128-bit form (an IPv4 address is IPv4-mapped).
    public long srcHi;
    /// Source address, low half.
    public long srcLo;
    /// Destination address, high half.
    public long dstHi;
    /// Destination address, low half.
    public long dstLo;
    /// Transport protocol number.
    public int proto;
    /// Time to live (hop limit); of a packet to be sent, 0 means the network protocol's default.
    public int ttl;
    /// Traffic class octet (DSCP and ECN).
    public int tos;

    /// Link for whoever holds the packet in a queue.
    public Packet next;
    /// While it is a received frame that somebody captures: what becomes of it; null otherwise.
    public Fate fate;

    PacketPool pool;                            // null: it is free
    private final io.netty.util.Recycler.EnhancedHandle<Packet> handle;
    private final ByteBuf[] pieceBuf = new ByteBuf[MAX_PIECES];
    private final int[] pieceAt = new int[MAX_PIECES];
    private final int[] pieceLen = new int[MAX_PIECES];
    private int pieces;
    private int piecesLen;
    private int life;

    Packet(io.netty.util.Recycler.EnhancedHandle<Packet> handle) {
        this.handle = handle;
    }

    /// True if what it is to be cut into are UDP datagrams, not TCP's segments.
    public boolean cutsDatagrams() {
        return csumOffset == UdpHeader.CHECKSUM;
    }

    /// Octets of the transport header that each of those begins with.
    public int segmentHeaderLen() {
        return cutsDatagrams() ? UdpHeader.LEN : buf.getUnsignedByte(csumStart + TCP_DATA_OFFSET) >>> 4 << 2;
    }

    /// Octets of the whole packet, from [#start] to the end of the last piece.
    public int length() {
        return end - start + piecesLen;
    }

    /// Octets of memory that it keeps: the whole of its buffer, and what it has of others.
    public int footprint() {
        return buf.capacity() + piecesLen;
    }

    /// True if all of `mask` is set in [#flags].
    public boolean has(int mask) {
        return (flags & mask) == mask;
    }

    /// True if it went to many, by its IP destination.
    public boolean toIpGroup() {
        return (flags & IP_GROUP) != 0;
    }

    /// True if it went to many, by its link-layer destination.
    public boolean toLinkGroup() {
        return (flags & LINK_GROUP) != 0;
    }

    /// True if it went to many, one way or the other.
    public boolean toMany() {
        return (flags & (IP_GROUP | LINK_GROUP)) != 0;
    }

    /// Sums what is to be summed, the pseudo header's sum standing in the field already, and stores the
    /// checksum. For one with [#CHECKSUM_PARTIAL].
    public void completeChecksum() {
        int offset = end - csumStart;
        int sum = Checksum.sum(buf, csumStart, offset);
        for (int i = 0; i < pieces; i++) {
            sum = Checksum.addAt(sum, Checksum.sum(pieceBuf[i], pieceAt[i], pieceLen[i]), offset);
            offset += pieceLen[i];
        }
        int checksum = Checksum.finish(sum);
        buf.setShort(csumStart + csumOffset,
                csumOffset == UdpHeader.CHECKSUM ? Checksum.udp(checksum) : checksum);
        flags &= ~CHECKSUM_PARTIAL;
    }

    /// Makes room for `len` octets in front and returns where they start; [#start] moves there.
    public int prepend(int len) {
        if (start < len) {
            throw new IllegalStateException("headroom " + start + " is less than " + len);
        }
        start -= len;
        return start;
    }

    /// Makes room for `len` octets behind [#end] and returns where they start. Only before any piece is
    /// added.
    public int append(int len) {
        assert pieces == 0;
        int at = end;
        if (at + len > buf.capacity()) {
            buf.capacity(at + len);
        }
        end = at + len;
        return at;
    }

    /// Adds a slice of `from` behind the packet. Retains `from`.
    public void addPiece(ByteBuf from, int at, int len) {
        pieceBuf[pieces] = from.retain();
        pieceAt[pieces] = at;
        pieceLen[pieces] = len;
        pieces++;
        piecesLen += len;
    }

    /// How many slices lie behind the head.
    public int pieces() {
        return pieces;
    }

    /// Buffer of slice `i`, borrowed.
    public ByteBuf pieceBuf(int i) {
        return pieceBuf[i];
    }

    /// Start of slice `i` in its buffer.
    public int pieceAt(int i) {
        return pieceAt[i];
    }

    /// Octets of slice `i`.
    public int pieceLen(int i) {
        return pieceLen[i];
    }

    /// The pool it came from, for making further packets on its way.
    public PacketPool pool() {
        return pool;
    }

    /// Changes when the packet is freed: whoever handed it on and then met a fault can tell whether it is
    /// still the one it was.
    public int life() {
        return life;
    }

    /// Done with: gives the buffers and this object back.
    ///
    /// @throws IllegalStateException if it is free already
    public void free() {
        PacketPool from = pool;
        if (from == null) {
            throw new IllegalStateException("a packet was freed twice");
        }
        pool = null;
        ByteBuf head = buf;
        buf = null;
        dropPieces();
        flags = 0;
        rcvIf = 0;
        linkSource = 0;
        csumStart = 0;
        csumOffset = 0;
        gsoSize = 0;
        proto = 0;
        ttl = 0;
        tos = 0;
        next = null;
        fate = null;
        life++;
        from.free(this, head);
    }

    /// Back to where packets of all threads wait.
    void recycle() {
        handle.recycle(this);
    }

    /// Counts `reason` and frees.
    public void drop(DropReason reason) {
        blame(reason);
        free();
    }

    /// Counts `reason` for a packet that was of no use, or not all of it; it stays whose it is.
    public void blame(DropReason reason) {
        pool.drops().add(reason);
        if (fate != null) {
            fate.dropped(reason);
        }
    }

    private void dropPieces() {
        for (int i = 0; i < pieces; i++) {
            pieceBuf[i].release();
            pieceBuf[i] = null;
        }
        pieces = 0;
        piecesLen = 0;
    }
}
