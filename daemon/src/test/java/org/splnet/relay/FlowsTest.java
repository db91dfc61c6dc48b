package org.splnet.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.service.status.RelayStatus;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;

/// Relays of datagrams.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class FlowsTest {
    private static final Endpoint LOCAL = Endpoint.parse("127.0.0.1:0");
    private static final int PATIENCE_MS = 20_000;
    /// Of payloads: none, one octet, as much as fits one frame, fragments, the most that UDP has.
    private static final int[] SIZES = {0, 1, 1472, 9000, 65_507};

    @TempDir
    private Path dir;
    private Ways ways;
    private final List<DatagramSocket> inStack = new ArrayList<>();
    private final List<java.net.DatagramSocket> onHost = new ArrayList<>();

    @BeforeEach
    void start() {
        ways = new Ways(dir);
    }

    @AfterEach
    void end() throws IOException {
        inStack.forEach(DatagramSocket::close);
        onHost.forEach(java.net.DatagramSocket::close);
        ways.close();
        assertThat(ways.stack.udp.sockets()).isZero();
    }

    private DatagramSocket inStack() throws IOException {
        DatagramSocket socket = ways.stack.udp.bind(LOCAL, SocketOptions.DEFAULTS);
        inStack.add(socket);
        return socket;
    }

    private java.net.DatagramSocket onHost() throws IOException {
        var socket = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(PATIENCE_MS);
        onHost.add(socket);
        return socket;
    }

    private RelayStatus publish(int port, int most, long flowNs) throws Exception {
        return ways.relays.open(new PublishConfig("udp://127.0.0.1:0", "udp://127.0.0.1:" + port, false, most,
                Ways.SECOND, Ways.SECOND, flowNs), false);
    }

    private RelayStatus forward(int port, int most, long flowNs) throws Exception {
        return ways.relays.open(new ForwardConfig("udp://127.0.0.1:0", "udp://127.0.0.1:" + port, most,
                Ways.SECOND, Ways.SECOND, flowNs), false);
    }

    private static Endpoint at(RelayStatus relay) {
        return Endpoint.parse(relay.listen().substring(Place.UDP.length()));
    }

    private static SocketAddress host(Endpoint at) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), at.port());
    }

    private void send(DatagramSocket socket, byte[] payload, Endpoint to) throws IOException {
        ByteBuf data = ways.stack.allocator.directBuffer(Math.max(1, payload.length)).writeBytes(payload);
        try {
            socket.send(data, to);
        } finally {
            data.release();
        }
    }

    private static Datagram receive(DatagramSocket socket) throws Exception {
        for (Datagram got; ; ) {
            if ((got = socket.receive()) != null) {
                return got;
            }
            assertThat(socket.await(Readiness.READABLE, LiveStack.PATIENCE_NS)).isNotZero();
        }
    }

    private static byte[] octets(Datagram got) {
        byte[] octets = new byte[got.data().readableBytes()];
        got.data().readBytes(octets).release();
        return octets;
    }

    private static DatagramPacket receive(java.net.DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return packet;
    }

    private static byte[] octets(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static void until(BooleanSupplier condition) {
        long from = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - from).as("waited").isLessThan(LiveStack.PATIENCE_NS);
            Thread.onSpinWait();
        }
    }

    @Test
    void aPublishedPortAnswersEachPeer() throws Exception {
        var random = new SplittableRandom(TestSeed.next());
        var server = onHost();
        RelayStatus relay = publish(server.getLocalPort(), 10, 60 * Ways.SECOND);
        long octets = 0;
        for (int size : SIZES) {
            for (DatagramSocket client : List.of(inStack(), inStack())) {
                byte[] payload = new byte[size];
                random.nextBytes(payload);
                send(client, payload, at(relay));
                DatagramPacket asked = receive(server);
                assertThat(octets(asked)).isEqualTo(payload);
                server.send(asked);
                Datagram answer = receive(client);
                assertThat(answer.from()).isEqualTo(at(relay));
                assertThat(octets(answer)).isEqualTo(payload);
                octets += size;
            }
        }
        long all = octets;
        until(() -> ways.status(relay).octetsToStack() == all);
        RelayStatus status = ways.status(relay);
        assertThat(status.open()).isEqualTo(2 * SIZES.length);
        assertThat(status.total()).isEqualTo(2 * SIZES.length);
        assertThat(status.octetsToHost()).isEqualTo(octets);
        assertThat(status.dropped() + status.failed() + status.refused() + status.resets()).isZero();
    }

    @Test
    void aForwardedPortAnswersEachPeer() throws Exception {
        var random = new SplittableRandom(TestSeed.next());
        DatagramSocket server = inStack();
        RelayStatus relay = forward(server.local().port(), 10, 60 * Ways.SECOND);
        for (int size : SIZES) {
            for (java.net.DatagramSocket client : List.of(onHost(), onHost())) {
                byte[] payload = new byte[size];
                random.nextBytes(payload);
                client.send(new DatagramPacket(payload, size, host(at(relay))));
                Datagram asked = receive(server);
                Endpoint from = asked.from();
                assertThat(octets(asked)).isEqualTo(payload);
                send(server, payload, from);
                DatagramPacket answer = receive(client);
                assertThat(answer.getSocketAddress()).isEqualTo(host(at(relay)));
                assertThat(octets(answer)).isEqualTo(payload);
            }
        }
        RelayStatus status = ways.status(relay);
        assertThat(status.open()).isEqualTo(2 * SIZES.length);
        assertThat(status.dropped() + status.failed() + status.refused()).isZero();
    }

    @Test
    void aFlowStaysOne() throws Exception {
        var server = onHost();
        RelayStatus relay = publish(server.getLocalPort(), 10, 60 * Ways.SECOND);
        DatagramSocket client = inStack();
        SocketAddress first = null;
        for (int i = 0; i < 100; i++) {
            send(client, new byte[] {(byte) i}, at(relay));
            DatagramPacket asked = receive(server);
            assertThat(octets(asked)).containsExactly(i);
            assertThat(first == null || asked.getSocketAddress().equals(first)).isTrue();
            first = asked.getSocketAddress();
        }
        assertThat(ways.status(relay).total()).isOne();
    }

    @Test
    void whoComesAfterAChangeIsLedElsewhere() throws Exception {
        var before = onHost();
        var after = onHost();
        RelayStatus relay = publish(before.getLocalPort(), 10, 60 * Ways.SECOND);
        DatagramSocket first = inStack();
        send(first, new byte[] {1}, at(relay));
        assertThat(octets(receive(before))).containsExactly(1);
        ways.relays.change(relay.id(), new PublishConfig(relay.listen(), "udp://127.0.0.1:"
                + after.getLocalPort(), false, 10, Ways.SECOND, Ways.SECOND, 60 * Ways.SECOND));
        send(inStack(), new byte[] {2}, at(relay));
        DatagramPacket asked = receive(after);
        assertThat(octets(asked)).containsExactly(2);
        send(first, new byte[] {3}, at(relay));
        assertThat(octets(receive(before))).containsExactly(3);
    }

    @Test
    void whoIsForwardedAfterAChangeIsLedElsewhere() throws Exception {
        DatagramSocket before = inStack();
        DatagramSocket after = inStack();
        RelayStatus relay = forward(before.local().port(), 10, 60 * Ways.SECOND);
        var first = onHost();
        first.send(new DatagramPacket(new byte[] {1}, 1, host(at(relay))));
        assertThat(octets(receive(before))).containsExactly(1);
        ways.relays.change(relay.id(), new ForwardConfig(relay.listen(), "udp://127.0.0.1:"
                + after.local().port(), 10, Ways.SECOND, Ways.SECOND, 60 * Ways.SECOND));
        onHost().send(new DatagramPacket(new byte[] {2}, 1, host(at(relay))));
        assertThat(octets(receive(after))).containsExactly(2);
        first.send(new DatagramPacket(new byte[] {3}, 1, host(at(relay))));
        assertThat(octets(receive(before))).containsExactly(3);
    }

    /// The time of streams is an hour.
    @Test
    void afterAChangeFlowsAreForgottenAsBefore() throws Exception {
        var server = onHost();
        RelayStatus relay = publish(server.getLocalPort(), 1, 60 * Ways.SECOND);
        ways.relays.change(relay.id(), new PublishConfig(relay.listen(), "udp://127.0.0.1:"
                + server.getLocalPort(), false, 1, Ways.SECOND, 3600 * Ways.SECOND, Ways.SECOND));
        send(inStack(), new byte[] {1}, at(relay));
        assertThat(octets(receive(server))).containsExactly(1);
        until(() -> ways.status(relay).idleTimeouts() == 1);
    }

    @Test
    void dropsWhatIsBeyondTheLimitAndForgetsWhatIsIdle() throws Exception {
        var server = onHost();
        RelayStatus relay = publish(server.getLocalPort(), 1, Ways.SECOND);
        DatagramSocket first = inStack();
        DatagramSocket second = inStack();
        send(first, new byte[] {1}, at(relay));
        send(second, new byte[] {2}, at(relay));
        assertThat(octets(receive(server))).containsExactly(1);
        until(() -> ways.status(relay).dropped() == 1);
        assertThat(ways.status(relay).refused()).isOne();
        until(() -> ways.status(relay).open() == 0);
        assertThat(ways.status(relay).idleTimeouts()).isOne();
        send(second, new byte[] {3}, at(relay));
        assertThat(octets(receive(server))).containsExactly(3);
        assertThat(ways.status(relay).total()).isEqualTo(2);
    }

    @Test
    void aForwardedPortForgetsWhatIsIdle() throws Exception {
        DatagramSocket server = inStack();
        RelayStatus relay = forward(server.local().port(), 1, Ways.SECOND);
        var client = onHost();
        client.send(new DatagramPacket(new byte[] {1}, 1, host(at(relay))));
        octets(receive(server));
        until(() -> ways.status(relay).idleTimeouts() == 1 && ways.status(relay).open() == 0);
        until(() -> ways.stack.udp.sockets() == 1);    // the server's
    }

    @Test
    void countsThatNobodyIsThere() throws Exception {
        int gone;
        try (var socket = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            gone = socket.getLocalPort();
        }
        RelayStatus relay = forward(gone, 10, 60 * Ways.SECOND);
        var client = onHost();
        until(() -> {
            try {
                client.send(new DatagramPacket(new byte[1], 1, host(at(relay))));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return ways.status(relay).failed() > 0;
        });
        assertThat(ways.status(relay).open()).isOne();
    }

    @Test
    void onlyWhoServesIsHeard() throws Exception {
        var server = onHost();
        RelayStatus relay = publish(server.getLocalPort(), 10, 60 * Ways.SECOND);
        DatagramSocket client = inStack();
        send(client, new byte[] {1}, at(relay));
        DatagramPacket asked = receive(server);
        onHost().send(new DatagramPacket(new byte[] {2}, 1, asked.getSocketAddress()));
        until(() -> ways.status(relay).dropped() == 1);
        server.send(asked);
        assertThat(octets(receive(client))).containsExactly(1);
    }

    @Test
    void endsWithAllItsFlows() throws Exception {
        var server = onHost();
        DatagramSocket inside = inStack();
        RelayStatus published = publish(server.getLocalPort(), 10, 60 * Ways.SECOND);
        RelayStatus forwarded = forward(inside.local().port(), 10, 60 * Ways.SECOND);
        send(inside, new byte[1], at(published));
        receive(server);
        onHost().send(new DatagramPacket(new byte[1], 1, host(at(forwarded))));
        octets(receive(inside));
        assertThat(ways.relays.close(published.id())).isTrue();
        assertThat(ways.relays.close(forwarded.id())).isTrue();
        until(() -> ways.stack.udp.sockets() == 1);
        until(() -> {
            try {           // the loop lets go of it when it looks at its sockets the next time
                new java.net.DatagramSocket(at(forwarded).port(), InetAddress.getLoopbackAddress()).close();
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        assertThat(ways.relays.list()).isEmpty();
    }

    @Test
    void saysWhatItCannotDo() throws Exception {
        assertThatThrownBy(() -> forward(0, 1, Ways.SECOND)).hasMessageContaining("a port in 1..65535");
        assertThatThrownBy(() -> publish(0, 1, Ways.SECOND)).hasMessageContaining("to: must be tcp://");
        assertThatThrownBy(() -> publish(1, 1, 1)).hasMessageContaining("flow-timeout: 1 ns is not in 1s..");
        assertThatThrownBy(() -> new PublishConfig("udp://127.0.0.1:1", "tcp://127.0.0.1:1", false, 1,
                Ways.SECOND, Ways.SECOND, Ways.SECOND)).hasMessage(
                        "listen and to must both be udp://ADDRESS:PORT, or neither");
        assertThatThrownBy(() -> new ForwardConfig("unix:///tmp/x", "udp://127.0.0.1:1", 1,
                Ways.SECOND, Ways.SECOND, Ways.SECOND)).hasMessageContaining("both be udp");
        assertThatThrownBy(() -> new PublishConfig("udp://127.0.0.1:1", "udp://127.0.0.1:1", true, 1,
                Ways.SECOND, Ways.SECOND, Ways.SECOND)).hasMessageContaining("proxy-protocol");
        assertThatThrownBy(() -> new SocksConfig("udp://127.0.0.1:1", "", "", 1, Ways.SECOND, Ways.SECOND))
                .hasMessageContaining("must be tcp://");
        RelayStatus taken = publish(1, 1, Ways.SECOND);
        assertThatThrownBy(() -> ways.relays.open(new PublishConfig(taken.listen(), "udp://127.0.0.1:1",
                false, 1, Ways.SECOND, Ways.SECOND, Ways.SECOND), false)).hasMessageContaining("EADDRINUSE");
        var mine = onHost();
        assertThatThrownBy(() -> ways.relays.open(new ForwardConfig("udp://127.0.0.1:" + mine.getLocalPort(),
                "udp://127.0.0.1:1", 1, Ways.SECOND, Ways.SECOND, Ways.SECOND), false))
                .isInstanceOf(HostException.class).hasMessageContaining("address already in use");
    }
}
