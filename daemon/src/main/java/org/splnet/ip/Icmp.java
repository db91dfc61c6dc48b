package org.splnet.ip;

import org.splnet.inet.NetworkError;
import org.splnet.inet.Transport;
import org.splnet.ip.IpStats.Counter;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.Icmp4Header;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.IpProto;

/// ICMP messages that come in (`icmp_input`; RFC 792, RFC 1122 §3.2.2). Called by input threads, holding
/// nothing.
final class Icmp {
    /// What of the transport header every error must quote (RFC 792).
    private static final int QUOTED = 8;
    /// Every link takes as much (RFC 791 §3.2).
    private static final int LEAST_MTU = 68;
    /// RFC 1191 §7.1: guesses where an old router does not say what would fit.
    private static final int[] PLATEAUS = {32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296, LEAST_MTU};

    private final Ip ip;
    private final IcmpOutput output;
    private final Pings pings;

    Icmp(Ip ip, IcmpOutput output, Pings pings) {
        this.ip = ip;
        this.pings = pings;
        this.output = output;
    }

    /// Consumes `packet`, whose `l4` is at the ICMP header. "Checksum good" is what devices say of TCP and
    /// UDP, so it is not asked for.
    void input(Packet packet, long nowNs) {
        int len = packet.end - packet.l4;
        Icmp4Header header = Views.here().icmp.wrap(packet.buf, packet.l4);
        if (!header.fits(len)) {
            packet.drop(DropReason.ICMP_TRUNCATED);
            return;
        }
        if (!packet.has(Packet.CHECKSUM_PARTIAL) && !header.checksumOk(len)) {
            packet.drop(DropReason.ICMP_BAD_CHECKSUM);
            return;
        }
        ip.stats().icmpReceived(header.type());
        switch (header.type()) {
            case Icmp4Header.ECHO -> echo(packet, nowNs);
            // RFC 1122 §3.2.2.6: a reply goes to the one who asked
            case Icmp4Header.ECHO_REPLY -> packet.drop(packet.toMany() ? DropReason.ICMP_IGNORED
                    : pings.reply(packet, nowNs));
            case Icmp4Header.UNREACHABLE, Icmp4Header.TIME_EXCEEDED, Icmp4Header.PARAMETER_PROBLEM ->
                    packet.drop(error(packet, header, nowNs));
            case Icmp4Header.REDIRECT -> {
                // RFC 1122 §3.2.2.2 MUST; but any host on the link could divert our traffic with one
                ip.stats().add(Counter.REDIRECTS);
                packet.drop(DropReason.ICMP_IGNORED);
            }
            // Source Quench: RFC 6633 §3. Timestamps, masks, information: §3.2.2.7 to §3.2.2.9, none a MUST.
            // Unknown types: §3.2.2, silently.
            default -> packet.drop(DropReason.ICMP_IGNORED);
        }
    }

    private void echo(Packet packet, long nowNs) {
        if (packet.toMany()) {
            packet.drop(DropReason.ICMP_BROADCAST_ECHO);           // RFC 1122 §3.2.2.6 MAY
        } else {
            output.echoReply(packet, nowNs);
        }
    }

    /// Tells a transport about its datagram. Borrows `packet`.
    ///
    /// @return what became of the message, for the counters
    private DropReason error(Packet packet, Icmp4Header header, long nowNs) {
        NetworkError.Kind kind = kind(header.type(), header.code());
        // Errors go to the one host that sent the datagram: those to many are no errors.
        if (kind == null || packet.toMany()) {
            return DropReason.ICMP_IGNORED;
        }
        int mtu = 0;
        if (kind == NetworkError.Kind.TOO_BIG) {
            if (packet.end - header.data() < Ip4Header.MIN_LEN) {
                return DropReason.ICMP_TRUNCATED;
            }
            mtu = nextHopMtu(header.nextHopMtu(),
                    Views.here().quoted.wrap(packet.buf, header.data()).totalLength());
            if (mtu == 0) {
                return DropReason.ICMP_IGNORED;
            }
        }
        DropReason became = tell(packet, header.data(), packet.dstLo, kind, mtu, nowNs);
        if (became == DropReason.ICMP_CONSUMED) {
            ip.stats().add(Counter.ERRORS_IN);
        }
        return became;
    }

