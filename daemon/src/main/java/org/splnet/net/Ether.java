package org.splnet.net;

import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherHeader;
import org.splnet.wire.EtherType;
import org.splnet.wire.IpProto;
import org.splnet.wire.MacAddr;

/// Ethernet (RFC 894, IEEE 802.1Q): `ether_input`, one instance per worker, and the header of what goes out.
final class Ether {
    private static final int NOT_FOR_US = -1;

    private final EtherIf link;
    private final Protocols protocols;
    private final ArpInput arp;
    private final long station;
    private final EtherHeader header = new EtherHeader();

    Ether(EtherIf link, Protocols protocols) {
        this.link = link;
        this.protocols = protocols;
        arp = new ArpInput(link);
        station = link.mac().bits();
    }

    /// A frame came in. Consumes it: to ARP, to a network protocol, or dropped with its reason.
    void input(Packet frame, long nowNs) {
        header.wrap(frame.buf, frame.start);
        DropReason wrong = check(frame);
        if (wrong != null) {
            drop(frame, wrong);
            return;
        }
        int type = header.type();
        int cast = cast(header.destination());
        frame.linkSource = header.source();
        frame.l2 = frame.start;
        frame.l3 = header.l3();
        frame.start = frame.l3;
        frame.rcvIf = link.index();
        frame.flags = frame.flags & (Packet.CHECKSUM_GOOD | Packet.CHECKSUM_PARTIAL) | cast;
        if (!offloadFits(frame, type)) {
            drop(frame, DropReason.ETHER_BAD_OFFLOAD);
        } else if (type == EtherType.ARP) {
            arp.input(frame, nowNs);
        } else {
            NetworkProtocol protocol = protocols.find(type);
            if (protocol == null) {
                drop(frame, DropReason.ETHER_NO_PROTO);     // IEEE 802.3 frames too: their type is a length
            } else {
                protocol.input(frame, link, nowNs);
            }
        }
    }

    /// What is wrong with the header; null if nothing is.
    private DropReason check(Packet frame) {
        if (!link.up()) {
            return DropReason.INTERFACE_DOWN;
        }
        if (!header.fits(frame.length())) {
            return DropReason.ETHER_SHORT;
        }
        long source = header.source();
        // A frame of our own that comes back (a loop in a bridge, a capture of what we sent) is no news.
        if (MacAddr.isMulticast(source) || source == station) {
            return DropReason.ETHER_BAD_SOURCE;
        }
        if (cast(header.destination()) == NOT_FOR_US) {
            return DropReason.ETHER_NOT_FOR_US;
        }
        // VLAN id 0 is a priority and no VLAN (IEEE 802.1Q §9.6); a second tag shows as type.
        if (header.vlanId() != 0 || header.type() == EtherType.VLAN) {
            return DropReason.ETHER_VLAN;
        }
        return null;
    }

    /// Flags for the destination. Group frames are all taken: the network protocol knows which matter.
    private int cast(long destination) {
        if (destination == station) {
            return 0;
        }
        if (destination == MacAddr.MASK) {
            return Packet.LINK_BROADCAST;
        }
        return MacAddr.isMulticast(destination) ? Packet.LINK_MULTICAST : NOT_FOR_US;
    }

    /// True if what the device says about the frame can be: whoever believes it later reads and writes there.
    private static boolean offloadFits(Packet frame, int type) {
        if (frame.has(Packet.CHECKSUM_PARTIAL)) {
            if (frame.csumStart < frame.l3 || frame.csumStart > frame.end || frame.csumOffset < 0
                    || frame.csumOffset > frame.end - frame.csumStart - 2) {
                return false;
            }
        }
        boolean ip = type == EtherType.IPV4 || type == EtherType.IPV6;
        // Datagrams are messages, which a device must not hand up as one.
        return frame.gsoSize == 0 || ip && frame.gsoSize > 0 && frame.gsoSize < frame.end - frame.l3
                && IpProto.of(frame.buf, frame.l3, frame.end, type) != IpProto.UDP;
    }

    private void drop(Packet frame, DropReason reason) {
        switch (reason) {
            case ETHER_SHORT, ETHER_BAD_SOURCE, ETHER_BAD_OFFLOAD -> link.counters().inError();
            default -> link.counters().inDrop();
        }
        frame.drop(reason);
    }

    /// Puts an Ethernet header in front. Borrows `packet`.
    ///
    /// Written without a view: any thread sends, and a view belongs to one worker.
    static void prepend(Packet packet, long destination, long source, int type) {
        int at = packet.prepend(EtherHeader.LEN);
        packet.l2 = at;
        packet.buf.setLong(at, destination << 16 | source >>> 32);
        packet.buf.setInt(at + 8, (int) source);
        packet.buf.setShort(at + 12, type);
    }

    /// Fills in the destination of a frame that waited for it. Borrows `frame`.
    static void destination(Packet frame, long destination) {
        frame.buf.setShort(frame.start, (int) (destination >>> 32));
        frame.buf.setInt(frame.start + 2, (int) destination);
    }

    /// The Ethernet type of a frame of ours. Borrows `frame`.
    static int type(Packet frame) {
        return frame.buf.getUnsignedShort(frame.start + 12);
    }
}
