package org.splnet.ip;

import org.splnet.ip.IpStats.Counter;
import org.splnet.net.NetIf;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherType;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;

/// The way down (`ip_output`): header in front, fragments where need be, out by the path's interface. Any
/// thread, with locks up to `ENDPOINT` held.
final class IpOutput {
    private final Ip ip;
    private final IpIdent ident;

    IpOutput(Ip ip, IpIdent ident) {
        this.ip = ip;
        this.ident = ident;
    }

    /// Consumes `packet`, which begins with its transport header, or with IP options that end where `l4` is.
    Output output(Packet packet, Ip4Path path, long nowNs) {
        if (!path.refresh(nowNs)) {
            return ip.isLocal(0, path.localLo()) ? refuse(packet, DropReason.IP_NO_ROUTE, Output.NO_ROUTE)
                    : refuse(packet, DropReason.IP_NO_SOURCE, Output.BAD_ADDRESS);
        }
        boolean multicast = Ip4Addr.isMulticast(path.remote());
        if (path.group() != Ip4Path.ONE_HOST && !multicast && !packet.has(Packet.BROADCAST_ALLOWED)) {
            return refuse(packet, DropReason.IP_MARTIAN_DESTINATION, Output.BAD_ADDRESS);
        }
        int total = Ip4Header.MIN_LEN + packet.length();
        if (total > Ip4Header.MAX_TOTAL) {
            return refuse(packet, DropReason.TRANSMIT_TOO_BIG, Output.TOO_BIG);
        }
        boolean whole = largest(packet, total) <= path.mtu();
        if (!whole && (packet.has(Packet.DONT_FRAGMENT) || packet.gsoSize > 0)) {
            return refuse(packet, DropReason.IP_DONT_FRAGMENT, Output.TOO_BIG);
        }
        if (packet.ttl == 0) {
            packet.ttl = multicast ? 1 : ip.config().ttl();      // RFC 1112 §6.1
        }
        header(packet, path, total, packet.has(Packet.DONT_FRAGMENT) && !path.fragmentable());
        return whole ? hand(packet, path, nowNs) : inFragments(packet, path, nowNs);
    }

    private static Output refuse(Packet packet, DropReason reason, Output result) {
        packet.drop(reason);
        return result;
    }

    /// Octets of the largest IP packet that will be on the wire.
    private static int largest(Packet packet, int total) {
        if (packet.gsoSize == 0) {
            return total;
        }
        return Math.min(total, Ip4Header.MIN_LEN + packet.segmentHeaderLen() + packet.gsoSize);
    }

    /// Puts the header in front. Borrows `packet`.
    ///
    /// @param atomic neither we nor anybody on the way may fragment it: then the id means nothing (RFC 6864
    ///     §4.1) and is 0
    private void header(Packet packet, Ip4Path path, int total, boolean atomic) {
        int headerLen = Ip4Header.MIN_LEN + packet.l4 - packet.start;
        packet.l3 = packet.prepend(Ip4Header.MIN_LEN);
        packet.srcHi = 0;
        packet.srcLo = path.localLo();
        packet.dstHi = 0;
        packet.dstLo = path.remoteLo();
        Ip4Header header = Views.here().out.wrap(packet.buf, packet.l3).begin(Ip4Header.MIN_LEN)
                .tos(packet.tos)
                .totalLength(total)
                .id(atomic ? 0 : ident.next(path.local(), path.remote(), packet.proto))
                .fragment(atomic, false, 0)
                .ttl(packet.ttl)
                .proto(packet.proto)
                .src(path.local())
                .dst(path.remote());
        if (headerLen != Ip4Header.MIN_LEN) {
            header.headerLen(headerLen);
        }
        header.updateChecksum();
    }

    private Output hand(Packet packet, Ip4Path path, long nowNs) {
        ip.stats().add(Counter.PACKETS_OUT);
        NetIf out = path.out();
        return path.group() != Ip4Path.ONE_HOST
                ? out.outputGroup(packet, path.group(), EtherType.IPV4, nowNs)
                : out.output(packet, path.neighbor(), EtherType.IPV4, nowNs);
    }

    /// The first refusal ends it: a datagram that lacks one fragment need not have the others.
    private Output inFragments(Packet packet, Ip4Path path, long nowNs) {
        ip.stats().add(Counter.FRAGMENTED);
        Output result = Output.SENT;
        var fragments = new Fragmenter(packet, path.mtu());
        try {
            while (result == Output.SENT && fragments.more()) {
                Packet fragment = fragments.next();
                if (fragment == null) {
                    return Output.QUEUE_FULL;
                }
                ip.stats().add(Counter.FRAGMENTS_OUT);
                result = hand(fragment, path, nowNs);
            }
        } finally {
            packet.free();
        }
        return result;
    }
}
