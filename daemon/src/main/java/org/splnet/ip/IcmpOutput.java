package org.splnet.ip;

import org.splnet.ip.IpStats.Counter;
import org.splnet.kern.RateLimit;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.Icmp4Header;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.IpProto;

/// ICMP messages that we send: echo replies, and errors about what we were sent (RFC 1122 §3.2.2), both
/// limited in
/// rate. Any thread; takes what locks the way out takes.
final class IcmpOutput {
    private static final int GROUP = Packet.IP_BROADCAST | Packet.IP_MULTICAST | Packet.LINK_BROADCAST
            | Packet.LINK_MULTICAST;
    /// RFC 1812 §4.3.2.3: as much of the original as fits into a datagram every host can take.
    private static final int LARGEST_ERROR = 576;

    private final Ip ip;
    private final RateLimit echoes;
    private final RateLimit errors;

    IcmpOutput(Ip ip, IpConfig config) {
        this.ip = ip;
        echoes = new RateLimit(config.echoPerSecond(), Math.max(1, config.echoPerSecond() / 10));
        errors = new RateLimit(config.errorsPerSecond(), Math.max(1, config.errorsPerSecond() / 10));
    }

    /// Sends an echo request back as its reply, in its own buffer. Consumes `packet`.
    void echoReply(Packet packet, Icmp4Header header, long nowNs) {
        if (!echoes.allow(nowNs)) {
            packet.drop(DropReason.ICMP_RATE_LIMITED);
            return;
        }
        Ip4Path path = back(packet, nowNs);
        if (path == null) {
            packet.drop(DropReason.IP_NO_ROUTE);
            return;
        }
        header.type(Icmp4Header.ECHO_REPLY);
        if (packet.has(Packet.CHECKSUM_PARTIAL)) {
            header.updateChecksum(packet.end - packet.l4);
        } else {
            header.checksum(Checksum.update16(header.checksum(), Icmp4Header.ECHO << 8, 0));
        }
        packet.start = packet.l4;
        packet.flags = 0;
        packet.gsoSize = 0;
        packet.ttl = 0;
        ip.stats().add(Counter.ECHO_REPLIES);
        send(packet, path, nowNs);
    }

    /// The way back, with the request's destination as its source (RFC 1122 §3.2.2.6).
    private Ip4Path back(Packet packet, long nowNs) {
        Views views = Views.here();
        Ip4Path last = views.replyPath;
        int local = (int) packet.dstLo;
        int remote = (int) packet.srcLo;
        if (last == null || last.local() != local || last.remote() != remote || !last.belongsTo(ip)) {
            last = Ip4Path.find(ip, local, remote, nowNs);
            views.replyPath = last;
        }
        return last;
    }

    /// Nobody listens on the port. Borrows `packet`.
    void portUnreachable(Packet packet, long nowNs) {
        error(packet, Icmp4Header.UNREACHABLE, Icmp4Header.PORT_UNREACHABLE, 0, nowNs);
    }

    /// No such protocol here. Borrows `packet`.
    void protocolUnreachable(Packet packet, long nowNs) {
        error(packet, Icmp4Header.UNREACHABLE, Icmp4Header.PROTOCOL_UNREACHABLE, 0, nowNs);
    }

    /// An octet of its header makes no sense. Borrows `packet`.
    void parameterProblem(Packet packet, int pointer, long nowNs) {
        error(packet, Icmp4Header.PARAMETER_PROBLEM, Icmp4Header.POINTER_INDICATES, pointer << 24, nowNs);
    }

    /// The rest of its fragments has not come in time (RFC 1122 §3.3.2). Borrows `packet`, which begins with
    /// the first
    /// fragment's header.
    void reassemblyTimeout(Packet packet, long nowNs) {
        error(packet, Icmp4Header.TIME_EXCEEDED, Icmp4Header.REASSEMBLY_EXCEEDED, 0, nowNs);
    }

    private void error(Packet about, int type, int code, int rest, long nowNs) {
        if (!mayBeAnswered(about)) {
            return;
        }
        if (!errors.allow(nowNs)) {
            ip.pool().drops().add(DropReason.ICMP_RATE_LIMITED);
            return;
        }
        Ip4Path path = Ip4Path.find(ip, (int) about.dstLo, (int) about.srcLo, nowNs);
        if (path == null) {
            return;
        }
        int quote = Math.min(about.end - about.l3, LARGEST_ERROR - Ip4Header.MIN_LEN - Icmp4Header.LEN);
        Packet packet = ip.pool().allocate(Icmp4Header.LEN + quote);
        packet.l4 = packet.append(Icmp4Header.LEN + quote);
        packet.buf.setBytes(packet.l4 + Icmp4Header.LEN, about.buf, about.l3, quote);
        Views.here().icmpOut.wrap(packet.buf, packet.l4).type(type).code(code).rest(rest)
                .updateChecksum(Icmp4Header.LEN + quote);
        ip.stats().add(Counter.ERRORS_OUT);
        send(packet, path, nowNs);
    }

    /// RFC 1122 §3.2.2: no error about an ICMP error, about what went to many, about a fragment other than
    /// the
    /// first, or to what is no single host.
    private boolean mayBeAnswered(Packet about) {
        Ip4Header header = Views.here().out.wrap(about.buf, about.l3);
        int src = header.src();
        if ((about.flags & GROUP) != 0 || header.fragmentOffset() != 0 || Ip4Addr.isThisNetwork(src)
                || Ip4Addr.isMulticast(src) || Ip4Addr.isClassE(src) || ip.isBroadcast(0, Ip4Addr.lo(src))) {
            return false;
        }
        if (header.proto() != IpProto.ICMP) {
            return true;
        }
        // what cannot even say its type is given the benefit of no answer
        return about.end > header.l4() && !Icmp4Header.isError(about.buf.getUnsignedByte(header.l4()));
    }

    private void send(Packet packet, Ip4Path path, long nowNs) {
        packet.proto = IpProto.ICMP;
        if (ip.output(packet, path, nowNs) == Output.SENT) {
            ip.stats().add(Counter.ICMP_OUT);
        }
    }
}
