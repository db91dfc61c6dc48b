package org.splnet.ip;

import org.splnet.inet.Transport;
import org.splnet.ip.IpStats.Counter;
import org.splnet.kern.Witness;
import org.splnet.net.NetIf;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.Ip4Options;
import org.splnet.wire.IpProto;

/// What comes in (`ip_input`): RFC 1122 §3.2.1 in order, then reassembly, then up. Called by input threads,
/// holding nothing.
final class IpInput {
    /// 224.0.0.1: the group every host is in (RFC 1112 §4).
    private static final int ALL_HOSTS = 0xe000_0001;

    private final Ip ip;
    private final Reassembly reassembly;
    private final Icmp icmp;
    private final IcmpOutput errors;

    IpInput(Ip ip, Reassembly reassembly, Icmp icmp, IcmpOutput errors) {
        this.ip = ip;
        this.reassembly = reassembly;
        this.icmp = icmp;
        this.errors = errors;
    }

    /// Consumes `packet`.
    void input(Packet packet, NetIf from, long nowNs) {
        ip.stats().add(Counter.PACKETS_IN);
        Views views = Views.here();
        Ip4Header header = views.in.wrap(packet.buf, packet.l3);
        DropReason wrong = malformed(packet, header);
        if (wrong == null) {
            packet.end = packet.l3 + header.totalLength();         // link padding goes (RFC 894)
            packet.l4 = header.l4();
            note(packet, header);
            trustOffload(packet, header);
            wrong = unwanted(packet, from, header);
        }
        LinkPort port = wrong == null || wrong == DropReason.IP_NOT_FOR_US ? ip.linkPort(packet, from, header)
                : null;
        if (port != null) {
            ip.stats().add(Counter.DELIVERED);
            packet.start = packet.l4;
            port.input(packet, nowNs);
            return;
        }
        if (wrong == null) {
            from.seen(0, packet.srcLo, packet.linkSource, nowNs);
        }
        if (wrong == null && header.optionsLen() > 0) {
            wrong = options(packet, views, header, nowNs);
        }
        if (wrong != null) {
            packet.drop(wrong);
        } else if (header.isFragment()) {
            ip.stats().add(Counter.FRAGMENTS_IN);
            Packet whole = reassembly.add(packet, header, nowNs);
            if (whole != null) {
                note(whole, views.in.wrap(whole.buf, whole.l3));
                deliver(whole, nowNs);
            }
        } else {
            deliver(packet, nowNs);
        }
    }

    /// RFC 1122 §3.2.1.1, §3.2.1.2, and lengths. No device is believed about this checksum.
    private static DropReason malformed(Packet packet, Ip4Header header) {
        int len = packet.end - packet.l3;
        if (len < Ip4Header.MIN_LEN) {
            return DropReason.IP_TRUNCATED;
        }
        if (header.version() != Ip4Header.VERSION) {
            return DropReason.IP_BAD_VERSION;
        }
        if (!header.fits(len)) {
            return header.headerLen() < Ip4Header.MIN_LEN ? DropReason.IP_BAD_HEADER_LENGTH
                    : DropReason.IP_TRUNCATED;
        }
        if (!header.totalLengthFits(len)) {
            return DropReason.IP_TRUNCATED;
        }
        return header.checksumOk() ? null : DropReason.IP_BAD_CHECKSUM;
    }

    /// What those above want to know of the header.
    private static void note(Packet packet, Ip4Header header) {
        packet.srcHi = 0;
        packet.srcLo = header.srcLo();
        packet.dstHi = 0;
        packet.dstLo = header.dstLo();
        packet.proto = header.proto();
        packet.ttl = header.ttl();
        packet.tos = header.tos();
    }

