package org.splnet.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.Assertions;
import org.splnet.inet.FakeNetwork;
import org.splnet.inet.NetworkError;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.net.ScarceAllocator;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.service.TestClock;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Checksum;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.IpProto;

/// A UDP over a network that records, with words for what tests do to it.
final class UdpBed implements AutoCloseable {
    static final InetAddr HOST = FakeNetwork.HOST;
    static final InetAddr PEER = FakeNetwork.PEER;
    static final InetAddr STRANGER = InetAddr.parse("10.0.0.3");
    static final Endpoint ANY = Endpoint.parse("0.0.0.0:0");
    static final SocketOptions SHARED = reuse(SocketOptions.DEFAULTS);

    final ScarceAllocator memory = new ScarceAllocator();
    final FakeNetwork network = new FakeNetwork(memory);
    final Udp udp;
    private final TestClock clock = new TestClock();

    UdpBed(UdpConfig config, long seed) {
        udp = new Udp(config, network, clock, Entropy.seeded(seed));
    }

    UdpBed() {
        this(UdpConfig.DEFAULTS, 1);
    }

    UdpSocket bind(String local) throws SocketException {
        return udp.bind(Endpoint.parse(local), SocketOptions.DEFAULTS, "test");
    }

    /// A datagram comes in, and the batch ends.
    void arrives(InetAddr from, int fromPort, InetAddr to, int toPort, String text) {
        arrives(from, to, datagram(from, fromPort, to, toPort, text.getBytes(StandardCharsets.UTF_8)), 0);
    }

    /// UDP octets come in with these flags of the packet, and the batch ends.
    void arrives(InetAddr from, InetAddr to, byte[] octets, int flags) {
        Packet packet = network.received(from, to, IpProto.UDP, octets);
        packet.flags |= flags;
        udp.input(packet, clock.nanoTime());
        Deferred.run();
    }

    /// A whole datagram with its checksum.
    static byte[] datagram(InetAddr from, int fromPort, InetAddr to, int toPort, byte[] payload) {
        ByteBuf buf = Unpooled.buffer(8 + payload.length);
        buf.writeShort(fromPort).writeShort(toPort).writeShort(8 + payload.length).writeShort(0);
        buf.writeBytes(payload);
        int sum = Checksum.pseudo(from.hi(), from.lo(), to.hi(), to.lo(), IpProto.UDP, buf.readableBytes());
        sum = Checksum.add(sum, Checksum.sum(buf, 0, buf.readableBytes()));
        buf.setShort(6, Checksum.udp(Checksum.finish(sum)));
        return buf.array();
    }

    /// An error comes in about a datagram from here to there.
    ///
    /// @return whether a socket can have sent it
    boolean error(NetworkError.Kind kind, Endpoint local, Endpoint remote, int mtu) {
        ByteBuf quoted = Unpooled.buffer(8).writeShort(local.port()).writeShort(remote.port())
                .writeInt(8 << 16);
        NetworkError error = new NetworkError();
        error.kind = kind;
        error.mtu = mtu;
        error.localHi = local.addr().hi();
        error.localLo = local.addr().lo();
        error.remoteHi = remote.addr().hi();
        error.remoteLo = remote.addr().lo();
        error.buf = quoted;
        error.len = 8;
        boolean known = udp.error(error, clock.nanoTime());
        Deferred.run();
        return known;
    }

    /// The oldest datagram's text, null if there is none.
    static String text(UdpSocket socket) throws SocketException {
        Datagram got = socket.receive();
        if (got == null) {
            return null;
        }
        String text = got.data().toString(StandardCharsets.UTF_8);
        got.data().release();
        return text;
    }

    /// Sends a text.
    static void send(UdpSocket socket, String text, Endpoint to) throws SocketException {
        ByteBuf data = direct(text.getBytes(StandardCharsets.UTF_8));
        try {
            socket.send(data, to);
            assertThat(data.isReadable()).isFalse();
        } finally {
            data.release();
        }
    }

    static ByteBuf direct(byte[] octets) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, octets.length)).writeBytes(octets);
    }

    static void assertFails(SockError why, ThrowingCallable call) {
        Assertions.assertThatThrownBy(call).isInstanceOfSatisfying(SocketException.class,
                e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(why));
    }

    static SocketOptions reuse(SocketOptions o) {
        return with(o, true, o.ttl(), o.tos());
    }

    static SocketOptions service(int ttl, int tos) {
        return with(SocketOptions.DEFAULTS, false, ttl, tos);
    }

    private static SocketOptions with(SocketOptions o, boolean reuse, int ttl, int tos) {
        return o.withReuseAddress(reuse).withIp(ttl, tos);
    }

    long drops(DropReason reason) {
        return network.drops(reason);
    }

    @Override
    public void close() {
        network.close();
    }

    /// As [#close]; no socket is left, and nothing of one.
    void closeEmpty() {
        close();
        assertThat(udp.queued()).isZero();
        assertThat(udp.sockets()).isZero();
        assertThat(udp.snapshot()).isEmpty();
    }
}
