package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.kern.Clock;
import org.splnet.kern.Lookout;
import org.splnet.service.StreamServer;
import org.splnet.service.status.FakeSource;
import org.splnet.sim.LoopbackHost;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpConfig;
import org.splnet.unix.Credentials;
import org.splnet.unix.Fd;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;

/// Datagram sockets that clients have, in both framings, on a stack that talks to itself.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class DatagramRelayTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Endpoint PEER = Endpoint.parse("127.0.0.1:9000");
    private static final String ANY = "{\"local\":\"127.0.0.1:0\"}";
    private static final String TO_PEER = "{\"local\":\"127.0.0.1:0\",\"remote\":\"127.0.0.1:9000\"}";
    private static final String PACKETS = ",\"descriptors\":true}";
    private static final int HEADER = 40;

    @TempDir
    private Path dir;
    private LoopbackHost host;
    private ControlServer server;
    private DatagramSocket peer;

    @BeforeEach
    void start() throws Exception {
        host = new LoopbackHost(TcpConfig.DEFAULTS, new StreamServer.Limits(10, 60 * SECOND));
        peer = host.udp.bind(PEER, SocketOptions.DEFAULTS.withBuffers(0, 1 << 24));
        Rule all = Rule.everything(Credentials.own());
        Rule rule = new Rule("test", -1, -1, true, all.bind(),
                List.of(new Rule.Ends(Cidr.parse("127.0.0.0/8"), 9000, 9001)), false, false,
                Rule.Quota.DEFAULTS);
        server = ControlServer.open(dir.resolve("control.sock"), new ControlServer.Stack(new FakeSource(),
                new FakeSteering(), host.tcp, host.udp, host.echo, PooledByteBufAllocator.DEFAULT,
                        Clock.system(), new Lookout()),
                List.of(rule), ControlServer.Limits.DEFAULTS);
    }

    @AfterEach
    void stop() {
        server.close();
        peer.close();
        host.close();
        assertThat(host.faults()).isZero();
    }

    private static String withDescriptor(String json) {
        return json.substring(0, json.length() - 1) + PACKETS;
    }

    private RawClient packets(String json) {
        try (RawClient asking = RawClient.of(server)) {
            RawClient client = RawClient.packets(asking, withDescriptor(json));
            assertThat(asking.answer()).startsWith("HTTP/1.1 200 ").contains("Splnet-Local: 127.0.0.1:");
            return client;
        }
    }

    private RawClient stream(String json) {
        RawClient client = RawClient.of(server).write(RawClient.request("POST", "/v1/datagram", json));
        assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
        return client;
    }

    private static ByteBuffer header(int family, Endpoint to, int payload) {
        ByteBuffer packet = ByteBuffer.allocate(HEADER + payload);
        packet.put(0, (byte) family);
        if (to != null) {
            packet.putShort(2, (short) to.port()).putInt(4, (int) to.addr().lo());
        }
        return packet;
    }

    private static byte[] packet(Endpoint to, byte[] payload) {
        return header(to == null ? 0 : 4, to, payload.length).put(HEADER, payload).array();
    }

    private static byte[] framed(byte[] packet) {
        return ByteBuffer.allocate(4 + packet.length).putInt(packet.length).put(packet).array();
    }

    private static Endpoint end(byte[] packet, int at) {
        ByteBuffer header = ByteBuffer.wrap(packet);
        return Endpoint.parse((packet[at + 4] & 255) + "." + (packet[at + 5] & 255) + "." + (packet[at
                + 6] & 255)
                + "." + (packet[at + 7] & 255) + ":" + (header.getShort(at + 2) & 0xffff));
    }

    private DatagramSocket.Datagram received() throws Exception {
        assertThat(peer.await(Readiness.READABLE, 10 * SECOND)).isNotZero();
        return peer.receive();
    }

    private static byte[] octets(ByteBuf data) {
        byte[] octets = new byte[data.readableBytes()];
        data.readBytes(octets);
        data.release();
        return octets;
    }

    private static byte[] random(SplittableRandom rnd, int length) {
        byte[] octets = new byte[length];
        rnd.nextBytes(octets);
        return octets;
    }

    private static void until(BooleanSupplier condition) {
        long untilNs = System.nanoTime() + 20 * SECOND;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - untilNs).as("waited for too long").isNegative();
            Thread.onSpinWait();
        }
    }

    private static byte[] frame(RawClient from) {
        ByteBuf got = Unpooled.buffer();
        try {
            while (got.readableBytes() < 4 || got.readableBytes() < 4 + got.getInt(got.readerIndex())) {
                got.writeBytes(from.read());
            }
            assertThat(got.readableBytes()).as("one frame").isEqualTo(4 + got.readInt());
            byte[] frame = new byte[got.readableBytes()];
            got.readBytes(frame);
            return frame;
        } finally {
            got.release();
        }
    }

    @Test
    void everySizePassesBothWaysAsPackets() throws Exception {
        passes(packets(ANY), false);
    }

    @Test
    void everySizePassesBothWaysAsFrames() throws Exception {
        passes(stream(ANY), true);
    }

    private void passes(RawClient client, boolean frames) throws Exception {
        var rnd = new SplittableRandom(TestSeed.next());
        try (client) {
            for (int size : new int[] {0, 1, 39, 40, 41, 1471, 1472, 1473, 8000, 65_506, 65_507, 0, 3}) {
                byte[] payload = random(rnd, size);
                byte[] packet = packet(PEER, payload);
                client.write(frames ? framed(packet) : packet);
                var there = received();
                assertThat(octets(there.data())).isEqualTo(payload);
                peer.send(Unpooled.copiedBuffer(payload), there.from());
                byte[] back = frames ? frame(client) : client.read();
                assertThat(end(back, 0)).isEqualTo(PEER);
                assertThat(end(back, 20)).isEqualTo(there.from());
                assertThat(java.util.Arrays.copyOfRange(back, HEADER, back.length)).isEqualTo(payload);
            }
        }
        until(() -> server.desk().table().all().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSizeBehindTheHeaderIsThatOfEachDatagram(boolean frames) throws Exception {
        byte[] payload = random(new SplittableRandom(TestSeed.next()), 2500);
        try (RawClient client = frames ? stream(ANY) : packets(ANY)) {
            for (int size : new int[] {1000, 2500, 0}) {
                byte[] packet = header(4, PEER, 2 + payload.length).put(1, (byte) 1)
                        .putShort(HEADER, (short) size).put(HEADER + 2, payload).array();
                client.write(frames ? framed(packet) : packet);
                int step = size == 0 ? payload.length : size;
                for (int at = 0; at < payload.length; at += step) {
                    assertThat(octets(received().data())).isEqualTo(
                            java.util.Arrays.copyOfRange(payload, at, Math.min(at + step, payload.length)));
                }
            }
        }
    }

    @Test
    void aSizeThatIsMissingIsAnError() throws Exception {
        try (RawClient client = packets(TO_PEER)) {
            client.write(header(0, null, 1).put(1, (byte) 1).array());
            assertThat(client.read()).hasSize(HEADER).startsWith(255, 0, 0, 22);        // EINVAL
        }
    }

    @Test
    void framesMayComeInAnyPieces() throws Exception {
        var rnd = new SplittableRandom(TestSeed.next());
        try (RawClient client = stream(TO_PEER)) {
            ByteBuf all = Unpooled.buffer();
            for (int i = 0; i < 200; i++) {
                all.writeBytes(framed(packet(null, random(rnd, i))));
            }
            while (all.isReadable()) {
                byte[] piece = new byte[Math.min(all.readableBytes(), 1 + rnd.nextInt(200))];
                all.readBytes(piece);
                client.write(piece);
            }
            all.release();
            for (int i = 0; i < 200; i++) {
                assertThat(octets(received().data())).hasSize(i);
            }
        }
    }

    @Test
    void anErrorIsARecordOfItsOwn() throws Exception {
        try (RawClient client = packets("{\"local\":\"127.0.0.1:0\",\"remote\":\"127.0.0.1:9001\"}")) {
            for (int i = 0; i < 3; i++) {
                client.write(packet(null, new byte[10]));
                assertThat(header(client.read())).as("ECONNREFUSED").isEqualTo("255 111 40");
            }
            client.write(packet(null, new byte[65_508]));
            assertThat(header(client.read())).as("EMSGSIZE").isEqualTo("255 90 40");
            client.write(packet(Endpoint.parse("127.0.0.1:53"), new byte[10]));
            assertThat(header(client.read())).as("EACCES: what the rule does not let").isEqualTo("255 13 40");
            client.write(header(10, PEER, 10).array());
            assertThat(header(client.read())).as("EINVAL: a family that is not spoken")
                    .isEqualTo("255 22 40");
        }
    }

    private static String header(byte[] packet) {
        return (packet[0] & 255) + " " + (ByteBuffer.wrap(packet).getShort(2) & 0xffff) + " " + packet.length;
    }

    @Test
    void eachDatagramIsHeldAgainstTheRule() throws Exception {
        try (RawClient client = packets(ANY)) {
            client.write(packet(Endpoint.parse("127.0.0.1:" + LoopbackHost.ECHO), "no".getBytes()))
                    .write(packet(PEER, "yes".getBytes()));
            assertThat(octets(received().data())).asString().isEqualTo("yes");
        }
        try (RawClient client = RawClient.of(server)) {
            String json = "{\"local\":\"127.0.0.1:0\",\"remote\":\"127.0.0.1:53\"}";
            assertThat(client.write(RawClient.request("POST", "/v1/datagram", json)).answer())
                    .startsWith("HTTP/1.1 403 ").contains("Rule test does not let uid",
                            "talk to 127.0.0.1:53");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 19, 20, 39})
    void packetsShorterThanAHeaderAreNothing(int length) throws Exception {
        try (RawClient client = packets(TO_PEER)) {
            client.write(new byte[length]);
            if (length == 0) {
                ByteBuf nothing = Unpooled.directBuffer(1);
                assertThat(Fd.mine().write(client.fd, nothing)).isZero();
                nothing.release();
            }
            client.write(packet(null, "still there".getBytes()));
            assertThat(octets(received().data())).asString().isEqualTo("still there");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 39, 65_578, -1})
    void framesOfNoPossibleLengthEndTheSocket(int length) {
        try (RawClient client = stream(TO_PEER)) {
            client.write(ByteBuffer.allocate(4 + HEADER).putInt(length).array());
            assertThat(client.read()).isNull();
        }
        until(() -> server.desk().table().all().isEmpty());
    }

    @Test
    void whatIsSentBeforeTheEndGoesOut() throws Exception {
        try (RawClient client = packets(TO_PEER)) {
            for (int i = 0; i < 200; i++) {
                client.write(packet(null, new byte[i]));
            }
        }
        for (int i = 0; i < 200; i++) {
            assertThat(octets(received().data())).hasSize(i);
        }
        until(() -> server.desk().table().all().isEmpty());
    }

    /// Faster than the loopback carries it, a datagram may be refused.
    private void offer(ByteBuf payload, Endpoint to) throws SocketException {
        try {
            peer.send(payload, to);
        } catch (SocketException e) {
            assertThat(e.error()).isEqualTo(SockError.ENOBUFS);
        }
    }

    @Test
    void whatAClientDoesNotTakeIsBounded() throws Exception {
        try (RawClient client = packets(ANY)) {
            client.write(packet(PEER, new byte[1]));
            var there = received();
            there.data().release();
            int most = 0;
            ByteBuf payload = Unpooled.buffer(1000).writeZero(1000);
            for (int i = 0; i < 5000 || most < 1000; i++) {
                offer(payload.readerIndex(0), there.from());
                most = Math.max(most, host.udp.snapshot().stream().mapToInt(each
                        -> each.queuedOctets()).sum());
            }
            assertThat(most).isBetween(1000, SocketOptions.DATAGRAM_BUFFER);
            // and those that are there can be had, and then new ones again
            int had = 0;
            for (byte[] got; had < 5000 && (got = client.read()).length == HEADER + 1000; had++) {
                if (host.udp.snapshot().stream().allMatch(each -> each.queuedOctets() == 0)) {
                    break;
                }
            }
            assertThat(had).isLessThan(5000);
        }
    }

    @Test
    void aPeerIsSetAndTakenAway() throws Exception {
        try (RawClient client = stream(ANY); RawClient asking = RawClient.of(server)) {
            String path = "/v1/sockets/" + server.desk().table().all().iterator().next().id() + "/remote";
            client.write(framed(packet(null, "lost".getBytes())));
            asking.write(RawClient.request("PUT", path, "{\"remote\":\"127.0.0.1:9000\"}"));
            assertThat(asking.answer()).startsWith("HTTP/1.1 200 ").contains("127.0.0.1:9000");
            client.write(framed(packet(null, "connected".getBytes())));
            assertThat(octets(received().data())).asString().isEqualTo("connected");
            asking.write(RawClient.request("PUT", path, "{\"remote\":\"127.0.0.1:53\"}"));
            assertThat(asking.answer()).startsWith("HTTP/1.1 403 ");
        }
        try (RawClient client = stream(TO_PEER); RawClient asking = RawClient.of(server)) {
            String path = "/v1/sockets/" + server.desk().table().all().iterator().next().id() + "/remote";
            asking.write(RawClient.request("PUT", path, "{\"remote\":null}"));
            assertThat(asking.answer()).startsWith("HTTP/1.1 200 ").contains("\"remote\" : null");
            client.write(framed(packet(null, "nowhere".getBytes())))
                    .write(framed(packet(PEER, "there".getBytes())));
            assertThat(octets(received().data())).asString().isEqualTo("there");
        }
    }

    @Test
    void onlyPacketsAreTakenForDescriptors() {
        try (RawClient asking = RawClient.of(server)) {
            int ours = Fd.mine().pair(Fd.STREAM);
            int other = Fd.mine().second();
            for (int what : new int[] {ours, asking.fd, 0}) {
                asking.pass('P', what);
                asking.write(RawClient.request("POST", "/v1/datagram", withDescriptor(ANY)).substring(1));
                assertThat(asking.answer()).startsWith("HTTP/1.1 422 ").contains("SOCK_SEQPACKET", "EINVAL");
            }
            asking.write(RawClient.request("POST", "/v1/datagram", withDescriptor(ANY)));
            assertThat(asking.answer()).startsWith("HTTP/1.1 422 ");
            Fd.mine().close(ours);
            Fd.mine().close(other);
        }
        until(() -> host.udp.snapshot().size() <= 4);
        assertThat(server.desk().table().all()).isEmpty();
    }

    /// It asks for a stream, and passes a descriptor by the way.
    @Test
    void aDescriptorThatIsNotAskedForIsNotUsed() throws Exception {
        try (RawClient client = RawClient.of(server)) {
            int ours = Fd.mine().pair(Fd.PACKETS);
            int other = Fd.mine().second();
            client.pass('P', other);
            Fd.mine().close(other);
            client.write(RawClient.request("POST", "/v1/datagram", TO_PEER).substring(1));
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
            client.write(framed(packet(null, "here".getBytes())));
            assertThat(octets(received().data())).asString().isEqualTo("here");
            Fd.mine().close(ours);
        }
    }
}
