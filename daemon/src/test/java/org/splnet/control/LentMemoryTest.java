package org.splnet.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.kern.FaultLog;
import org.splnet.net.ScarceAllocator;
import org.splnet.service.TestClock;
import org.splnet.service.status.DaemonStatus;
import org.splnet.service.status.FakeSource;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamProtocol;
import org.splnet.socket.StreamSocket;
import org.splnet.unix.Credentials;
import org.splnet.unix.Ring;
import org.splnet.wire.Endpoint;

/// What sockets cost here, beside what is in the stack's own queues.
class LentMemoryTest extends LentBed {
    private static final int SOCKETS = 40;

    private final ScarceAllocator memory = new ScarceAllocator();

    @Test
    void whoSaysNothingHasNoBufferAndWhoHasBegunHasOneOfThatSize(@TempDir Path other) throws Exception {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        Path at = other.resolve("control.sock");
        List<LentClient> clients = new ArrayList<>();
        try (ControlServer own = ControlServer.open(at, new ControlServer.Stack(new FakeSource(),
                new FakeSteering(), host.tcp, host.udp, host.echo, allocator, Clock.system(), lookout),
                List.of(Rule.everything(Credentials.own())), ControlServer.Limits.DEFAULTS)) {
            for (int i = 0; i < SOCKETS; i++) {
                clients.add(LentClient.post(at, "/v1/datagram", "{\"remote\":\"" + PEER + "\"}"));
                clients.getLast().write(ByteBuffer.allocate(100).putInt(500).array());
            }
            for (LentClient each : clients) {
                each.write(new byte[10]);
            }
            rounds(own);
            assertThat(allocator.metric().usedDirectMemory())
                    .isBetween(SOCKETS * 504L, DatagramRelay.MOST_READ + SOCKETS * 2000L);
            for (LentClient each : clients) {
                each.close();
            }
            until(() -> own.desk().table().all().isEmpty());
        }
    }

    /// Such a buffer is there for as long as its client likes.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void datagramsThatHaveBegunCountAmongTheirUsersOctets(boolean ahead, @TempDir Path other)
            throws Exception {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        Path at = other.resolve("control.sock");
        long quota = 300_000;
        String open = "POST /v1/datagram HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
        String begun = new String(ByteBuffer.allocate(100).putInt(60_000).array(), ISO_8859_1);
        List<LentClient> clients = new ArrayList<>();
        try (ControlServer own = ControlServer.open(at, new ControlServer.Stack(new FakeSource(),
                new FakeSteering(), host.tcp, host.udp, host.echo, allocator, Clock.system(), lookout),
                List.of(withQuota(new Rule.Quota(100, 100, 1000, quota))), ControlServer.Limits.DEFAULTS)) {
            for (int i = 0; i < SOCKETS; i++) {
                clients.add(new LentClient(at).write(ahead ? open + begun : open).answered());
                assertThat(clients.getLast().status).isEqualTo(200);
                clients.getLast().write(ahead ? "" : begun);
            }
            rounds(own);
            assertThat(allocator.metric().usedDirectMemory()).isBetween(quota / 2,
                    quota + 3 * DatagramRelay.MOST_READ);
            for (LentClient each : clients) {
                each.close();
            }
            until(() -> own.desk().table().all().isEmpty());
        }
    }