    /// What a device says about a checksum or a size holds if it says it about this transport header, and
    /// then only of a whole datagram.
    private static void trustOffload(Packet packet, Ip4Header header) {
        if (header.isFragment()) {
            packet.flags &= ~(Packet.CHECKSUM_GOOD | Packet.CHECKSUM_PARTIAL);
            packet.gsoSize = 0;
        } else if (packet.has(Packet.CHECKSUM_PARTIAL) && (packet.csumStart != packet.l4
                || packet.csumStart + packet.csumOffset + 2 > packet.end)) {
            packet.flags &= ~(Packet.CHECKSUM_GOOD | Packet.CHECKSUM_PARTIAL);
        }
    }

    /// Addresses: whether it may come from there, and whether it is for us. Sets the flags of what went to
    /// many.
    private DropReason unwanted(Packet packet, NetIf from, Ip4Header header) {
        if (martianSource(header.src(), from)) {
            return DropReason.IP_MARTIAN_SOURCE;
        }
        int dst = header.dst();
        if (from.loopback()) {
            return ip.isLocal(0, packet.dstLo) ? null : DropReason.IP_NOT_FOR_US;
        }
        // RFC 1122 §3.2.1.3 (a), (b), (g), and §3.2.1.3 on class E
        if (Ip4Addr.isThisNetwork(dst) || Ip4Addr.isLoopback(dst) || Ip4Addr.isClassE(dst)) {
            return DropReason.IP_MARTIAN_DESTINATION;
        }
        NetIf owner = ip.interfaces().owner(0, packet.dstLo);
        if (owner != null) {
            if (owner != from && ip.config().strongHost()) {
                return DropReason.IP_NOT_FOR_US;           // RFC 1122 §3.3.4.2: strong end system
            }
            // RFC 1122 §3.3.6: one host's address in a link broadcast is not what the sender thinks
            return packet.toLinkGroup() ? DropReason.IP_LINK_BROADCAST : null;
        }
        if (dst == -1 || from.isBroadcast(0, packet.dstLo)) {
            packet.flags |= Packet.IP_BROADCAST;
            return null;
        }
        if (dst == ALL_HOSTS) {
            packet.flags |= Packet.IP_MULTICAST;
            return null;
        }
        return DropReason.IP_NOT_FOR_US;                   // and hosts do not forward, nor say so
    }

    /// RFC 1122 §3.2.1.3: what no other host can have as its source. That goes for 0.0.0.0 as well, which
    /// only a server that hands out addresses could answer, and for our own: nobody else has those (RFC
    /// 5227).
    private boolean martianSource(int src, NetIf from) {
        long srcLo = Ip4Addr.lo(src);
        if (from.loopback()) {
            return !ip.isLocal(0, srcLo);
        }
        return !Ip4Addr.isHost(src) || ip.interfaces().owner(0, srcLo) != null || from.isEdge(0, srcLo);
    }

    private DropReason options(Packet packet, Views views, Ip4Header header, long nowNs) {
        Ip4Options options = views.options.wrap(packet.buf, packet.l3, header.headerLen());
        int bad = options.validate();
        if (bad != Ip4Options.OK) {
            errors.parameterProblem(packet, bad, nowNs);   // RFC 1122 §3.2.2.5
            return DropReason.IP_BAD_OPTIONS;
        }
        // RFC 7126 §4.3.5, §4.4.5: drop; "source route failed" would only tell whoever tries. Options that we
        // do not know are ignored (RFC 1122 §3.2.1.8).
        return options.sourceRoute() != Ip4Options.ABSENT ? DropReason.IP_SOURCE_ROUTE : null;
    }

    private void deliver(Packet packet, long nowNs) {
        packet.start = packet.l4;
        if (packet.proto == IpProto.ICMP) {
            ip.stats().add(Counter.DELIVERED);
            icmp.input(packet, nowNs);
            return;
        }
        Transport transport = ip.transport(packet.proto);
        if (transport == null) {
            errors.protocolUnreachable(packet, nowNs);     // RFC 1122 §3.2.2.1
            packet.drop(DropReason.IP_NO_PROTO);
        } else {
            ip.stats().add(Counter.DELIVERED);
            Witness.assertNothingHeld("input of a transport");
            transport.input(packet, nowNs);
        }
    }
}
