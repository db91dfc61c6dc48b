package org.splnet.ip;

import org.splnet.ip.IpStats.Counter;
import org.splnet.net.NetIf;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherType;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.TcpHeader;

/// The way down (`ip_output`): header in front, fragments where need be, out by the path's interface. Any
/// thread, with
/// locks up to `ENDPOINT` held.
final class IpOutput {
    private static final int DATA_OFFSET = 12;

    private final Ip ip;
    private final IpConfig config;
    private final IpIdent ident;

    IpOutput(Ip ip, IpConfig config, IpIdent ident) {
        this.ip = ip;
        this.config = config;
        this.ident = ident;
    }

    /// Consumes `packet`, which begins with its transport header.
    Output output(Packet packet, Ip4Path path, long nowNs) {
        if (!path.refresh(nowNs)) {
            return refuse(packet, DropReason.IP_NO_ROUTE, Output.NO_ROUTE);
        }
        if (path.group() != Ip4Path.ONE_HOST && !packet.has(Packet.BROADCAST_ALLOWED)
                && !Ip4Addr.isMulticast(path.remote())) {
            return refuse(packet, DropReason.IP_MARTIAN_DESTINATION, Output.BAD_ADDRESS);
        }
        int total = Ip4Header.MIN_LEN + packet.length();
        if (total > Ip4Header.MAX_TOTAL) {
            return refuse(packet, DropReason.TRANSMIT_TOO_BIG, Output.TOO_BIG);
        }
        boolean whole = largest(packet, total) <= path.mtu();
        if (!whole && packet.has(Packet.DONT_FRAGMENT)) {
            return refuse(packet, DropReason.IP_DONT_FRAGMENT, Output.TOO_BIG);
        }
        header(packet, path, total, whole);
        return whole ? hand(packet, path, nowNs) : inFragments(packet, path, nowNs);
    }

    private Output refuse(Packet packet, DropReason reason, Output result) {
        packet.drop(reason);
        return result;
    }

    /// Octets of the largest IP packet that will be on the wire.
    private static int largest(Packet packet, int total) {
        if (packet.gsoSize == 0) {
            return total;
        }
        int tcpLen = packet.buf.getUnsignedByte(packet.start + DATA_OFFSET) >>> 4 << 2;
        assert tcpLen >= TcpHeader.MIN_LEN;
        return Math.min(total, Ip4Header.MIN_LEN + tcpLen + packet.gsoSize);
    }

    private void header(Packet packet, Ip4Path path, int total, boolean whole) {
        packet.l4 = packet.start;
        packet.l3 = packet.prepend(Ip4Header.MIN_LEN);
        packet.srcHi = 0;
        packet.srcLo = path.localLo();
        packet.dstHi = 0;
        packet.dstLo = path.remoteLo();
        boolean atomic = whole && packet.has(Packet.DONT_FRAGMENT);
        Views.here().out.wrap(packet.buf, packet.l3).begin(Ip4Header.MIN_LEN)
                .tos(packet.tos)
                .totalLength(total)
                .id(atomic ? 0 : ident.next(path.localLo(), path.remoteLo(), packet.proto))
                .fragment(atomic, false, 0)
                .ttl(packet.ttl == 0 ? config.ttl() : packet.ttl)
                .proto(packet.proto)
                .src(path.local())
                .dst(path.remote())
                .updateChecksum();
    }

    private Output hand(Packet packet, Ip4Path path, long nowNs) {
        ip.stats().add(Counter.PACKETS_OUT);
        NetIf out = path.out();
        if (path.group() != Ip4Path.ONE_HOST) {
            return out.outputGroup(packet, path.group(), EtherType.IPV4, nowNs);
        }
        if (path.neighbor() == null && !out.loopback()) {
            return refuse(packet, DropReason.NEIGHBOR_TABLE_FULL, Output.QUEUE_FULL);
        }
        return out.output(packet, path.neighbor(), EtherType.IPV4, nowNs);
    }

    /// Every fragment is tried even if one is refused: a queue that was full may have room again, and the
    /// result says
    /// that the datagram will not arrive.
    private Output inFragments(Packet packet, Ip4Path path, long nowNs) {
        ip.stats().add(Counter.FRAGMENTED);
        Output result = Output.SENT;
        var fragments = new Fragmenter(packet, path.mtu());
        for (Packet fragment; (fragment = fragments.next()) != null; ) {
            ip.stats().add(Counter.FRAGMENTS_OUT);
            Output each = hand(fragment, path, nowNs);
            result = each == Output.SENT ? result : each;
        }
        packet.free();
        return result;
    }
}
