package org.splnet.ip;

import org.splnet.inet.Transport;
import org.splnet.ip.IpStats.Counter;
import org.splnet.net.NetIf;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.Ip4Options;
import org.splnet.wire.IpProto;

/// What comes in (`ip_input`): RFC 1122 §3.2.1 in order, then reassembly, then up. Called by input threads,
/// holding
/// nothing.
final class IpInput {
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
            packet.srcHi = 0;
            packet.srcLo = header.srcLo();
            packet.dstHi = 0;
            packet.dstLo = header.dstLo();
            packet.proto = header.proto();
            packet.ttl = header.ttl();
            packet.tos = header.tos();
            wrong = unwanted(packet, from, header);
        }
        if (wrong == null && header.optionsLen() > 0) {
            wrong = options(packet, views, header, nowNs);
        }
        if (wrong != null) {
            packet.drop(wrong);
        } else if (header.isFragment()) {
            fragment(packet, header, nowNs);
        } else {
            deliver(packet, nowNs);
        }
    }

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
        if (Ip4Addr.isThisNetwork(dst) || Ip4Addr.isLoopback(dst) || Ip4Addr.isClassE(dst)) {
            return DropReason.IP_MARTIAN_DESTINATION;
        }
        if (ip.interfaces().owner(0, packet.dstLo) == from) {              // strong host model
            // RFC 1122 §3.3.6: one host's address in a link broadcast is not what the sender thinks
            return packet.has(Packet.LINK_BROADCAST) || packet.has(Packet.LINK_MULTICAST)
                    ? DropReason.IP_LINK_BROADCAST : null;
        }
        if (dst == -1 || Ip.isBroadcastOf(from, packet.dstLo)) {
            packet.flags |= Packet.IP_BROADCAST;
            return null;
        }
        if (dst == ALL_HOSTS) {
            packet.flags |= Packet.IP_MULTICAST;
            return null;
        }
        return DropReason.IP_NOT_FOR_US;
    }

    /// 224.0.0.1: the group every host is in (RFC 1112 §4).
    private static final int ALL_HOSTS = 0xe000_0001;

    /// RFC 1122 §3.2.1.3: what no host's datagram can have as its source; over a wire, also what only we may.
    private boolean martianSource(int src, NetIf from) {
        if (from.loopback()) {
            return !ip.isLocal(0, Ip4Addr.lo(src));
        }
        return Ip4Addr.isThisNetwork(src) || Ip4Addr.isLoopback(src) || Ip4Addr.isMulticast(src)
                || src == -1 || Ip4Addr.isClassE(src) || Ip.isBroadcastOf(from, Ip4Addr.lo(src))
                || ip.isLocal(0, Ip4Addr.lo(src));
    }

    private DropReason options(Packet packet, Views views, Ip4Header header, long nowNs) {
        Ip4Options options = views.options.wrap(packet.buf, packet.l3, header.headerLen());
        int bad = options.validate();
        if (bad != Ip4Options.OK) {
            errors.parameterProblem(packet, bad, nowNs);
            return DropReason.IP_BAD_OPTIONS;
        }
        // RFC 7126 §4.3.5, §4.4.5: drop, and say nothing to whoever tries
        return options.sourceRoute() != Ip4Options.ABSENT ? DropReason.IP_SOURCE_ROUTE : null;
    }

    private void fragment(Packet packet, Ip4Header header, long nowNs) {
        ip.stats().add(Counter.FRAGMENTS_IN);
        Packet whole = reassembly.add(packet, header, nowNs);
        if (whole != null) {
            deliver(whole, nowNs);
        }
    }

    private void deliver(Packet packet, long nowNs) {
        ip.stats().add(Counter.DELIVERED);
        packet.start = packet.l4;
        if (packet.proto == IpProto.ICMP) {
            icmp.input(packet, nowNs);
            return;
        }
        Transport transport = ip.transport(packet.proto);
        if (transport == null) {
            errors.protocolUnreachable(packet, nowNs);
            packet.drop(DropReason.IP_NO_PROTO);
        } else {
            transport.input(packet, nowNs);
        }
    }

    /// A packet of ours that its next hop's silence has stranded: the transport is told as if by ICMP.
    /// Consumes it.
    void undelivered(Packet held, long nowNs) {
        held.l3 = held.start;
        icmp.hostUnreachable(held, nowNs);
        held.drop(DropReason.NEIGHBOR_UNREACHABLE);
    }
}