    /// What a message means to a transport (RFC 1122 §3.2.2.1, §4.2.3.9; RFC 1812 §5.2.7.1), or null.
    private static NetworkError.Kind kind(int type, int code) {
        return switch (type) {
            case Icmp4Header.UNREACHABLE -> unreachable(code);
            case Icmp4Header.TIME_EXCEEDED ->
                    code <= Icmp4Header.REASSEMBLY_EXCEEDED ? NetworkError.Kind.TIME_EXCEEDED : null;
            case Icmp4Header.PARAMETER_PROBLEM ->
                    code <= Icmp4Header.BAD_LENGTH ? NetworkError.Kind.PARAMETER_PROBLEM : null;
            default -> null;
        };
    }

    private static NetworkError.Kind unreachable(int code) {
        return switch (code) {
            case Icmp4Header.PROTOCOL_UNREACHABLE -> NetworkError.Kind.PROTOCOL_UNREACHABLE;
            case Icmp4Header.PORT_UNREACHABLE -> NetworkError.Kind.PORT_UNREACHABLE;
            case Icmp4Header.FRAGMENTATION_NEEDED -> NetworkError.Kind.TOO_BIG;
            case Icmp4Header.NET_PROHIBITED, Icmp4Header.HOST_PROHIBITED, Icmp4Header.FILTER_PROHIBITED,
                    Icmp4Header.HOST_PRECEDENCE, Icmp4Header.PRECEDENCE_CUTOFF ->
                    NetworkError.Kind.PROHIBITED;
            default -> code < Icmp4Header.HOST_PRECEDENCE ? NetworkError.Kind.UNREACHABLE : null;
        };
    }

    /// RFC 1191 §4 and §5: what the router says, or if it is too old to say, the next plateau below the
    /// datagram that did not fit.
    ///
    /// @return 0 if it makes no sense: the datagram would have fitted (RFC 5927 §7.2), or no link is so
    ///     narrow
    private static int nextHopMtu(int said, int totalLength) {
        if (said != 0) {
            return said < LEAST_MTU || said >= totalLength ? 0 : said;
        }
        for (int plateau : PLATEAUS) {
            if (plateau < totalLength) {
                return plateau;
            }
        }
        return 0;
    }

    /// The next hop of a packet of ours does not answer: told as a router would (RFC 1122 §2.4). Borrows
    /// `held`, which begins with its IP header.
    void undelivered(Packet held, long nowNs) {
        if (held.end - held.l3 >= Ip4Header.MIN_LEN) {
            tell(held, held.l3, held.srcLo, NetworkError.Kind.NEIGHBOR_SILENT, 0, nowNs);
        }
    }

    /// Tells the transport of the datagram that stands at `quote`, which must be one of ours: sent from the
    /// address the error came to. The transport will want to know more (RFC 5927). Borrows `packet`.
    ///
    /// @return `ICMP_CONSUMED` if the datagram's sender knows now, or why he does not
    private DropReason tell(Packet packet, int quote, long ourLo, NetworkError.Kind kind, int mtu,
            long nowNs) {
        Views views = Views.here();
        Ip4Header quoted = views.quoted.wrap(packet.buf, quote);
        int len = packet.end - quote;
        if (len < Ip4Header.MIN_LEN || quoted.version() != Ip4Header.VERSION || !quoted.fits(len)
                || len < quoted.headerLen() + QUOTED) {
            return DropReason.ICMP_TRUNCATED;
        }
        // A later fragment does not show whose it is (RFC 1122 §3.2.2: nobody should have reported it).
        if (quoted.srcLo() != ourLo || !ip.isLocal(0, ourLo) || quoted.fragmentOffset() != 0) {
            return DropReason.ICMP_NO_ENDPOINT;
        }
        boolean echo = quoted.proto() == IpProto.ICMP;
        Transport transport = echo ? null : ip.transport(quoted.proto());
        if (transport == null && !echo) {
            return DropReason.ICMP_NO_ENDPOINT;
        }
        NetworkError error = views.error;
        error.kind = kind;
        error.mtu = mtu;
        error.localHi = 0;
        error.localLo = ourLo;
        error.remoteHi = 0;
        error.remoteLo = quoted.dstLo();
        error.buf = packet.buf;
        error.at = quoted.l4();
        error.len = len - quoted.headerLen();
        try {
            if (echo) {
                return pings.error(error, (int) packet.srcLo, nowNs);
            }
            return transport.error(error, nowNs) ? DropReason.ICMP_CONSUMED : DropReason.ICMP_NO_ENDPOINT;
        } finally {
            error.buf = null;
        }
    }
}