    /// Whichever of the buffers it is that there is no memory for.
    @Test
    void ofASocketThatThereIsNoMemoryForNothingIsLeft(@TempDir Path other) throws Exception {
        Path at = other.resolve("control.sock");
        try (ControlServer own = scarce(at)) {
            for (String what : List.of("listen", "datagram")) {
                for (int buffers = 0; buffers < 6; buffers++) {
                    memory.left(buffers);
                    try (LentClient client = new LentClient(at)) {
                        client.write("POST /v1/" + what
                                + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
                        rounds(own);
                        memory.left(Integer.MAX_VALUE);
                    }
                    until(() -> own.desk().table().all().isEmpty() && own.sessions() == 0);
                }
            }
        }
        FaultLog.system().clear();
    }

    /// What is said to him too late is tried again after his time, or he is let go.
    @ParameterizedTest
    @CsvSource({"GET /v1/status, 1", "GET /v1/status, 2", "GET /v1/events, 1", "GET /v1/events, 2",
        "GET /nothing, 1", "GET /nothing, 2"})
    void whoCannotBeAnsweredDoesNotWaitForEver(String line, int buffers, @TempDir Path other)
            throws Exception {
        Path at = other.resolve("control.sock");
        TestClock clock = new TestClock();
        try (ControlServer own = scarce(at, clock, new FakeSource());
                LentClient client = new LentClient(at)) {
            memory.left(buffers);
            client.write(line + " HTTP/1.1\r\nHost: x\r\n\r\n").channel.configureBlocking(false);
            ByteBuffer octets = ByteBuffer.allocate(1000);
            until(() -> memory.refused() || hears(client, octets));
            for (int i = 0; i < 2; i++) {
                rounds(own);
                clock.advance(ControlServer.Limits.DEFAULTS.idleNs());
                rounds(own);
                memory.left(Integer.MAX_VALUE);
            }
            until(() -> hears(client, octets));
        }
    }

    /// @return true if something has come, or the end
    private static boolean hears(LentClient client, ByteBuffer octets) {
        try {
            return octets.position() > 0 || client.channel.read(octets) != 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Nothing came, not even an end, and when he had gone a descriptor and a place of his were left.
    @Test
    void whoAsksIsToldThatThereIsNoMemoryOrHungUpOn(@TempDir Path other) throws Exception {
        Path at = other.resolve("control.sock");
        try (ControlServer own = scarce(at)) {
            for (String path : List.of("/v1/status", "/v1/events", "/v1/sockets/1/error")) {
                memory.most(2000);
                try (LentClient client = new LentClient(at).ask("GET", path, null)) {
                    assertThat(client.status).isEqualTo(503);
                    assertThat(client.body).contains("no memory for buffers");
                    assertThat(client.toTheEnd()).isZero();
                }
                memory.most(0);
                try (LentClient client = new LentClient(at)) {
                    assertThatThrownBy(() -> client.ask("GET", path, null)).isInstanceOf(IOException.class);
                }
                memory.most(Integer.MAX_VALUE);
            }
            until(() -> own.sessions() == 0);
        }
    }

    /// Nor is he let go; but his end is seen once there is memory again.
    @Test
    void whoHasAskedNothingMoreIsNotToldOfAShortage(@TempDir Path other) throws Exception {
        Path at = other.resolve("control.sock");
        FakeSource source = new FakeSource() {
            @Override
            public DaemonStatus status() {
                memory.most(2000);
                return super.status();
            }
        };
        try (ControlServer own = scarce(at, Clock.system(), source); LentClient client = new LentClient(at)) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.ask("GET", "/v1/status", null).status).isEqualTo(200);
                rounds(own);
                client.channel.configureBlocking(false);
                assertThat(client.channel.read(ByteBuffer.allocate(1))).isZero();
                client.channel.configureBlocking(true);
                memory.most(i == 0 ? Integer.MAX_VALUE : 2000);
            }
            client.endsSending();
            rounds(own);
            memory.most(Integer.MAX_VALUE);
            until(() -> own.sessions() == 0);
        }
    }

    /// Else there were more tries with each, for good.
    @Test
    void howeverMuchAStreamHasToSayItIsTriedOnceAtATime(@TempDir Path other) throws Exception {
        Path at = other.resolve("control.sock");
        TestClock clock = new TestClock();
        try (ControlServer own = scarce(at, clock, new FakeSource());
                LentClient client = new LentClient(at).ask("GET", "/v1/events?kind=fault", null)) {
            client.line();
            assertThat(client.line()).contains("subscribed");
            rounds(own);
            memory.most(0);
            for (int i = 1; i <= 3; i++) {
                for (int j = 0; j < 100; j++) {
                    post("one");
                    rounds(own);
                }
                assertThat(memory.refusals()).isEqualTo(i);
                clock.advance(SECOND);
                rounds(own);
            }
            memory.most(Integer.MAX_VALUE);
        }
    }

    /// Left to who reads octets alone, the descriptors in it would be closed by the poller's thread.
    @Test
    void ofAStreamNeitherIfThereIsNoneForWhatWasSentAhead(@TempDir Path other) throws Exception {
        Path at = other.resolve("control.sock");
        String begin = "CONNECT " + ECHO_AT + " HTTP/1.1\r\nHost: x\r\nX: ";
        String end = "\r\n\r\n";
        try (ControlServer own = scarce(at); LentClient client = new LentClient(at)) {
            memory.most(8000);
            String head = begin + "x".repeat(4096 - begin.length() - end.length()) + end;   // one read
            client.write(head + "y".repeat(10_000));
            assertThatThrownBy(() -> client.read(1)).isInstanceOf(IOException.class);
            until(() -> own.desk().table().all().isEmpty() && own.sessions() == 0);
            memory.most(Integer.MAX_VALUE);
        }
        FaultLog.system().clear();
    }

    /// Nor the socket.
    @Test
    void aDatagramIsNotLostForWantOfMemory(@TempDir Path other) throws Exception {
        Path at = other.resolve("control.sock");
        DatagramSocket peer = host.udp.bind(PEER, SocketOptions.DEFAULTS);
        ByteBuf octets = Unpooled.directBuffer();
        try (ControlServer own = scarce(at); LentClient client = LentClient.post(at, "/v1/datagram",
                "{\"local\":\"127.0.0.1:9102\"}")) {
            assertThat(client.status).isEqualTo(200);
            peer.send(octets.writeByte('x'), Endpoint.parse("127.0.0.1:9102"));
            client.read(Integer.BYTES + Names.HEADER + 1);          // the connection is the socket's by now
            rounds(own);
            for (boolean goes : new boolean[] {false, true}) {
                memory.most(0);
                int before = memory.refusals();
                peer.send(octets.writeByte('x'), Endpoint.parse("127.0.0.1:9102"));
                until(() -> memory.refusals() > before);
                rounds(own);
                if (!goes) {
                    memory.most(Integer.MAX_VALUE);
                    assertThat(client.read(Integer.BYTES + Names.HEADER + 1)).endsWith('x');
                }
            }
        } finally {
            memory.most(Integer.MAX_VALUE);
            octets.release();
            peer.close();
        }
    }

