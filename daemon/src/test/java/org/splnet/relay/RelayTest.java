package org.splnet.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.splnet.NoLeaks;
import org.splnet.relay.Ways.Kind;
import org.splnet.relay.Ways.Pair;
import org.splnet.relay.Ways.Way;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;

@Timeout(60)
@ExtendWith(NoLeaks.class)
class RelayTest {
    @TempDir
    private Path dir;
    private Ways ways;

    @BeforeEach
    void start() {
        ways = new Ways(dir);
    }

    @AfterEach
    void end() throws Exception {
        ways.close();
        assertThat(ways.stack.tcp.connections()).isZero();
    }

    private Pair connect(Way way) throws Exception {
        return way.connect(ways.stack);
    }

    /// A client alone.
    private End client(Way way) throws Exception {
        return way.onHost() != null ? new End.OfStack(ways.stack.connect(way.relay().listen()))
                : End.connect(way.relay().listen());
    }

    private static void until(BooleanSupplier condition) {
        long from = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - from).as("waited").isLessThan(LiveStack.PATIENCE_NS);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource
    void carriesBothDirectionsAndEitherEndFirst(Kind kind) throws Exception {
        Way way = ways.open(kind);
        for (boolean clientFirst : new boolean[] {true, false}) {
            try (Pair pair = connect(way)) {
                End first = clientFirst ? pair.client() : pair.server();
                End second = clientFirst ? pair.server() : pair.client();
                first.say("hello").finish();
                assertThat(second.hear(100)).isEqualTo("hello");
                // The other direction goes on: half-closed is not closed.
                assertThat(second.say("and back").hear(1)).isEmpty();
                assertThat(first.hear(8)).isEqualTo("and back");
                second.finish();
                assertThat(first.hear(1)).isEmpty();
            }
        }
        until(() -> ways.status(way.relay()).open() == 0);
        var status = ways.status(way.relay());
        boolean publish = way.onHost() != null;
        assertThat(status.total()).isEqualTo(2);
        assertThat(status.octetsToHost()).isEqualTo(13);
        assertThat(status.octetsToStack()).isEqualTo(13);
        assertThat(status.resets() + status.failed() + status.refused()).isZero();
        assertThat(status.kind()).isEqualTo(publish ? "publish" : "forward");
    }

