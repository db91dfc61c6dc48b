package org.splnet.net;

import org.splnet.pkt.DropReason;
import org.splnet.pkt.Offload;
import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.EtherHeader;
import org.splnet.wire.EtherType;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.UdpHeader;

/// Offload for devices that have none, just before the device: a transport checksum is completed, and a large
/// packet cut into segments of TCP or datagrams of UDP.
///
/// A segment is a copy of the headers with slices of the payload behind it; payload is copied only in the
/// case of more slices than a packet has room for. IPv4 only so far: what IPv6 needs beside it is its own
/// [#networkHeader].
///
/// One for each [TxQueue]. Covered by its queue's lock.
final class Segmenter {
    private final boolean checksum;
    private final int segments;
    private final Ip4Header ip4 = new Ip4Header();
    private final TcpHeader tcp = new TcpHeader();
    private final UdpHeader udp = new UdpHeader();

    // The packet being cut and how far: `part` -1 is what the head holds of the payload, then piece 0, …
    private int part;
    private int partAt;
    private int partLeft;
    private DropReason refusal;

    /// @param offloads bits of [Offload] that the device has
    Segmenter(int offloads) {
        checksum = (offloads & Offload.TX_CHECKSUM) == 0;
        // Segments differ in their checksums, so a device that cannot write those cannot cut.
        segments = checksum ? 0 : offloads & (Offload.TX_TSO4 | Offload.TX_TSO6 | Offload.TX_USO);
    }

    /// Makes a frame that the device can take, or several, linked by [Packet#next]. Consumes `frame`.
    ///
    /// @return null if it has to be dropped, for the [#refusal]: then it is still the caller's
    Packet ready(Packet frame) {
        if (frame.gsoSize > 0 && (segments & needed(frame)) == 0) {
            return cut(frame);
        }
        if (checksum && frame.has(Packet.CHECKSUM_PARTIAL)) {
            frame.completeChecksum();
        }
        return frame;
    }

    /// Why the last frame that was refused has to be dropped.
    DropReason refusal() {
        return refusal;
    }

    private static int needed(Packet frame) {
        if (frame.cutsDatagrams()) {
            return Offload.TX_USO;
        }
        return Ether.type(frame) == EtherType.IPV4 ? Offload.TX_TSO4 : Offload.TX_TSO6;
    }

    private Packet cut(Packet frame) {
        if (!known(frame)) {
            refusal = DropReason.TRANSMIT_ERROR;
            return null;
        }
        int headLen = frame.csumStart + frame.segmentHeaderLen() - frame.start;
        int payload = frame.length() - headLen;
        int size = frame.gsoSize;
        if (payload <= size) {
            frame.gsoSize = 0;
            return ready(frame);
        }
        begin(frame, headLen);
        Packet first = null;
        Packet last = null;
        try {
            for (int at = 0, nth = 0; at < payload; at += size, nth++) {
                int len = Math.min(size, payload - at);
                Packet segment = segment(frame, headLen, len);
                if (last == null) {
                    first = segment;
                } else {
                    last.next = segment;
                }
                last = segment;
                networkHeader(segment, nth);
                if (frame.cutsDatagrams()) {
                    datagramHeader(segment, len, payload);
                } else {
                    segmentHeader(segment, at, len, payload, at + len == payload);
                }
                if (checksum) {
                    segment.completeChecksum();
                }
            }
        } catch (OutOfMemoryError e) {              // of buffers: Netty's limit
            free(first);
            refusal = DropReason.NO_BUFFERS;
            return null;
        }
        frame.free();
        return first;
    }

    private boolean known(Packet frame) {
        int l4 = frame.csumStart;
        int room = frame.end - l4;
        boolean transport = frame.csumOffset == TcpHeader.CHECKSUM && tcp.wrap(frame.buf, l4).fits(room)
                || frame.cutsDatagrams() && room >= UdpHeader.LEN;
        return transport && frame.has(Packet.CHECKSUM_PARTIAL) && Ether.type(frame) == EtherType.IPV4;
    }

    /// The headers of the packet, copied, and the next `len` octets of payload behind them.
    private Packet segment(Packet frame, int headLen, int len) {
        boolean gather = partsOf(frame, len) <= Packet.MAX_PIECES;
        Packet segment = frame.pool().allocate(gather ? headLen : headLen + len);
        int at = segment.append(headLen);
        int move = at - frame.start;
        segment.buf.setBytes(at, frame.buf, frame.start, headLen);
        segment.l2 = at;
        segment.l3 = frame.start + EtherHeader.LEN + move;
        segment.l4 = frame.csumStart + move;
        segment.csumStart = segment.l4;
        segment.csumOffset = frame.csumOffset;
        segment.flags = frame.flags;
        for (int left = len; left > 0; ) {
            int n = Math.min(left, partLeft);
            if (n > 0 && gather) {
                segment.addPiece(part < 0 ? frame.buf : frame.pieceBuf(part), partAt, n);
            } else if (n > 0) {
                segment.buf.setBytes(segment.append(n), part < 0 ? frame.buf : frame.pieceBuf(part), partAt,
                        n);
            }
            left -= n;
            advance(frame, n);
        }
        return segment;
    }

    private void begin(Packet frame, int headLen) {
        part = -1;
        partAt = frame.start + headLen;
        partLeft = frame.end - partAt;
    }

    private void advance(Packet frame, int n) {
        partAt += n;
        partLeft -= n;
        if (partLeft == 0 && part + 1 < frame.pieces()) {
            part++;
            partAt = frame.pieceAt(part);
            partLeft = frame.pieceLen(part);
        }
    }

    /// How many parts the next `len` octets lie in.
    private int partsOf(Packet frame, int len) {
        int count = partLeft > 0 ? 1 : 0;
        int left = len - partLeft;
        for (int i = part + 1; left > 0; i++) {
            count++;
            left -= frame.pieceLen(i);
        }
        return count;
    }

    /// Length and identification of the `nth` segment: the one place that knows how an IP header looks.
    private void networkHeader(Packet segment, int nth) {
        ip4.wrap(segment.buf, segment.l3);
        // RFC 6864 §4: atomic datagrams may have any identification; those that routers may cut need their
        // own. Counting up serves both, and is what hardware does.
        ip4.totalLength(segment.length() - EtherHeader.LEN).id(ip4.id() + nth).updateChecksum();
    }

    private void segmentHeader(Packet segment, int at, int len, int payload, boolean isLast) {
        tcp.wrap(segment.buf, segment.l4);
        tcp.seq(tcp.seq() + at);
        int flags = tcp.flags();
        if (!isLast) {
            flags &= ~(TcpHeader.FIN | TcpHeader.PSH);
        }
        if (at > 0) {
            flags &= ~TcpHeader.CWR;                // RFC 3168 §6.1.2: once, on the first new data
        }
        tcp.flags(flags);
        int headerLen = tcp.headerLen();
        tcp.checksum(pseudo(tcp.checksum(), headerLen + payload, headerLen + len));
    }

    private void datagramHeader(Packet datagram, int len, int payload) {
        udp.wrap(datagram.buf, datagram.l4).length(UdpHeader.LEN + len)
                .checksum(pseudo(udp.checksum(), UdpHeader.LEN + payload, UdpHeader.LEN + len));
    }

    /// The pseudo header's sum was that of the whole; only its length differs.
    private static int pseudo(int sum, int whole, int part) {
        return Checksum.add(Checksum.add(sum, Checksum.finish(Checksum.fold(whole))), part);
    }

    private static void free(Packet chain) {
        for (Packet each = chain; each != null; ) {
            Packet next = each.next;
            each.free();
            each = next;
        }
    }
}
