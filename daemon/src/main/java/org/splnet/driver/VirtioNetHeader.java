package org.splnet.driver;

import io.netty.buffer.ByteBuf;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherHeader;
import org.splnet.wire.EtherType;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.UdpHeader;

/// The header in front of each frame that says what is left to do for it or has been done (`virtio_net_hdr`,
/// VIRTIO 1.2 §5.1.6), as a view, little-endian:
///
/// ```text
///   0 flags | 1 gso_type | 2 hdr_len | 4 gso_size | 6 csum_start | 8 csum_offset | (10 num_buffers)
/// ```
///
/// Offsets in it count from the Ethernet header. The form with `num_buffers` is the same to us: a TAP leaves
/// that field alone.
public final class VirtioNetHeader {
    public static final int LEN = 10;
    public static final int LEN_WITH_BUFFERS = 12;

    public static final int NEEDS_CSUM = 1;
    public static final int DATA_VALID = 2;

    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP_L4 = 5;
    /// In addition to one of the TCP types: the first segment bears CWR (RFC 3168 §6.1.2).
    public static final int GSO_ECN = 0x80;

    private static final int TAG_LEN = EtherHeader.TAGGED_LEN - EtherHeader.LEN;
    /// 802.1ad, in front of [EtherType#VLAN].
    private static final int SERVICE_TAG = 0x88a8;
    /// Of the octet that has CWR.
    private static final int TCP_FLAGS = 13;

    private ByteBuf buf;
    private int at;

    /// Looks at [#LEN] octets of `buf`, borrowed, from `at`.
    public VirtioNetHeader wrap(ByteBuf buf, int at) {
        this.buf = buf;
        this.at = at;
        return this;
    }

    public int flags() {
        return buf.getUnsignedByte(at);
    }

    public int gsoType() {
        return buf.getUnsignedByte(at + 1);
    }

    int hdrLen() {
        return buf.getUnsignedShortLE(at + 2);
    }

    public int gsoSize() {
        return buf.getUnsignedShortLE(at + 4);
    }

    public int csumStart() {
        return buf.getUnsignedShortLE(at + 6);
    }

    int csumOffset() {
        return buf.getUnsignedShortLE(at + 8);
    }

    /// Translates this header of a received frame into `frame`'s offload metadata. Borrows `frame`.
    ///
    /// @return false if the header contradicts the frame; the frame is then not to be used
    public boolean describe(Packet frame) {
        int len = frame.end - frame.start;
        int flags = flags();
        if ((flags & NEEDS_CSUM) != 0) {
            int start = csumStart();
            if (start < EtherHeader.LEN || start + csumOffset() + 2 > len) {
                return false;
            }
            frame.flags |= Packet.CHECKSUM_PARTIAL;
            frame.csumStart = frame.start + start;
            frame.csumOffset = csumOffset();
        } else if ((flags & DATA_VALID) != 0) {
            frame.flags |= Packet.CHECKSUM_GOOD;
        }
        return gsoType() == GSO_NONE || describeMerged(frame, len);
    }

    private boolean describeMerged(Packet frame, int len) {
        // VIRTIO 1.2 §5.1.6.4: no segmentation without a checksum; what was merged before it came to this
        // machine, and verified, is as good
        if (gsoSize() == 0 || hdrLen() > len || len < EtherHeader.LEN
                || (flags() & (NEEDS_CSUM | DATA_VALID)) == 0) {
            return false;
        }
        boolean partial = frame.has(Packet.CHECKSUM_PARTIAL);
        int type = etherType(frame);
        boolean fits = switch (gsoType() & ~GSO_ECN) {
            case GSO_TCPV4 -> type == EtherType.IPV4 && (!partial || csumOffset() == TcpHeader.CHECKSUM);
            case GSO_TCPV6 -> type == EtherType.IPV6 && (!partial || csumOffset() == TcpHeader.CHECKSUM);
            case GSO_UDP_L4 -> (type == EtherType.IPV4 || type == EtherType.IPV6)
                    && (gsoType() & GSO_ECN) == 0 && (!partial || csumOffset() == UdpHeader.CHECKSUM);
            default -> false;
        };
        if (!fits) {
            return false;
        }
        // the kernel's rule too: what does not exceed one segment was not merged
        int transportLen = partial ? len - csumStart() : len - EtherHeader.LEN;
        frame.gsoSize = transportLen > gsoSize() ? gsoSize() : 0;
        return true;
    }

    /// Writes the header for a frame to be sent. Borrows `frame`, whose protocol headers lie in its head.
    public void fill(Packet frame) {
        buf.setLong(at, 0);
        buf.setShort(at + 8, 0);
        if (!frame.has(Packet.CHECKSUM_PARTIAL)) {
            return;
        }
        int start = frame.csumStart - frame.start;
        buf.setByte(at, NEEDS_CSUM);
        buf.setShortLE(at + 6, start);
        buf.setShortLE(at + 8, frame.csumOffset);
        if (frame.gsoSize > 0) {
            buf.setByte(at + 1, gsoType(frame));
            buf.setShortLE(at + 2, start + frame.segmentHeaderLen());
            buf.setShortLE(at + 4, frame.gsoSize);
        }
    }

    private static int gsoType(Packet frame) {
        if (frame.cutsDatagrams()) {
            return GSO_UDP_L4;
        }
        int type = etherType(frame) == EtherType.IPV6 ? GSO_TCPV6 : GSO_TCPV4;
        boolean cwr = (frame.buf.getByte(frame.csumStart + TCP_FLAGS) & TcpHeader.CWR) != 0;
        return cwr ? type | GSO_ECN : type;
    }

    // behind VLAN tags, if any; 0 if the frame ends before
    private static int etherType(Packet frame) {
        int l3 = l3(frame);
        return l3 > frame.end ? 0 : frame.buf.getUnsignedShort(l3 - 2);
    }

    /// Where the network header begins, behind VLAN tags, if any; behind the end if the frame ends before.
    /// Borrows `frame`, which has an Ethernet header.
    static int l3(Packet frame) {
        int l3 = frame.start + EtherHeader.LEN;
        while (l3 <= frame.end && isTag(frame.buf.getUnsignedShort(l3 - 2))) {
            l3 += TAG_LEN;
        }
        return l3;
    }

    private static boolean isTag(int type) {
        return type == EtherType.VLAN || type == SERVICE_TAG;
    }
}
