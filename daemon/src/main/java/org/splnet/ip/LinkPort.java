package org.splnet.ip;

import io.netty.buffer.ByteBuf;
import org.splnet.net.NetIf;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.IpProto;
import org.splnet.wire.UdpHeader;

/// A UDP port of one interface, for the one conversation that a host has before it has an address there: that
/// with whoever gives it one (RFC 2131 §4.1). It sends from 0.0.0.0 to everybody on the link, and hears
/// what comes to its port by that link, to everybody or to an address that is going to be ours; later it
/// sends and hears as anybody does. Nothing else in this stack gets around the rules of [IpInput], and
/// only what comes to this port from the port at the other end does.
///
/// Lock-free. Any thread; the receiver is called by input threads.
public final class LinkPort implements AutoCloseable {
    /// Gets what comes in.
    public interface Receiver {
        /// A datagram with a good checksum. Borrows `buf`, of which `len` octets from `at` are the payload.
        /// Holding nothing.
        ///
        /// @param from who says to have sent it
        void datagram(ByteBuf buf, int at, int len, Ip4Addr from, long nowNs);
    }

    private final Ip ip;
    private final NetIf link;
    private final int port;
    private final int remotePort;
    private final Receiver receiver;

    LinkPort(Ip ip, NetIf link, int port, int remotePort, Receiver receiver) {
        this.ip = ip;
        this.link = link;
        this.port = port;
        this.remotePort = remotePort;
        this.receiver = receiver;
    }

    /// Sends from no address to everybody on the link. With locks up to `ENDPOINT` held.
    ///
    /// @param payload copied
    public Output sendWithoutAddress(byte[] payload, long nowNs) {
        return send(payload, Ip4Path.withoutAddress(ip, link, nowNs), nowNs);
    }

    /// Sends from an address of this interface, to one host or to everybody on the link. As above otherwise.
    public Output send(Ip4Addr from, Ip4Addr to, byte[] payload, long nowNs) {
        Ip4Path path = Ip4Path.find(ip, from.bits(), to.bits(), nowNs);
        return path == null ? Output.NO_ROUTE : send(payload, path, nowNs);
    }

    private Output send(byte[] payload, Ip4Path path, long nowNs) {
        int length = UdpHeader.LEN + payload.length;
        Packet packet = ip.pool().tryAllocate(length);
        if (packet == null) {
            return Output.QUEUE_FULL;
        }
        packet.l4 = packet.append(length);
        packet.proto = IpProto.UDP;
        packet.flags |= Packet.BROADCAST_ALLOWED | Packet.CHECKSUM_PARTIAL | Packet.DONT_FRAGMENT;
        packet.csumStart = packet.l4;
        packet.csumOffset = UdpHeader.CHECKSUM;
        packet.buf.setBytes(packet.l4 + UdpHeader.LEN, payload);
        new UdpHeader().wrap(packet.buf, packet.l4).srcPort(port).dstPort(remotePort).length(length)
                .checksum(Checksum.pseudo(path.localHi(), path.localLo(), path.remoteHi(), path.remoteLo(),
                        IpProto.UDP, length));
        return ip.output(packet, path, nowNs);
    }

    /// Whether it is for this port. Borrows `packet`, whose IP header has been checked.
    boolean takes(Packet packet, NetIf from) {
        return from == link && packet.end - packet.l4 >= UdpHeader.LEN
                && packet.buf.getUnsignedShort(packet.l4) == remotePort
                && packet.buf.getUnsignedShort(packet.l4 + 2) == port;
    }

    /// Consumes `packet`. Holding nothing.
    void input(Packet packet, long nowNs) {
        UdpHeader header = new UdpHeader().wrap(packet.buf, packet.l4);
        if (!header.fits(packet.end - packet.l4)) {
            packet.drop(DropReason.UDP_TRUNCATED);
            return;
        }
        if (!packet.has(Packet.CHECKSUM_GOOD) && !packet.has(Packet.CHECKSUM_PARTIAL)
                && !header.checksumOk(packet.srcHi, packet.srcLo, packet.dstHi, packet.dstLo)) {
            packet.drop(DropReason.UDP_BAD_CHECKSUM);
            return;
        }
        try {
            receiver.datagram(packet.buf, header.payload(), header.payloadLen(),
                    new Ip4Addr((int) packet.srcLo), nowNs);
        } finally {
            packet.free();
        }
    }

    /// Hears nothing any more; what is being received may still come. Idempotent.
    @Override
    public void close() {
        ip.close(this);
    }

    /// The same place: two ports of one interface with one number cannot be.
    @Override
    public boolean equals(Object other) {
        return other instanceof LinkPort that && that.link == link && that.port == port;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(link) * 31 + port;
    }

    @Override
    public String toString() {
        return "port " + port + " of " + link;
    }
}
