package org.splnet.ip;

import org.splnet.ip.IpStats.Counter;
import org.splnet.kern.Entropy;
import org.splnet.kern.RateLimit;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.EtherHeader;
import org.splnet.wire.Icmp4Header;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.IpProto;

/// ICMP messages that we send: echo replies, and errors about what we were sent (RFC 1122 §3.2.2), each kind
/// limited in rate. Any thread; takes what locks the way out takes.
///
/// Lock key: (v) volatile, written by whoever changes the configuration
final class IcmpOutput {
    /// RFC 1812 §4.3.2.3: as much of the original as fits into a datagram every host can take.
    private static final int LARGEST_ERROR = 576;
    /// Room that the link needs in front of what is sent.
    private static final int LINK_ROOM = EtherHeader.LEN;
    /// One error in so many takes two tokens.
    private static final int JITTER = 8;

    private final Ip ip;
    private final Entropy entropy;
    private volatile RateLimit echoReplies;                   // (v)
    private volatile RateLimit unreachables;                  // (v)
    private volatile RateLimit timeExceeded;                  // (v)
    private volatile RateLimit parameterProblems;             // (v)

    IcmpOutput(Ip ip, IpConfig config, Entropy entropy) {
        this.ip = ip;
        this.entropy = entropy;
        configure(config);
    }

    /// Other rates from now on; a burst may pass once more. Any thread.
    void configure(IpConfig config) {
        echoReplies = limit(config.echoRepliesPerSecond());
        unreachables = limit(config.unreachablesPerSecond());
        timeExceeded = limit(config.timeExceededPerSecond());
        parameterProblems = limit(config.parameterProblemsPerSecond());
    }

    /// Null if none may be sent. A burst is what a tenth of a second allows.
    private static RateLimit limit(int perSecond) {
        return perSecond == 0 ? null : new RateLimit(perSecond, Math.max(1, perSecond / 10));
    }

    /// Sends an echo request back as its reply, in its own buffer, from the address it was sent to (RFC 1122
    /// §3.2.2.6). Consumes `packet`, a checked request to one host, `start` and `l4` at its ICMP header.
    void echoReply(Packet packet, long nowNs) {
        RateLimit limit = echoReplies;
        if (limit == null || !limit.allow(nowNs)) {
            packet.drop(DropReason.ICMP_RATE_LIMITED);
            return;
        }
        Views views = Views.here();
        Ip4Path path = views.back(ip, (int) packet.dstLo, (int) packet.srcLo, nowNs);
        if (path == null) {
            packet.drop(DropReason.IP_NO_ROUTE);
            return;
        }
        Icmp4Header header = views.icmpOut.wrap(packet.buf, packet.l4).type(Icmp4Header.ECHO_REPLY);
        if (packet.has(Packet.CHECKSUM_PARTIAL)) {
            header.updateChecksum(packet.end - packet.l4);
        } else {
            int checksum = Checksum.update16(header.checksum(), Icmp4Header.ECHO << 8, 0);
            // 0 for any sum that is zero, in either form; where no octet is set only 0xffff is right, and
            // where one is that serves as well
            header.checksum(checksum == 0 ? 0xffff : checksum);
        }
        packet.start = EchoOptions.keep(packet, path.local(), views.options, nowNs);
        packet.fate = null;                         // the request has been answered, whatever comes now
        packet.flags = 0;
        packet.gsoSize = 0;
        packet.ttl = 0;
        Packet reply = packet.start >= Ip4Header.MIN_LEN + LINK_ROOM ? packet : copy(packet);
        send(reply, path, Icmp4Header.ECHO_REPLY, nowNs);
    }

    /// The same with room in front. Consumes `packet`; the caller owns the copy.
    private static Packet copy(Packet packet) {
        int len = packet.length();
        Packet copy = packet.pool().allocate(len);
        int at = copy.append(len);
        copy.buf.setBytes(at, packet.buf, packet.start, len);
        copy.l4 = at + packet.l4 - packet.start;
        copy.tos = packet.tos;
        packet.free();
        return copy;
    }

    /// Nobody listens on the port. Borrows `packet`.
    void portUnreachable(Packet packet, long nowNs) {
        error(packet, Icmp4Header.UNREACHABLE, Icmp4Header.PORT_UNREACHABLE, 0, unreachables, nowNs);
    }

