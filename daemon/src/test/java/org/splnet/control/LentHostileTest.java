package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.splnet.sim.LoopbackHost.ECHO;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.splnet.kern.Clock;
import org.splnet.kern.Lookout;
import org.splnet.service.StreamServer;
import org.splnet.service.status.FakeSource;
import org.splnet.service.status.SocketStatus;
import org.splnet.service.status.StackSource;
import org.splnet.sim.LoopbackHost;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.TcpConfig;
import org.splnet.unix.Credentials;
import org.splnet.wire.Endpoint;

/// What one client could do to the others, or leave behind: each was possible once.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class LentHostileTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Endpoint PEER = Endpoint.parse("127.0.0.1:9000");
    private static final String ECHO_AT = "127.0.0.1:" + ECHO;
    private static final String BIND = "{\"protocol\":\"tcp\",\"local\":\"127.0.0.1:8081\"}";
    private static final String LISTEN = "{\"local\":\"127.0.0.1:8081\"}";

    @TempDir
    private Path dir;
    private Path socket;
    private LoopbackHost host;
    private ControlServer server;
    private ListenSocket peers;
    private StackSource source = new FakeSource();

    @BeforeEach
    void start() throws Exception {
        host = new LoopbackHost(TcpConfig.DEFAULTS, new StreamServer.Limits(10_000, 60 * SECOND));
        peers = host.tcp.listen(PEER, 16, SocketOptions.DEFAULTS);
        serve(Rule.Quota.DEFAULTS, new ControlServer.Limits(8, 4, 10 * SECOND, 60 * SECOND, 4096, 0));
    }

    private void serve(Rule.Quota quota, ControlServer.Limits limits) throws ControlException {
        if (server != null) {
            server.close();
        }
        Rule all = Rule.everything(Credentials.own());
        Rule rule = new Rule("test", -1, -1, true, all.bind(), all.connect(), true, true, quota);
        socket = dir.resolve("control.sock");
        server = ControlServer.open(socket, new ControlServer.Stack(source, new FakeSteering(),
                host.tcp, host.udp, host.echo, PooledByteBufAllocator.DEFAULT, Clock.system(), new Lookout()),
                        List.of(rule), limits);
    }

    @AfterEach
    void stop() {
        server.close();
        peers.close();
        host.close();
        assertThat(host.faults()).isZero();
    }

    /// What comes behind it is no request: it was thrown away for as long as somebody went on writing.
    @ParameterizedTest
    @ValueSource(strings = {
        "411 CONNECT 127.0.0.1:7 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked",
        "411 POST /v1/attach/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked",
        "422 POST /v1/attach/1?ring=65536 HTTP/1.1\r\nHost: x",
        "413 POST /v1/attach/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4097",
        "400 CONNECT 127.0.0.1:7 HTTP/1.1"})
    void ofAStreamThatIsRefusedByItsHeadBothDirectionsEnd(String refused) throws Exception {
        try (LentClient client = new LentClient(socket)) {
            client.write(refused.substring(4) + "\r\n\r\n").answered();
            assertThat(client.status).hasToString(refused.substring(0, 3));
            assertThat(client.toTheEnd()).isZero();
            assertThatThrownBy(() -> client.write("late")).hasMessage("Broken pipe");
        }
    }

    private static void until(BooleanSupplier condition) {
        long untilNs = System.nanoTime() + 20 * SECOND;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - untilNs).as("waited for too long").isNegative();
            Thread.onSpinWait();
        }
    }

    private void isServed() throws IOException {
        try (LentClient client = LentClient.connect(socket, ECHO_AT)) {
            assertThat(client.status).isEqualTo(200);
            assertThat(client.write("hello").read(5)).asString().isEqualTo("hello");
        }
    }

    /// Half-open requests: as many as one user may have, and then an error that says so.
    @Test
    void oneUsersConnectionsAreNotAllThatThereAre() throws Exception {
        List<LentClient> idle = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            idle.add(new LentClient(socket).write("GET /"));
        }
        until(() -> server.sessions() == 4);
        try (LentClient more = new LentClient(socket)) {
            assertThat(more.answered().status).isEqualTo(429);
            assertThat(more.body).contains("has 4 connections open", "EAGAIN");
        }
        idle.removeFirst().close();
        until(() -> server.sessions() == 3);
        isServed();
        for (LentClient each : idle) {
            each.close();
        }
    }

    /// A connect may take minutes; the user's quota of them counts it, not the room for requests.
    @Test
    void connectsThatNobodyAnswersTakeUpNoRoom() throws Exception {
        ListenSocket full = host.tcp.listen(Endpoint.parse("127.0.0.1:9001"), 1, SocketOptions.DEFAULTS);
        List<LentClient> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            LentClient client = new LentClient(socket);
            all.add(client.write("CONNECT 127.0.0.1:9001 HTTP/1.1\r\nHost: x\r\n\r\n"));
            int now = i;
            until(() -> server.desk().table().all().size() > now);
        }
        isServed();
        for (LentClient each : all) {
            each.close();
        }
        full.close();
        until(() -> server.desk().table().all().isEmpty());
    }

    /// `close` may linger for hours, and it is the daemon that closes.
    @Test
    void aClientsLingeringHoldsUpNobody() throws Exception {
        try (LentClient client = LentClient.connect(socket, PEER.toString(),
                "Splnet-Options: {\"SO_LINGER\":30}\r\n")) {
            client.write(new byte[400_000]);
        }
        long beganNs = System.nanoTime();
        isServed();
        assertThat(System.nanoTime() - beganNs).isLessThan(25 * SECOND);
        assertThat(peers.await(Readiness.ACCEPTABLE, SECOND)).isNotZero();
        StreamSocket peer = peers.accept();
        peer.abort();
    }

    /// The port was lost for good.
    @Test
    void whatIsBoundAndNotUsedIsGivenBack() throws Exception {
        for (String other : List.of("{\"local\":\"127.0.0.1:8082\"}", "{\"local\":\"127.0.0.1:" + ECHO
                + "\"}")) {
            try (LentClient client = LentClient.post(socket, "/v1/bind", BIND)) {
                assertThat(client.status).isEqualTo(200);
                client.ask("POST", "/v1/listen", other);
            }
            until(() -> server.sessions() == 0);
            until(this::free);
        }
        try (LentClient client = LentClient.post(socket, "/v1/bind", BIND)) {
            client.write("CONNECT " + ECHO_AT + " HTTP/1.1\r\nHost: x\r\nSplnet-Local: 127.0.0.1:0\r\n\r\n")
                    .answered();
            assertThat(client.status).isEqualTo(200);
            assertThat(client.fields.get("splnet-local")).doesNotEndWith(":8081");
        }
        until(this::free);
    }

    private boolean free() {
        try (LentClient client = LentClient.post(socket, "/v1/listen", LISTEN)) {
            return client.status == 200;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Before it is seen whether it was connected: one that has not been is not to be told that it is.
    @Test
    void aConnectIsTakenBackByItsNumber() throws Exception {
        CompletableFuture<Void> written = new CompletableFuture<>();
        CountDownLatch held = new CountDownLatch(1);
        server.poller().execute(() -> {
            held.countDown();
            written.join();
        });
        held.await();                   // so that both come in one round
        long next = server.desk().table().next() + 1;
        try (RawClient client = RawClient.having(server, "CONNECT " + PEER + " HTTP/1.1\r\nHost: x\r\n\r\n");
                RawClient other = RawClient.having(server,
                        RawClient.request("DELETE", "/v1/sockets/" + next, ""))) {
            written.complete(null);
            assertThat(other.answer()).startsWith("HTTP/1.1 204 ");
            assertThat(client.answer()).startsWith("HTTP/1.1 502 ").contains("ECONNABORTED");
            until(() -> server.desk().table().all().isEmpty());
        }
    }

    /// Connections that come while their user has no room wait, and the room of those that go is theirs.
    @Test
    void listenersOfAUserWithoutRoomWaitForIt() throws Exception {
        serve(new Rule.Quota(3, 10, 1000, 1 << 20), ControlServer.Limits.DEFAULTS);
        try (LentClient listener = LentClient.post(socket, "/v1/listen", LISTEN)) {
            List<StreamSocket> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                all.add(host.tcp.connect((Endpoint) null, Endpoint.parse("127.0.0.1:8081"),
                        SocketOptions.DEFAULTS));
            }
            for (int i = 0; i < 6; i += 2) {
                for (int k = 0; k < 2; k++) {
                    String id = listener.line().replaceAll(".*\"socket\":([0-9]+),.*", "$1");
                    assertThat(server.desk().table().all().size()).isLessThanOrEqualTo(3);
                    LentClient.post(socket, "/v1/attach/" + id, null).close();
                }
            }
            all.forEach(StreamSocket::abort);
        }
        until(() -> server.desk().table().all().isEmpty());
    }

    /// A read ends before each descriptor, and no event tells of what is behind it; here that is what keeps
    /// the client's own end open.
    @Test
    void aClientThatPassesItsOwnEndIsSeenToGo() throws Exception {
        serve(Rule.Quota.DEFAULTS, ControlServer.Limits.DEFAULTS);
        CompletableFuture<Void> written = new CompletableFuture<>();
        server.poller().execute(written::join);
        try (RawClient client = RawClient.of(server)) {
            client.write("CONNECT 127.0.0.1:" + ECHO + " HTTP/1.1\r\nHost: x\r\n\r\nhello");
            for (int i = 0; i < 3; i++) {
                assertThat(client.pass('P', client.fd)).isNotNegative();
            }
        }
        written.complete(null);
        until(() -> server.desk().table().all().isEmpty() && server.sessions() == 0);
    }

    /// Each tells of every socket there is.
    @Test
    void whatNobodyWaitsForIsNotDone() throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        AtomicInteger asked = new AtomicInteger();
        source = new FakeSource() {
            @Override
            public List<SocketStatus> sockets() {
                asked.incrementAndGet();
                goOn.join();
                return super.sockets();
            }
        };
        serve(Rule.Quota.DEFAULTS, ControlServer.Limits.DEFAULTS);
        String request = RawClient.request("GET", "/v1/sockets", "");
        List<RawClient> first = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            first.add(RawClient.having(server, request));
        }
        until(() -> asked.get() == 4);
        for (int i = 0; i < 2000; i++) {
            RawClient client = RawClient.having(server, request);
            if (i % 2 == 0) {
                rounds(2);              // or his request and his end are seen at once
            }
            client.close();
            rounds(2);
        }
        assertThat(server.sessions()).isEqualTo(4);
        goOn.complete(null);
        for (RawClient each : first) {
            assertThat(each.answer()).startsWith("HTTP/1.1 200 ");
            each.close();
        }
        try (RawClient client = RawClient.having(server, request)) {
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
        }
        assertThat(asked).hasValue(5);
    }

    /// What is ready before is seen to.
    private void rounds(int n) {
        for (int i = 0; i < n; i++) {
            CompletableFuture.runAsync(() -> { }, server.poller()::execute).join();
        }
    }

    /// He writes requests faster than they are answered.
    @Test
    void aClientThatNeverEndsHoldsUpNobody() throws Exception {
        serve(Rule.Quota.DEFAULTS, ControlServer.Limits.DEFAULTS);
        String many = "GET /v1/sockets/0/error HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500);
        LentClient endless = new LentClient(socket);
        LentClient garbage = new LentClient(socket);
        List<Thread> threads = List.of(Thread.ofPlatform().start(() -> writeOn(endless, many)),
                Thread.ofPlatform().start(() -> writeOn(garbage, "\0 garbage \r\n\r\n".repeat(500))),
                Thread.ofPlatform().start(() -> {
                    try {
                        endless.toTheEnd();
                    } catch (IOException e) {
                        assertThat(e).as("closed below").isNotNull();
                    }
                }));
        for (int i = 0; i < 10; i++) {
            isServed();
        }
        endless.close();
        garbage.close();
        for (Thread each : threads) {
            each.join();
        }
    }

    private static void writeOn(LentClient client, String text) {
        try {
            while (true) {
                client.write(text);
            }
        } catch (IOException e) {
            assertThat(e).as("it was closed").isNotNull();
        }
    }
}
