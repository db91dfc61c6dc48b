package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.socket.StreamSocket;
import org.splnet.unix.Fd;

/// Who has written much into a ring, and gone without a word, while somebody looks at rings.
class GoneRingTest extends LentBed {
    private static final int CAPACITY = 4 << 20;

    private void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Returns when the poller has looked at descriptors, and at what that has brought about.
    private void rounds() {
        for (int i = 0; i < 3; i++) {
            var done = new CountDownLatch(1);
            server.desk().poller().execute(done::countDown);
            await(done);
        }
    }

    /// After sixteen pieces others come first, and leave it to whoever looks to go on: he finds nothing more.
    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 32})
    void isSeenByWhoeverLooks(int pieces) throws Exception {
        int fd = Fd.mine().connect(socket.toString());
        RingClient.ask(fd, "CONNECT " + PEER + " HTTP/1.1\r\nHost: x\r\nSplnet-Ring: " + CAPACITY
                + "\r\nSplnet-Options: {\"SO_SNDBUF\":8388608}\r\n\r\n");
        StreamSocket peer;
        var held = new CountDownLatch(1);
        lookout.wake();
        try (RingClient client = new RingClient(fd, CAPACITY, 0)) {
            peer = peer();
            server.desk().poller().execute(() -> await(held));
            client.write(new byte[pieces * ReadSize.MOST]);
        }
        held.countDown();
        rounds();
        lookout.look();
        lookout.sleep();
        rounds();
        assertThat(all(peer)).isEqualTo((long) pieces * ReadSize.MOST);
        peer.close();
        until(() -> server.desk().table().all().isEmpty());
    }
}