    /// No transport has the number. Borrows `packet`.
    void protocolUnreachable(Packet packet, long nowNs) {
        error(packet, Icmp4Header.UNREACHABLE, Icmp4Header.PROTOCOL_UNREACHABLE, 0, unreachables, nowNs);
    }

    /// An option is malformed. Borrows `packet`.
    ///
    /// @param pointer offset of the octet that is wrong
    void parameterProblem(Packet packet, int pointer, long nowNs) {
        error(packet, Icmp4Header.PARAMETER_PROBLEM, Icmp4Header.POINTER_INDICATES, pointer << 24,
                parameterProblems, nowNs);
    }

    /// The rest of its fragments has not come in time (RFC 1122 §3.3.2). Borrows `first`, the first of them.
    void reassemblyTimeout(Packet first, long nowNs) {
        error(first, Icmp4Header.TIME_EXCEEDED, Icmp4Header.REASSEMBLY_EXCEEDED, 0, timeExceeded, nowNs);
    }

    private void error(Packet about, int type, int code, int rest, RateLimit limit, long nowNs) {
        if (!mayBeAnswered(about)) {
            return;
        }
        if (limit == null || !limited(limit, nowNs)) {
            ip.stats().add(Counter.ERRORS_SUPPRESSED);
            return;
        }
        Views views = Views.here();
        Ip4Path path = views.back(ip, (int) about.dstLo, (int) about.srcLo, nowNs);
        if (path == null) {
            return;
        }
        int quote = Math.min(about.end - about.l3, LARGEST_ERROR - Ip4Header.MIN_LEN - Icmp4Header.LEN);
        Packet packet = ip.pool().tryAllocate(Icmp4Header.LEN + quote);
        if (packet == null) {
            return;
        }
        packet.l4 = packet.append(Icmp4Header.LEN + quote);
        packet.buf.setBytes(packet.l4 + Icmp4Header.LEN, about.buf, about.l3, quote);
        views.icmpOut.wrap(packet.buf, packet.l4).type(type).code(code).rest(rest)
                .updateChecksum(Icmp4Header.LEN + quote);
        send(packet, path, type, nowNs);
    }

    /// Takes a token, now and then two: were the number of answers exact, whoever can spend tokens in
    /// another's name could count from ours which of that one's probes we answered (CVE-2020-25705).
    private boolean limited(RateLimit limit, long nowNs) {
        return limit.allow(nowNs) && (entropy.nextInt(JITTER) != 0 || limit.allow(nowNs));
    }

    /// RFC 1122 §3.2.2: no error about an ICMP error, about what went to many, on the link or in IP, about a
    /// fragment other than the first, or to a source that is no single host. Borrows `about`, whose `l3` is
    /// at a header that was checked.
    boolean mayBeAnswered(Packet about) {
        Ip4Header header = Views.here().quoted.wrap(about.buf, about.l3);
        int src = header.src();
        long srcLo = header.srcLo();
        if (about.toMany() || header.fragmentOffset() != 0 || Ip4Addr.isThisNetwork(src)
                || Ip4Addr.isMulticast(src) || Ip4Addr.isClassE(src) || ip.isBroadcast(0, srcLo)
                || !ip.isLocal(0, header.dstLo())) {
            return false;
        }
        if (header.proto() != IpProto.ICMP) {
            return true;
        }
        // A type that we do not know may be an error; what is too short to have one gets no answer either.
        return about.end > header.l4() && isQuery(about.buf.getUnsignedByte(header.l4()));
    }

    private static boolean isQuery(int type) {
        return switch (type) {
            case Icmp4Header.ECHO, Icmp4Header.ECHO_REPLY, Icmp4Header.TIMESTAMP, Icmp4Header.TIMESTAMP_REPLY,
                    Icmp4Header.INFORMATION, Icmp4Header.INFORMATION_REPLY, Icmp4Header.ADDRESS_MASK,
                    Icmp4Header.ADDRESS_MASK_REPLY -> true;
            default -> false;
        };
    }

    /// Consumes `packet`.
    private void send(Packet packet, Ip4Path path, int type, long nowNs) {
        packet.proto = IpProto.ICMP;
        if (ip.output(packet, path, nowNs) == Output.SENT) {
            ip.stats().icmpSent(type);
        }
    }
}
