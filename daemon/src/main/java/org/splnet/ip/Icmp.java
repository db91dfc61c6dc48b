package org.splnet.ip;

import org.splnet.inet.NetworkError;
import org.splnet.inet.Transport;
import org.splnet.ip.IpStats.Counter;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.Icmp4Header;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.IpProto;

/// ICMP messages that come in (RFC 792, RFC 1122 §3.2.2). Called by input threads, holding nothing.
final class Icmp {
    private static final int GROUP = Packet.IP_BROADCAST | Packet.IP_MULTICAST | Packet.LINK_BROADCAST
            | Packet.LINK_MULTICAST;
    /// What of the transport header every error must quote (RFC 792).
    private static final int QUOTED = 8;
    /// RFC 1191 §7.1: guesses where an old router does not say what would fit.
    private static final int[] PLATEAUS = {32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68};

    private final Ip ip;
    private final IcmpOutput output;

    Icmp(Ip ip, IcmpOutput output) {
        this.ip = ip;
        this.output = output;
    }

    /// Consumes `packet`, whose `l4` is at the ICMP header.
    void input(Packet packet, long nowNs) {
        ip.stats().add(Counter.ICMP_IN);
        int len = packet.end - packet.l4;
        Icmp4Header header = Views.here().icmp.wrap(packet.buf, packet.l4);
        if (!header.fits(len)) {
            packet.drop(DropReason.ICMP_TRUNCATED);
        } else if ((packet.flags & (Packet.CHECKSUM_GOOD | Packet.CHECKSUM_PARTIAL)) == 0
                && !header.checksumOk(len)) {
            packet.drop(DropReason.ICMP_BAD_CHECKSUM);
        } else if (header.type() == Icmp4Header.ECHO) {
            echo(packet, header, nowNs);
        } else {
            packet.drop(other(packet, header, nowNs));
        }
    }

    private void echo(Packet packet, Icmp4Header header, long nowNs) {
        if ((packet.flags & GROUP) != 0) {
            packet.drop(DropReason.ICMP_BROADCAST_ECHO);           // RFC 1122 §3.2.2.6: MAY be discarded
        } else if (header.code() != 0) {
            packet.drop(DropReason.ICMP_IGNORED);
        } else {
            output.echoReply(packet, header, nowNs);
        }
    }

    /// @return what became of it, for the counters
    private DropReason other(Packet packet, Icmp4Header header, long nowNs) {
        if (header.type() == Icmp4Header.REDIRECT) {
            ip.stats().add(Counter.REDIRECTS);
            return DropReason.ICMP_IGNORED;
        }
        NetworkError.Kind kind = kind(header.type(), header.code());
        // a group's members do not speak for what one of them was sent
        if (kind == null || (packet.flags & GROUP) != 0) {
            return DropReason.ICMP_IGNORED;                        // also RFC 1122 §3.2.2: unknown types
        }
        ip.stats().add(Counter.ERRORS_IN);
        return error(packet, header.data(), kind, header.nextHopMtu(), nowNs);
    }

    /// What a message means to a transport, or null if it is none of its business (RFC 1122 §4.2.3.9, RFC
    /// 6633).
    private static NetworkError.Kind kind(int type, int code) {
        return switch (type) {
            case Icmp4Header.UNREACHABLE -> switch (code) {
                case Icmp4Header.PROTOCOL_UNREACHABLE -> NetworkError.Kind.PROTOCOL_UNREACHABLE;
                case Icmp4Header.PORT_UNREACHABLE -> NetworkError.Kind.PORT_UNREACHABLE;
                case Icmp4Header.FRAGMENTATION_NEEDED -> NetworkError.Kind.TOO_BIG;
                case Icmp4Header.NET_PROHIBITED, Icmp4Header.HOST_PROHIBITED, Icmp4Header.FILTER_PROHIBITED,
                        Icmp4Header.HOST_PRECEDENCE, Icmp4Header.PRECEDENCE_CUTOFF ->
                        NetworkError.Kind.PROHIBITED;
                default -> code <= Icmp4Header.HOST_UNREACHABLE_FOR_TOS ? NetworkError.Kind.UNREACHABLE
                        : null;
            };
            case Icmp4Header.TIME_EXCEEDED -> NetworkError.Kind.TIME_EXCEEDED;
            case Icmp4Header.PARAMETER_PROBLEM -> NetworkError.Kind.PARAMETER_PROBLEM;
            default -> null;
        };
    }

    /// Tells the transport of the datagram that stands at `quote`. Borrows `packet`.
    private DropReason error(Packet packet, int quote, NetworkError.Kind kind, int mtu, long nowNs) {
        Ip4Header quoted = Views.here().quoted.wrap(packet.buf, quote);
        int len = packet.end - quote;
        if (len < Ip4Header.MIN_LEN || quoted.version() != Ip4Header.VERSION || !quoted.fits(len)
                || len < quoted.headerLen() + QUOTED) {
            return DropReason.ICMP_TRUNCATED;
        }
        Transport transport = ip.transport(quoted.proto());
        if (transport == null || !ip.isLocal(0, quoted.srcLo()) || quoted.fragmentOffset() != 0) {
            return DropReason.ICMP_NO_ENDPOINT;
        }
        NetworkError error = Views.here().error;
        error.kind = kind;
        error.mtu = kind != NetworkError.Kind.TOO_BIG ? 0 : mtu != 0 ? mtu : plateau(quoted.totalLength());
        error.localHi = 0;
        error.localLo = quoted.srcLo();
        error.remoteHi = 0;
        error.remoteLo = quoted.dstLo();
        error.buf = packet.buf;
        error.at = quoted.l4();
        error.len = packet.end - quoted.l4();
        transport.error(error, nowNs);
        error.buf = null;
        return DropReason.ICMP_CONSUMED;
    }

    private static int plateau(int below) {
        for (int plateau : PLATEAUS) {
            if (plateau < below) {
                return plateau;
            }
        }
        return PLATEAUS[PLATEAUS.length - 1];
    }

    /// The next hop of a packet of ours does not answer: told as a router would. Borrows `held`, whose `l3`
    /// is at
    /// its own header, which is the quotation.
    void hostUnreachable(Packet held, long nowNs) {
        Ip4Header header = Views.here().quoted.wrap(held.buf, held.l3);
        if (header.proto() != IpProto.ICMP) {
            error(held, held.l3, NetworkError.Kind.UNREACHABLE, 0, nowNs);
        }
    }
}
