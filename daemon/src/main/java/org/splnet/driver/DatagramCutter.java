package org.splnet.driver;

import io.netty.buffer.ByteBuf;
import org.splnet.net.DeviceQueue;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherType;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.IpProto;
import org.splnet.wire.UdpHeader;

/// Cuts what the kernel shows as one into the UDP datagrams that it was merged from, or that a sender on this
/// machine (`UDP_SEGMENT`, udp(7)) has left to a NIC to cut. TCP does not care where segments ended; each
/// datagram is a message. Belongs to a queue's reading thread.
final class DatagramCutter {
    /// IPv6 (RFC 8200 §3).
    private static final int IPV6_LEN = 40;
    private static final int IPV6_PAYLOAD = 4;
    /// No sender on Linux gets more into one (UDP_MAX_SEGMENTS); a guest that says so wants us to be busy.
    private static final int MOST = 128;

    private final Ip4Header ip4 = new Ip4Header();
    private final UdpHeader udp = new UdpHeader();

    /// True if a merged frame is UDP's. Borrows `frame`, which has an Ethernet header.
    static boolean isMergedDatagrams(Packet frame) {
        int l3 = VirtioNetHeader.l3(frame);
        return frame.end - l3 >= Ip4Header.MIN_LEN
                && IpProto.of(frame.buf, l3, frame.end, type(frame, l3)) == IpProto.UDP;
    }

    /// Hands the datagrams up one by one, or drops them all if their headers are not whole or they are more
    /// than can be. Consumes `frame`.
    void cut(Packet frame, DeviceQueue.Sink sink) {
        int l3 = VirtioNetHeader.l3(frame);
        int linkLen = l3 - frame.start;
        boolean v4 = type(frame, l3) == EtherType.IPV4;
        boolean whole = !v4 || ip4.wrap(frame.buf, l3).fits(frame.end - l3);
        int headLen = linkLen + (v4 && whole ? ip4.headerLen() : IPV6_LEN) + UdpHeader.LEN;
        if (!whole || frame.length() - headLen > MOST * frame.gsoSize || frame.length() < headLen) {
            frame.drop(DropReason.ETHER_BAD_OFFLOAD);
            return;
        }
        int size = frame.gsoSize;
        try {
            for (int at = frame.start + headLen, nth = 0; at < frame.end; at += size, nth++) {
                int len = Math.min(size, frame.end - at);
                Packet one = frame.pool().tryAllocate(headLen + len);
                if (one == null) {
                    continue;                   // the others are messages of their own
                }
                int start = one.append(headLen + len);
                one.buf.setBytes(start, frame.buf, frame.start, headLen);
                one.buf.setBytes(start + headLen, frame.buf, at, len);
                one.l2 = start;
                // the kernel vouches for all of them, and this field was of the whole
                one.flags = Packet.CHECKSUM_GOOD;
                udp.wrap(one.buf, start + headLen - UdpHeader.LEN).length(UdpHeader.LEN + len).checksum(0);
                network(one.buf, start + linkLen, v4, one.end, nth);
                sink.frame(one);
            }
        } finally {
            frame.free();
        }
    }

    private void network(ByteBuf buf, int l3, boolean v4, int end, int nth) {
        if (v4) {
            ip4.wrap(buf, l3).totalLength(end - l3).id(ip4.id() + nth).updateChecksum();
        } else {
            buf.setShort(l3 + IPV6_PAYLOAD, end - l3 - IPV6_LEN);
        }
    }

    private static int type(Packet frame, int l3) {
        return frame.buf.getUnsignedShort(l3 - 2);
    }
}
