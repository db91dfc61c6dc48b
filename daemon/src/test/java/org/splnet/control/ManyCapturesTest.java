package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.service.status.PingStatus;

/// Captures that take their time to begin, because the host's resolver is asked for a name.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ManyCapturesTest {
    private static final String REQUEST = "GET /v1/capture?filter=host+example.com HTTP/1.1\r\nHost: x\r\n"
            + "\r\n";
    private static final int MOST = 16;

    /// The resolver: whoever asks waits.
    private static final class Slow extends FakeSteering {
        final Semaphore asked = new Semaphore(0);
        final CountDownLatch answer = new CountDownLatch(1);
        final Semaphore interrupted = new Semaphore(0);

        @Override
        public PullStream capture(CaptureSpec spec) {
            throw refused();
        }

        @Override
        public PingStatus ping(String address, int octets, long timeoutNs) {
            throw refused();
        }

        private Refusal refused() {
            asked.release();
            try {
                answer.await();
            } catch (InterruptedException e) {
                interrupted.release();
                Thread.currentThread().interrupt();
            }
            return new Refusal(Refusal.Kind.UNWANTED, "there is no such host");
        }
    }

    private final Slow steering = new Slow();
    @TempDir
    private Path dir;
    private Path socket;
    private ControlServer server;

    @BeforeEach
    void start() throws Exception {
        socket = dir.resolve("control.sock");
        server = Servers.open(socket, steering, ControlServer.Limits.DEFAULTS);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<LentClient> waiting(int count) throws Exception {
        List<LentClient> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new LentClient(socket).write(REQUEST));
        }
        steering.asked.acquire(count);
        return all;
    }

    private int another() throws Exception {
        try (LentClient another = new LentClient(socket).write(REQUEST).answered()) {
            return another.status;
        }
    }

    /// One user alone could make the daemon ask for as many names as it has threads for.
    @Test
    void thoseOfOneUserCountFromTheirRequestOn() throws Exception {
        List<LentClient> all = waiting(MOST);
        assertThat(another()).isEqualTo(429);
        for (LentClient each : all) {
            each.close();               // what they have asked for is still being done
        }
        assertThat(another()).isEqualTo(429);
    }

    @Test
    void whatIsRefusedCountsNoMore() throws Exception {
        List<LentClient> all = waiting(MOST);
        steering.answer.countDown();
        for (LentClient each : all) {
            assertThat(each.answered().status).isEqualTo(422);
            each.close();
        }
        assertThat(another()).isEqualTo(422);
    }

    /// Each cost the daemon's end three seconds, and a warning.
    @ParameterizedTest
    @ValueSource(strings = {REQUEST, "POST /v1/ping HTTP/1.1\r\nHost: x\r\nContent-Length: 22\r\n\r\n"
            + "{\"address\":\"10.0.0.9\"}"})
    void theDaemonsEndWaitsForNone(String request) throws Exception {
        try (LentClient client = new LentClient(socket).write(request)) {
            steering.asked.acquire();
            server.close();
            assertThat(steering.interrupted.tryAcquire()).isTrue();
            assertThat(client.answered().status).isEqualTo(503);
        }
    }
}
