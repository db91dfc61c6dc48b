package org.splnet.netif.pcap;

import io.netty.buffer.ByteBuf;
import org.splnet.pkt.Packet;

/// Recognises frames that never were on a wire in this form: TCP and UDP checksums that a sender on this
/// machine has left to hardware that does not exist, and packets that the kernel has merged from several.
///
/// libpcap has no field for it, but both leave a trace: where the checksum belongs stands the plain sum of
/// the pseudo-header, which is what offloading hardware expects there (`CHECKSUM_PARTIAL` in Linux). A
/// finished checksum has that value once in 65,536 packets, and then the packet is taken unchecked: the
/// checksum's strength is half of what it was, where it would have been no use at all.
///
/// Packets come in IPv4 and IPv6; of the latter's extension headers none is skipped.
final class UnfinishedChecksum {
    /// What a frame turned out to be.
    enum Verdict {
        /// As on the wire, or unknown to us.
        ORDINARY,
        /// With a partial checksum.
        PARTIAL,
        /// Datagrams merged into one: where one ends and the next begins is lost.
        MERGED_DATAGRAMS
    }

    private static final int ETHER_LEN = 14;
    private static final int ETHERTYPE_IP = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int IPV4_MIN = 20;
    private static final int IPV6_LEN = 40;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TCP_CSUM = 16;
    private static final int UDP_CSUM = 6;
    private static final int TCP_MIN = 20;
    private static final int UDP_LEN = 8;
    private static final int FRAGMENT = 0x3fff;

    private UnfinishedChecksum() {
    }

    /// Looks at a received frame and notes a partial checksum in it. Borrows `frame`.
    ///
    /// @param mtu the largest IP packet the NIC carries
    static Verdict look(Packet frame, int mtu) {
        int at = frame.start + ETHER_LEN;
        int room = frame.end - at;
        if (room < IPV4_MIN) {
            return Verdict.ORDINARY;
        }
        return switch (frame.buf.getUnsignedShort(at - 2)) {
            case ETHERTYPE_IP -> ipv4(frame, at, room, mtu);
            case ETHERTYPE_IPV6 -> ipv6(frame, at, room, mtu);
            default -> Verdict.ORDINARY;
        };
    }

    private static Verdict ipv4(Packet frame, int at, int room, int mtu) {
        ByteBuf buf = frame.buf;
        int headerLen = (buf.getUnsignedByte(at) & 15) << 2;
        int len = buf.getUnsignedShort(at + 2);
        if (headerLen < IPV4_MIN || len < headerLen || len > room
                || (buf.getUnsignedShort(at + 6) & FRAGMENT) != 0) {
            return Verdict.ORDINARY;
        }
        return transport(frame, buf.getUnsignedByte(at + 9), at + headerLen, len - headerLen,
                sum(buf, at + 12, 8), len > mtu);
    }

    private static Verdict ipv6(Packet frame, int at, int room, int mtu) {
        int len = room < IPV6_LEN ? room : frame.buf.getUnsignedShort(at + 4);
        if (room < IPV6_LEN || len > room - IPV6_LEN) {
            return Verdict.ORDINARY;
        }
        return transport(frame, frame.buf.getUnsignedByte(at + 6), at + IPV6_LEN, len,
                sum(frame.buf, at + 8, 32), IPV6_LEN + len > mtu);
    }

    private static Verdict transport(Packet frame, int protocol, int at, int len, int addresses,
            boolean tooLong) {
        if (protocol == UDP && tooLong) {
            return Verdict.MERGED_DATAGRAMS;
        }
        int offset = protocol == TCP && len >= TCP_MIN ? TCP_CSUM
                : protocol == UDP && len >= UDP_LEN ? UDP_CSUM : 0;
        if (offset == 0 || frame.buf.getUnsignedShort(at + offset) != folded(addresses + protocol + len)) {
            return Verdict.ORDINARY;
        }
        frame.flags |= Packet.CHECKSUM_PARTIAL;
        frame.csumStart = at;
        frame.csumOffset = offset;
        return Verdict.PARTIAL;
    }

    private static int sum(ByteBuf buf, int at, int len) {
        int sum = 0;
        for (int i = 0; i < len; i += 2) {
            sum += buf.getUnsignedShort(at + i);
        }
        return sum;
    }

    private static int folded(int sum) {
        int once = (sum & 0xffff) + (sum >>> 16);
        return (once & 0xffff) + (once >>> 16);
    }
}
