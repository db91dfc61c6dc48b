package org.splnet.icmp;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.splnet.inet.Path;
import org.splnet.ip.Ip;
import org.splnet.ip.Pings;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.Icmp4Header;
import org.splnet.wire.InetAddr;

/// Echo requests on their way down. Stateless; the socket's lock is held.
final class EchoOutput {
    private final Ip ip;

    EchoOutput(Ip ip) {
        this.ip = ip;
    }

    /// Sends one request. Borrows `data`, whose reader index moves to its end if all went well.
    ///
    /// @param to destination, null for the peer; its port means nothing
    /// @param from source address, null for the socket's
    void send(EchoPcb pcb, ByteBuf data, Endpoint to, InetAddr from, long nowNs) throws SocketException {
        assert pcb.lock.held();
        Endpoint there = to == null ? pcb.remote : to;
        if (there == null) {
            throw new SocketException(SockError.EDESTADDRREQ, "send");
        }
        checkRequest(data, there);
        Path path = way(pcb, there.addr(), from, nowNs);
        Output output = ip.pings().send(build(pcb, data), path, pcb.id(), nowNs);
        if (output != Output.SENT) {
            if (pcb.remote == null) {
                pcb.path = null;
            }
            throw failed(SockError.of(output), there.addr());
        }
        data.readerIndex(data.writerIndex());
    }

    /// What a client must not send: else it could forge errors, or answer in the host's name.
    private static void checkRequest(ByteBuf data, Endpoint to) throws SocketException {
        int length = data.readableBytes();
        if (length > Icmp4Header.LEN + Pings.MOST_OCTETS) {
            throw new SocketException(SockError.EMSGSIZE, "send " + length + " octets");
        }
        boolean request = length >= Icmp4Header.LEN
                && data.getUnsignedShort(data.readerIndex()) == Icmp4Header.ECHO << 8;
        if (!request) {
            throw new SocketException(SockError.EINVAL, "send " + length
                    + " octets that are no ICMP echo request");
        }
        if (to.addr().isUnspecified()) {
            throw failed(SockError.EINVAL, to.addr());
        }
    }

    /// The way to the peer, or where the socket sent last, if it is the same; else a new one, which the
    /// socket keeps.
    private Path way(EchoPcb pcb, InetAddr to, InetAddr from, long nowNs) throws SocketException {
        InetAddr bound = pcb.local.addr().isUnspecified() ? null : pcb.local.addr();
        InetAddr source = from == null || from.isUnspecified() ? bound : from;
        if (bound != null && !bound.equals(source)) {
            throw failed(SockError.EADDRNOTAVAIL, to);
        }
        Path path = pcb.path;
        boolean same = path != null && to.is(path.remoteHi(), path.remoteLo())
                && Objects.equals(source, pcb.pathFrom);
        if (!same) {
            path = find(source, to, "send to ", nowNs);
            pcb.path = path;
            pcb.pathFrom = source;
            pcb.pathBroadcast = ip.isBroadcast(to.hi(), to.lo());
        }
        if (pcb.pathBroadcast && !pcb.inbox.options().broadcast()) {
            throw failed(SockError.EACCES, to);
        }
        return path;
    }

    /// A way.
    ///
    /// @param source null to choose
    /// @param call what wants it, for errors
    Path find(InetAddr source, InetAddr to, String call, long nowNs) throws SocketException {
        Path path = ip.path(source, to, nowNs);
        if (path == null) {
            boolean ours = source == null || ip.isLocal(source.hi(), source.lo());
            throw new SocketException(ours ? SockError.ENETUNREACH : SockError.EADDRNOTAVAIL, call + to);
        }
        return path;
    }

    /// A copy of the message: pings are few and small, and its header is written over. The caller owns it.
    private Packet build(EchoPcb pcb, ByteBuf data) throws SocketException {
        int length = data.readableBytes();
        Packet packet = ip.pool().tryAllocate(length);
        if (packet == null) {
            throw new SocketException(SockError.ENOBUFS, "send " + length + " octets");
        }
        packet.l4 = packet.append(length);
        packet.buf.setBytes(packet.l4, data, data.readerIndex(), length);
        SocketOptions options = pcb.inbox.options();
        packet.tos = options.tos();
        packet.ttl = options.ttl();
        pcb.unfragmented |= options.dontFragment();
        packet.flags |= (options.dontFragment() ? Packet.DONT_FRAGMENT : 0)
                | (pcb.pathBroadcast ? Packet.BROADCAST_ALLOWED : 0);
        return packet;
    }

    private static SocketException failed(SockError why, InetAddr to) {
        return new SocketException(why, "send to " + to);
    }
}
