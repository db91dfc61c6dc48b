package org.splnet.udp;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Objects;
import org.splnet.inet.Network;
import org.splnet.inet.Path;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Checksum;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.IpProto;
import org.splnet.wire.UdpHeader;

/// Datagrams on their way down (`udp_output`). Stateless; the socket's lock is held.
final class UdpOutput {
    /// The length field has 16 bits (RFC 768), and so has IPv4's, which counts its own header too.
    private static final int MAX_LENGTH = 65535;
    /// What is sent at once is cut into no more datagrams than Linux allows (`UDP_MAX_SEGMENTS`).
    private static final int MOST_DATAGRAMS = 128;
    private static final String SEND_TO = "send to ";

    private static final FastThreadLocal<UdpHeader> HEADERS = new FastThreadLocal<>() {
        @Override
        protected UdpHeader initialValue() {
            return new UdpHeader();
        }
    };
    private final Network network;
    private final UdpStats stats;

    UdpOutput(Network network, UdpStats stats) {
        this.network = network;
        this.stats = stats;
    }

    /// Sends one datagram, or several. Borrows `data`, whose reader index moves to the end of what was sent.
    ///
    /// @param to destination, null for the peer
    /// @param from source address, null for the socket's
    /// @param segment octets of each datagram but the last; 0 for all in one
    void send(UdpPcb pcb, ByteBuf data, Endpoint to, InetAddr from, int segment, long nowNs)
            throws SocketException {
        assert pcb.lock.held();
        try {
            Endpoint there = destination(pcb, to);
            Path path = way(pcb, there, from, nowNs);
            int len = data.readableBytes();
            if (segment == 0 || len <= segment) {
                send(pcb, path, there, data, len, 0, nowNs);
                return;
            }
            check(path, len, segment);
            // What arrives on this host is not cut any more; and those that routers may fragment need ids of
            // their own, as of Path.largestSend.
            boolean apart = path.loopback() || UdpHeader.LEN + len > path.largestSend();
            int most = apart ? segment : len;
            while (data.isReadable()) {
                int next = Math.min(most, data.readableBytes());
                send(pcb, path, there, data, next, next > segment ? segment : 0, nowNs);
            }
        } catch (SocketException e) {
            stats.sendFailures.increment();
            throw e;
        }
    }

    /// As on Linux, what goes at once could go in one, too.
    private static void check(Path path, int len, int segment) throws SocketException {
        if (UdpHeader.LEN + len > longest(path)) {
            throw new SocketException(SockError.EMSGSIZE, "send " + len + " octets");
        }
        if (len > MOST_DATAGRAMS * segment) {
            throw new SocketException(SockError.EINVAL, "send more than " + MOST_DATAGRAMS + " datagrams");
        }
    }

    /// Octets of the longest datagram, with its header.
    private static int longest(Path path) {
        boolean v4 = InetAddr.isV4(path.remoteHi(), path.remoteLo());
        return v4 ? MAX_LENGTH - path.headerLength() : MAX_LENGTH;
    }

    private void send(UdpPcb pcb, Path path, Endpoint to, ByteBuf data, int len, int segment, long nowNs)
            throws SocketException {
        Packet packet = build(pcb, path, to.port(), data, len, segment);
        pcb.unfragmented |= segment > 0 || pcb.inbox.options().dontFragment();
        Output output = network.output(packet, path, nowNs);
        if (output != Output.SENT) {
            if (pcb.remote == null) {
                pcb.path = null;
            }
            throw failed(SockError.of(output), to);
        }
        stats.datagramsOut.add(segment > 0 ? (len + segment - 1) / segment : 1);
        stats.octetsOut.add(len);
        data.skipBytes(len);
    }

    private static Endpoint destination(UdpPcb pcb, Endpoint to) throws SocketException {
        Endpoint there = to == null ? pcb.remote : to;
        if (there == null) {
            throw new SocketException(SockError.EDESTADDRREQ, "send");
        }
        // RFC 768: port 0 stands for "no reply expected"; nobody can be reached there.
        if (there.port() == 0 || there.addr().isUnspecified()) {
            throw failed(SockError.EINVAL, there);
        }
        return there;
    }

    /// The way there: the socket's, or where it sent last, if it is the same; else a new one, which the
    /// socket keeps.
    private Path way(UdpPcb pcb, Endpoint to, InetAddr from, long nowNs) throws SocketException {
        InetAddr source = from == null ? own(pcb.local.addr()) : asked(pcb, from, to);
        Path path = pcb.path;
        boolean same = path != null && to.addr().is(path.remoteHi(), path.remoteLo());
        if (!same || !Objects.equals(source, pcb.pathFrom)) {
            path = find(source, to, SEND_TO, nowNs);
            pcb.path = path;
            pcb.pathFrom = source;
            pcb.pathBroadcast = network.isBroadcast(to.addr().hi(), to.addr().lo());
        }
        pcb.pathPort = to.port();
        if (pcb.pathBroadcast && !pcb.inbox.options().broadcast()) {
            throw failed(SockError.EACCES, to);
        }
        return path;
    }