    @ParameterizedTest
    @EnumSource
    void carriesAResetFromEitherEnd(Kind kind) throws Exception {
        Way way = ways.open(kind);
        for (boolean client : new boolean[] {true, false}) {
            try (Pair pair = connect(way)) {
                End first = client ? pair.client() : pair.server();
                End second = client ? pair.server() : pair.client();
                assertThat(first.say("x") == first && second.hear(1).equals("x")).isTrue();
                boolean carried = first.resets() && second.resets();
                first.reset();
                Throwable seen = catchThrowable(() -> assertThat(second.hear(1)).isEmpty());
                if (carried) {
                    assertThat(seen).isInstanceOf(IOException.class);
                    assertThat(seen.getMessage()).containsIgnoringCase("reset");
                }
            }
        }
        until(() -> ways.status(way.relay()).open() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void aSideThatDoesNotReadStopsTheOther(Kind kind) throws Exception {
        for (boolean client : new boolean[] {true, false}) {
            Way way = ways.open(kind);
            try (Pair pair = connect(way)) {
                End writer = client ? pair.client() : pair.server();
                End reader = client ? pair.server() : pair.client();
                long most = 128L << 20;
                FutureTask<Void> sender = pouring(writer, most);
                long stalled = stalls(way);
                assertThat(stalled).isLessThan(most);
                assertThat(ways.stack.allocator.metric().usedDirectMemory()).isLessThan(64L << 20);
                long got = 0;
                ByteBuffer into = ByteBuffer.allocate(1 << 20);
                for (int n; (n = reader.receive(into.clear())) >= 0; ) {
                    got += n;
                }
                sender.get();
                assertThat(got).isEqualTo(most);
            }
        }
    }

    /// The host does not read, so the stack is not read; its reset is seen all the same.
    @ParameterizedTest
    @EnumSource
    void aResetByTheStackIsNotKeptWaiting(Kind kind) throws Exception {
        Way way = ways.open(kind);
        try (Pair pair = connect(way)) {
            End stack = way.onHost() != null ? pair.client() : pair.server();
            FutureTask<Void> sender = pouring(stack, 1L << 30);
            stalls(way);
            stack.reset();
            until(() -> ways.status(way.relay()).open() == 0);
            assertThatThrownBy(() -> sender.get(LiveStack.PATIENCE_NS, TimeUnit.NANOSECONDS))
                    .isInstanceOf(ExecutionException.class).hasCauseInstanceOf(SocketException.class)
                    .extracting(seen -> ((SocketException) seen.getCause()).error())
                    .isEqualTo(SockError.ESHUTDOWN);       // its own end was closed beneath it
        }
        assertThat(ways.status(way.relay()).resets()).isEqualTo(1);
    }

    /// Sends in a thread of its own; what goes wrong there is the task's, to be asked for.
    private static FutureTask<Void> pouring(End to, long octets) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            pour(to, octets);
            return null;
        });
        Thread.ofVirtual().start(task);
        return task;
    }

    private static void pour(End to, long octets) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        for (long left = octets; left > 0; left -= zeros.position()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), left));
            while (zeros.hasRemaining()) {
                to.send(zeros);
            }
        }
        to.finish();
    }

    /// How many octets had gone through when for half a second no more did.
    private long stalls(Way way) {
        long octets = -1;
        long since = System.nanoTime();
        while (octets <= 0 || System.nanoTime() - since < Ways.SECOND / 2) {
            var status = ways.status(way.relay());
            long now = status.octetsToHost() + status.octetsToStack();
            if (now != octets) {
                octets = now;
                since = System.nanoTime();
            }
            Thread.onSpinWait();
        }
        return octets;
    }

    @ParameterizedTest
    @EnumSource
    void resetsWhatIsIdle(Kind kind) throws Exception {
        Way way = ways.open(kind, 10, Ways.SECOND, false);
        try (Pair pair = connect(way)) {
            Throwable seen = catchThrowable(() -> assertThat(pair.server().hear(1)).isEmpty());
            assertThat(seen == null || seen instanceof IOException).isTrue();
        }
        assertThat(ways.status(way.relay()).idleTimeouts()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void resetsConnectionsBeyondTheLimit(Kind kind) throws Exception {
        Way way = ways.open(kind, 1, 60 * Ways.SECOND, false);
        try (Pair first = connect(way)) {
            End second = client(way);
            Throwable seen = catchThrowable(() -> assertThat(second.hear(1)).isEmpty());
            assertThat(seen == null || seen instanceof IOException).isTrue();
            second.close();
            assertThat(ways.status(way.relay()).refused()).isEqualTo(1);
            assertThat(ways.status(way.relay()).open()).isEqualTo(1);
            first.client().say("still here");
            assertThat(first.server().hear(10)).isEqualTo("still here");
        }
        until(() -> ways.status(way.relay()).open() == 0);
        connect(way).close();
    }

    @Test
    void resetsWhomNobodyServes() throws Exception {
        String nobody = "tcp://127.0.0.1:1";        // a port that the kernel chooses for nobody
        var publish = ways.relays.open(new PublishConfig("tcp://127.0.0.1:0", nobody, false, 10,
                20 * Ways.SECOND, 60 * Ways.SECOND, Ways.SECOND), false);
        End client = new End.OfStack(ways.stack.connect(publish.listen()));
        assertThatThrownBy(() -> client.hear(1)).hasMessageContaining("ECONNRESET");
        client.close();
        var forward = ways.relays.open(new ForwardConfig("tcp://127.0.0.1:0", nobody, 10,
                20 * Ways.SECOND, 60 * Ways.SECOND, Ways.SECOND), false);
        try (End guest = End.connect(forward.listen())) {
            assertThatThrownBy(() -> guest.hear(1)).hasMessageContaining("reset");
        }
        assertThat(ways.relays.list()).allMatch(each -> each.failed() == 1 && each.open() == 0);
    }

    @Test
    void tellsWhoTheClientIs() throws Exception {
        Way way = ways.open(Kind.PUBLISH_TCP, 10, 60 * Ways.SECOND, true);
        StreamSocket socket = ways.stack.connect(way.relay().listen());
        try (End client = new End.OfStack(socket); End server = new End.OfHost(way.onHost().accept())) {
            client.say("GET /");
            var decoder = new EmbeddedChannel(new HAProxyMessageDecoder());
            decoder.writeInbound(Unpooled.copiedBuffer(server.hear(28), StandardCharsets.ISO_8859_1));
            HAProxyMessage header = decoder.readInbound();
            assertThat(header.protocolVersion()).isEqualTo(HAProxyProtocolVersion.V2);
            assertThat(header.sourceAddress() + ":" + header.sourcePort())
                    .isEqualTo(socket.local().toString());
            assertThat("tcp://" + header.destinationAddress() + ":" + header.destinationPort())
                    .isEqualTo(way.relay().listen());
            header.release();
            assertThat(decoder.finish()).isFalse();
            assertThat(server.hear(5)).isEqualTo("GET /");
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsWithAllItsConnections(Kind kind) throws Exception {
        Way way = ways.open(kind);
        try (Pair pair = connect(way); Pair other = connect(way)) {
            pair.client().say("not read");
            other.server().say("neither");
            assertThat(ways.relays.close(way.relay().id())).isTrue();
            assertThat(ways.relays.close(way.relay().id())).isFalse();
            assertThat(catchThrowable(() -> {
                while (!pair.server().hear(1).isEmpty()) {
                    // what was under way may still come
                }
            })).satisfiesAnyOf(seen -> assertThat(seen).isNull(),
                    seen -> assertThat(seen).isInstanceOf(IOException.class));
        }
        assertThat(ways.relays.list()).isEmpty();
        until(() -> ways.stack.tcp.connections() == 0);
        assertThat(catchThrowable(() -> client(way).hear(1))).isInstanceOf(IOException.class);
    }

    @Test
    void saysWhyItCannotListen() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            String place = "tcp://127.0.0.1:" + taken.getLocalPort();
            assertThatThrownBy(() -> ways.relays.open(new ForwardConfig(place, "tcp://127.0.0.1:1", 1,
                    Ways.SECOND, Ways.SECOND, Ways.SECOND), false)).isInstanceOf(HostException.class)
                    .hasMessageStartingWith(place + ": address already in use: ");
        }
        Path precious = Files.writeString(dir.resolve("precious"), "x");
        assertThatThrownBy(() -> ways.relays.open(new ForwardConfig("unix://" + precious,
                "tcp://127.0.0.1:1", 1, Ways.SECOND, Ways.SECOND, Ways.SECOND), false))
                .hasMessageContaining("is there and no socket");
        assertThat(precious).hasContent("x");
        Way way = ways.open(Kind.PUBLISH_TCP);
        PublishConfig again = new PublishConfig(way.relay().listen(), "tcp://127.0.0.1:1", false, 1,
                Ways.SECOND, Ways.SECOND, Ways.SECOND);
        assertThatThrownBy(() -> ways.relays.open(again, false)).isInstanceOf(SocketException.class)
                .hasMessageContaining("address already in use");
        assertThatThrownBy(() -> ways.relays.open(new PublishConfig("tcp://10.9.9.9:80",
                "tcp://127.0.0.1:1", false, 1, Ways.SECOND, Ways.SECOND, Ways.SECOND), false))
                .hasMessageContaining("not an address of this host");
        assertThat(ways.relays.list()).hasSize(1);
    }

    @Test
    void listensEarlyAtAnAddressThatIsToCome() throws Exception {
        var relay = ways.relays.open(new PublishConfig("tcp://10.9.9.9:80", "tcp://127.0.0.1:1", false, 1,
                Ways.SECOND, Ways.SECOND, Ways.SECOND), true);
        assertThat(relay.listen()).isEqualTo("tcp://10.9.9.9:80");
        assertThat(ways.stack.tcp.infos()).anyMatch(
                each -> each.local().equals(Endpoint.parse("10.9.9.9:80")));
    }

    @Test
    void aUnixSocketIsForUserAndGroupAndLeavesNothing() throws Exception {
        Way way = ways.open(Kind.FORWARD_UNIX);
        Path file = Path.of(way.relay().listen().substring("unix://".length()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-rw----");
        ways.relays.close(way.relay().id());
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void whatListensNoMoreCanBeHadBackUntilItIsSwept() throws Exception {
        Way one = ways.open(Kind.FORWARD_UNIX);
        Way two = ways.open(Kind.FORWARD_TCP);
        assertThat(ways.relays.shut(one.relay().id())).isTrue();
        assertThat(ways.relays.shut(two.relay().id())).isTrue();
        ways.relays.reopen(one.relay().id());
        connect(one).close();
        ways.relays.sweep();
        assertThatThrownBy(() -> ways.relays.reopen(two.relay().id()))
                .hasMessageContaining("no relay " + two.relay().id());
        assertThat(ways.relays.list()).hasSize(1);
    }

    @Test
    void afterTheEndThereIsNone() throws Exception {
        ways.open(Kind.PUBLISH_TCP);
        ways.relays.close();
        ways.relays.close();
        assertThatThrownBy(() -> ways.open(Kind.FORWARD_TCP)).hasMessage("the daemon is stopping");
        assertThat(ways.relays.list()).isEmpty();
    }

    @Test
    void thereAreOnlySoMany() throws Exception {
        for (int i = 0; i < Relays.MOST; i++) {
            ways.relays.open(new PublishConfig("tcp://127.0.0.1:" + (1000 + i), "tcp://127.0.0.1:1", false, 1,
                    Ways.SECOND, Ways.SECOND, Ways.SECOND), false);
        }
        assertThatThrownBy(() -> ways.open(Kind.FORWARD_TCP)).hasMessageContaining("256 relays");
        assertThat(ways.relays.list()).hasSize(Relays.MOST);
    }
}
