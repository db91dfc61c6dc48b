package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.NoLeaks;
import org.splnet.kern.Lookout;
import org.splnet.service.FakeListener;
import org.splnet.service.TestClock;
import org.splnet.service.status.FakeSource;
import org.splnet.service.status.SocketStatus;
import org.splnet.unix.Credentials;

/// A long answer, to one who takes his time, or takes nothing.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class SlowReaderTest {
    private static final int SOCKETS = 40_000;
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(10);
    /// A piece is a third of what the kernel holds for him or less, and it asks for more when that is read.
    private static final long A_PIECE_NS = IDLE_NS / 8;

    @TempDir
    private Path dir;
    private final TestClock clock = new TestClock();
    private ControlServer server;

    @BeforeEach
    void start() throws Exception {
        FakeSource source = new FakeSource() {
            @Override
            public List<SocketStatus> sockets() {
                return Collections.nCopies(SOCKETS, super.sockets().getFirst());
            }
        };
        server = ControlServer.open(dir.resolve("control.sock"), new ControlServer.Stack(source,
                new FakeSteering(), new FakeListener(), (local, options) -> null, (local, options) -> null,
                PooledByteBufAllocator.DEFAULT, clock, new Lookout()),
                List.of(Rule.everything(Credentials.own())),
                new ControlServer.Limits(8, 8, IDLE_NS, 100 * IDLE_NS, 4096, 0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void passes(long ns) {
        aRound();
        aRound();                       // what is ready before is seen to
        clock.advance(ns);
        aRound();
        aRound();
    }

    private void aRound() {
        CompletableFuture.runAsync(() -> { }, server.poller()::execute).join();
    }

    private static RawClient asks(ControlServer server) {
        return RawClient.having(server, RawClient.request("GET", "/v1/sockets", ""));
    }

    /// Octets of the answer that begins so.
    private static long wholeLength(byte[] beginning) {
        String text = new String(beginning, StandardCharsets.ISO_8859_1);
        int head = text.indexOf("\r\n\r\n") + 4;
        String length = text.substring(0, head).replaceAll("(?s).*content-length: ([0-9]+).*", "$1");
        return head + Long.parseLong(length);
    }

    @Test
    void whoTakesHisAnswerGetsItHoweverLongThatIs() {
        try (RawClient client = asks(server)) {
            byte[] piece = client.read();
            long left = wholeLength(piece);
            long tookNs = 0;
            while ((left -= piece.length) > 0) {
                passes(A_PIECE_NS);
                tookNs += A_PIECE_NS;
                piece = client.read();
                assertThat(piece).as("with %d octets to come", left).isNotNull();
            }
            assertThat(tookNs).isGreaterThan(2 * IDLE_NS);
            client.write(RawClient.request("GET", "/v1/status", ""));
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void whoTakesNothingGoes() {
        try (RawClient client = asks(server)) {
            assertThat(client.read()).isNotNull();
            passes(IDLE_NS - 1);
            assertThat(server.sessions()).isEqualTo(1);
            passes(1);
            assertThat(server.sessions()).isZero();
        }
    }
}