    /// A way.
    ///
    /// @param source null to choose
    /// @param call what wants it, for errors
    Path find(InetAddr source, Endpoint to, String call, long nowNs) throws SocketException {
        Path path = network.path(source, to.addr(), nowNs);
        if (path == null) {
            boolean ours = source == null || network.isLocal(source.hi(), source.lo());
            throw new SocketException(ours ? SockError.ENETUNREACH : SockError.EADDRNOTAVAIL, call + to);
        }
        return path;
    }

    /// The source that the caller wants. Whoever answers a broadcast names the address it was sent to, which
    /// cannot be a source: then it is chosen (RFC 1122 4.1.3.5).
    private InetAddr asked(UdpPcb pcb, InetAddr from, Endpoint to) throws SocketException {
        InetAddr source = own(from);
        if (source == null) {
            return own(pcb.local.addr());
        }
        InetAddr bound = own(pcb.local.addr());
        if (bound != null && !bound.equals(source)) {
            throw failed(SockError.EADDRNOTAVAIL, to);
        }
        return source;
    }

    /// `addr` if it can be a source address, else null.
    InetAddr own(InetAddr addr) {
        boolean single = !addr.isUnspecified() && !addr.isMulticast()
                && !network.isBroadcast(addr.hi(), addr.lo());
        return single ? addr : null;
    }

    /// Header and payload. Borrows `data`; the caller owns the packet.
    private Packet build(UdpPcb pcb, Path path, int port, ByteBuf data, int len, int segment)
            throws SocketException {
        boolean v4 = InetAddr.isV4(path.remoteHi(), path.remoteLo());
        int length = UdpHeader.LEN + len;
        if (length > longest(path)) {
            throw new SocketException(SockError.EMSGSIZE, "send " + len + " octets");
        }
        // Drivers need a native address.
        boolean copy = len <= Packet.COPY || !data.hasMemoryAddress();
        int head = UdpHeader.LEN + (copy ? len : 0);
        Packet packet = network.pool().tryAllocate(head);
        if (packet == null) {
            throw new SocketException(SockError.ENOBUFS, "send " + len + " octets");
        }
        packet.l4 = packet.append(head);
        packet.proto = IpProto.UDP;
        SocketOptions options = pcb.inbox.options();
        packet.tos = options.tos();
        // RFC 1112 6.1: multicasts stay on the link unless asked otherwise.
        boolean multicast = v4 ? (int) path.remoteLo() >>> 28 == 14 : path.remoteHi() >>> 56 == 0xff;
        packet.ttl = multicast && options.ttl() == 0 ? 1 : options.ttl();
        packet.gsoSize = segment;
        packet.flags |= (segment > 0 || options.dontFragment() ? Packet.DONT_FRAGMENT : 0)
                | (pcb.pathBroadcast ? Packet.BROADCAST_ALLOWED : 0);
        UdpHeader header = HEADERS.get().wrap(packet.buf, packet.l4)
                .srcPort(pcb.local.port()).dstPort(port).length(length).checksum(0);
        if (copy) {
            packet.buf.setBytes(header.payload(), data, data.readerIndex(), len);
        } else {
            packet.addPiece(data, data.readerIndex(), len);
        }
        checksum(packet, header, path, length);
        return packet;
    }

    /// Left to the device (RFC 768's sum over pseudo header, header and data) unless the datagram will be cut
    /// into fragments, which no device can sum up.
    private static void checksum(Packet packet, UdpHeader header, Path path, int length) {
        int sum = Checksum.pseudo(path.localHi(), path.localLo(), path.remoteHi(), path.remoteLo(),
                IpProto.UDP, length);
        if (packet.gsoSize > 0 || length + path.headerLength() <= path.mtu()) {
            header.checksum(sum);
            packet.flags |= Packet.CHECKSUM_PARTIAL;
            packet.csumStart = packet.l4;
            packet.csumOffset = UdpHeader.CHECKSUM;
            return;
        }
        sum = Checksum.add(sum, Checksum.sum(packet.buf, packet.l4, packet.end - packet.l4));
        if (packet.pieces() != 0) {
            // Behind a header of 8 octets, so at an even offset.
            sum = Checksum.add(sum, Checksum.sum(packet.pieceBuf(0), packet.pieceAt(0), packet.pieceLen(0)));
        }
        header.checksum(Checksum.udp(Checksum.finish(sum)));
    }

    private static SocketException failed(SockError why, Endpoint to) {
        return new SocketException(why, SEND_TO + to);
    }
}
