package org.splnet.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.FaultLog;
import org.splnet.service.FakeListener;
import org.splnet.service.FakeStream;
import org.splnet.service.StreamServer;
import org.splnet.service.TestClock;
import org.splnet.wire.Endpoint;

/// Answers that are rendered as a whole: how they are sent, and how many may wait.
@ExtendWith(NoLeaks.class)
class AnswersTest {
    private static final long IDLE_NS = 40_000_000_000L;
    private static final int WINDOW = 1 << 20;
    private static final int LIMIT = 50_000;

    private final TestClock clock = new TestClock();
    private final CalloutWheel wheel = new CalloutWheel(clock.nanoTime(), () -> { });
    private final FakeListener listener = new FakeListener();
    private final List<FakeStream> streams = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private StreamServer server;

    /// `/N` has N octets.
    @BeforeEach
    void serve() throws Exception {
        Router router = new Router().getBelow("/", exchange -> exchange.answer("text/plain",
                () -> octets(Integer.parseInt(exchange.path().substring(1)))));
        AnswerBudget answers = new AnswerBudget(LIMIT);
        server = new StreamServer("test", (socket, stats) -> new HttpSession(socket, stats, threads, router,
                answers, HttpLimits.idle(IDLE_NS), clock, ByteBufAllocator.DEFAULT),
                new StreamServer.Limits(100, IDLE_NS), clock, wheel);
        server.open(listener, Endpoint.parse("10.88.0.2:80"), StreamServer.OPTIONS);
    }

    @AfterEach
    void end() {
        server.close();
        threads.close();
        streams.forEach(FakeStream::free);
    }

    private FakeStream connect(int window, String request) {
        return connect(new FakeStream(window), request);
    }

    private FakeStream connect(FakeStream stream, String request) {
        streams.add(stream);
        return listener.connects(stream).clientSends(request);
    }

    private String get(int length) {
        return connect(WINDOW, "GET /" + length + " HTTP/1.0\r\n\r\n").clientTakesAll();
    }

    private static byte[] octets(int length) {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++) {
            octets[i] = (byte) ('a' + i % 23);
        }
        return octets;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16 << 10, (16 << 10) + 1, 300_000})
    void sendsAllOfIt(int length) {
        String answer = get(length);
        assertThat(answer).startsWith("HTTP/1.1 200 ").contains("content-length: " + length + "\r\n");
        assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).isEqualTo(new String(octets(length)));
    }

    @Test
    void aFaultIsSaidAndCounted() {
        assertThat(connect(WINDOW, "GET /x HTTP/1.0\r\n\r\n").clientTakesAll()).startsWith("HTTP/1.1 500 ");
        assertThat(FaultLog.system().total()).isOne();
        FaultLog.system().clear();
    }

    @Test
    void refusesToRenderMoreWhileTooMuchIsNotTaken() {
        FakeStream first = connect(10, "GET /30000 HTTP/1.0\r\n\r\n");
        first.clientTakes(10);
        FakeStream second = connect(10, "GET /30000 HTTP/1.0\r\n\r\n");
        second.clientTakes(10);
        assertThat(get(1)).startsWith("HTTP/1.1 503 ").contains("\r\nretry-after: 1\r\n");
        assertThat(server.stats().answersRefused.sum()).isEqualTo(1);
        assertThat(first.clientTakesAll()).hasSizeGreaterThan(30_000);
        assertThat(get(1)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void thereIsRoomAgainAfterAClientThatHasGone() {
        FakeStream first = connect(10, "GET /300000 HTTP/1.0\r\n\r\n");
        first.clientTakes(10);
        assertThat(get(1)).startsWith("HTTP/1.1 503 ");
        first.clientResets();
        first.clientTakesAll();
        assertThat(get(1)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void resetsAConnectionThereIsNoMemoryFor() {
        FakeStream stream = new FakeStream(WINDOW);
        stream.memoryEndsOnce();
        connect(stream, "GET /1 HTTP/1.0\r\n\r\n");
        assertThat(stream.clientTakesAll()).isEmpty();
        assertThat(stream.isAborted()).isTrue();
        assertThat(FaultLog.system().total()).isOne();
        FaultLog.system().clear();
        assertThat(get(1)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aHeaderAloneTakesNoRoom() {
        for (int i = 0; i < 3; i++) {
            assertThat(connect(WINDOW, "HEAD /40000 HTTP/1.0\r\n\r\n").clientTakesAll())
                    .contains("content-length: 40000\r\n").endsWith("\r\n\r\n");
        }
        assertThat(get(1)).startsWith("HTTP/1.1 200 ");
    }
}