    /// What there was of it is lost to nobody, whatever he says meanwhile.
    @Test
    void aStreamGoesOnWhenThereIsMemoryAgain(@TempDir Path other) throws Exception {
        Path at = other.resolve("control.sock");
        try (ControlServer own = scarce(at);
                LentClient client = new LentClient(at).ask("GET", "/v1/events?kind=fault", null)) {
            client.line();
            assertThat(client.line()).contains("subscribed");
            rounds(own);
            memory.most(0);
            post("one");
            until(memory::refused);
            client.write("x");
            rounds(own);
            post("two");
            memory.most(Integer.MAX_VALUE);
            String lines = "";
            while (!lines.contains("two")) {
                lines += client.line();
            }
            assertThat(lines).contains("one");
        }
    }

    private static void post(String exception) {
        Events.post(EventKind.FAULT, "exception", exception);
        Deferred.run();
    }

    private ControlServer scarce(Path at) throws ControlException {
        return scarce(at, Clock.system(), new FakeSource());
    }

    private ControlServer scarce(Path at, Clock clock, FakeSource source) throws ControlException {
        return ControlServer.open(at, new ControlServer.Stack(source, new FakeSteering(), host.tcp,
                host.udp, host.echo, memory, clock, lookout),
                List.of(Rule.everything(Credentials.own())), ControlServer.Limits.DEFAULTS);
    }

    /// It waits until there is memory again.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofAnAcceptedConnectionNeither(boolean descriptors, @TempDir Path other) throws Exception {
        Path at = other.resolve("control.sock");
        try (ControlServer own = scarce(at); LentClient client = LentClient.post(at, "/v1/listen",
                "{\"local\":\"127.0.0.1:9100\",\"descriptors\":" + descriptors + "}")) {
            memory.left(0);
            StreamSocket peer = host.tcp.connect(null, Endpoint.parse("127.0.0.1:9100"),
                    SocketOptions.DEFAULTS);
            until(memory::refused);
            rounds(own);
            memory.left(Integer.MAX_VALUE);
            assertThat(client.read(1)).containsExactly(descriptors ? 'A' : '{');
            client.channel.close();
            until(() -> own.desk().table().all().isEmpty());
            peer.close();
        }
    }

    @Test
    void whatIsOnItsWayCountsAmongItsUsersOctets() throws Exception {
        try (LentClient client = toPeer("Splnet-Options: {\"SO_SNDBUF\":4096}\r\n")) {
            client.channel.configureBlocking(false);
            Lent lent = server.desk().table().get(Long.parseLong(client.id()));
            ByteBuffer octets = ByteBuffer.allocate(10_000);
            until(() -> {
                write(client, octets.clear());
                long before = lent.queued();
                long counted = counted(lent);
                return before == lent.queued() && counted > before;
            });
            peer().close();
        }
    }

    /// One more of each would be too many.
    @Test
    void whatAFaultOfOursHasCutOffCountsNoMore(@TempDir Path other) throws Exception {
        Path at = other.resolve("control.sock");
        var faulty = (StreamProtocol) Proxy.newProxyInstance(StreamProtocol.class.getClassLoader(),
                new Class<?>[] {StreamProtocol.class}, (proxy, method, arguments) -> {
                    throw new IllegalStateException("on purpose");
                });
        try (ControlServer own = ControlServer.open(at, new ControlServer.Stack(new FakeSource(),
                new FakeSteering(), faulty, host.udp, host.echo, memory, Clock.system(), lookout),
                List.of(withQuota(new Rule.Quota(1, 1, 1000, 2 * Ring.LEAST))),
                ControlServer.Limits.DEFAULTS)) {
            for (int i = 0; i < 3; i++) {
                try (LentClient client = LentClient.connect(at, ECHO_AT, "Splnet-Ring: " + Ring.LEAST
                        + "\r\n")) {
                    assertThat(client.status).as(client.body).isEqualTo(500);
                }
            }
            until(() -> own.sessions() == 0);
        }
        assertThat(FaultLog.system().total()).isEqualTo(3);
        FaultLog.system().clear();
    }

    private static void write(LentClient client, ByteBuffer octets) {
        try {
            client.channel.write(octets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// As the poller's thread counts.
    private long counted(Lent lent) {
        var octets = new CompletableFuture<Long>();
        server.desk().poller().execute(() -> octets.complete(server.desk().table().octets(lent)));
        return octets.join();
    }

    /// Returns when what was written before has been read.
    private static void rounds(ControlServer own) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            CountDownLatch done = new CountDownLatch(1);
            own.desk().poller().execute(done::countDown);
            done.await();
        }
    }
}
