package org.splnet.control;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.splnet.TestSeed;

/// Everything that holds for rings, while a thread that is not the poller's looks at them, too, and sleeps
/// now and then, as those of devices do.
class LookedAtRingsTest extends RingSocketsTest {
    private volatile boolean ended;
    private Thread other;

    @BeforeEach
    void look() {
        var rnd = new SplittableRandom(TestSeed.next());
        other = Thread.ofPlatform().start(() -> {
            while (!ended) {
                lookout.wake();
                for (int i = rnd.nextInt(1000); i > 0 && !ended; i--) {
                    lookout.look();
                    Thread.yield();
                }
                if (!lookout.sleep()) {
                    LockSupport.parkNanos(rnd.nextInt(200_000));
                }
            }
        });
    }

    @AfterEach
    void lookNoMore() throws InterruptedException {
        ended = true;
        other.join();
    }
}
