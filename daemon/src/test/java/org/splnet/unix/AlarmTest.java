package org.splnet.unix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.splnet.kern.Lookout;
import org.splnet.service.TestClock;

@Timeout(60)
class AlarmTest {
    private static final long MS = 1_000_000;

    private final TestClock clock = new TestClock();
    private Poller poller;

    @BeforeEach
    void start() throws Exception {
        poller = new Poller("poller under test", clock, 0, new Lookout());
    }

    @AfterEach
    void stop() {
        poller.close();
    }

    private void there(Runnable task) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        poller.execute(() -> {
            task.run();
            done.countDown();
        });
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void alarmsRingInTheirOrderAndCancelledOnesDoNot() throws Exception {
        List<Integer> rung = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch last = new CountDownLatch(1);
        there(() -> {
            poller.after(60 * MS, () -> {
                rung.add(3);
                last.countDown();
            });
            poller.after(20 * MS, () -> rung.add(1));
            Alarm none = poller.after(30 * MS, () -> rung.add(99));
            poller.after(40 * MS, () -> rung.add(2));
            none.cancel();
            none.cancel();
        });
        there(() -> { });
        assertThat(rung).as("before their time").isEmpty();
        clock.advance(60 * MS);         // nobody wakes the poller for that
        assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(rung).containsExactly(1, 2, 3);
    }

    /// It counts from anywhere, and once in 292 years from its end on.
    @Test
    void alarmsRingInTheirOrderWhileTheClockWraps() throws Exception {
        clock.advance(Long.MAX_VALUE - 30 * MS - clock.nanoTime());
        List<Integer> rung = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        there(() -> {
            poller.after(60 * MS, () -> {
                rung.add(3);
                last.countDown();
            });
            poller.after(40 * MS, () -> rung.add(2));
            poller.after(20 * MS, () -> {
                rung.add(1);
                first.countDown();
            });
        });
        clock.advance(25 * MS);
        there(() -> { });
        assertThat(first.await(30, TimeUnit.SECONDS)).as("those behind the wrap are not before it").isTrue();
        clock.advance(35 * MS);
        assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(rung).containsExactly(1, 2, 3);
    }

    /// A deadline per request, of minutes, cancelled within microseconds.
    @Test
    void cancelledAlarmsTakeNoRoom() throws Exception {
        int[] most = {0};
        there(() -> {
            for (int i = 0; i < 100_000; i++) {
                poller.after(300_000 * MS, () -> { }).cancel();
                most[0] = Math.max(most[0], poller.alarmsHeld());
            }
        });
        assertThat(most[0]).isLessThan(200);
    }

    @Test
    void whatCanWaitIsDoneTogetherAndOnce() throws Exception {
        List<Integer> done = Collections.synchronizedList(new ArrayList<>());
        there(() -> {
            int before = poller.alarmsHeld();
            poller.soon(() -> {
                done.add(1);
                poller.soon(() -> done.add(3));
            });
            poller.soon(() -> done.add(2));
            assertThat(poller.alarmsHeld()).isEqualTo(before + 1);
        });
        there(() -> { });
        assertThat(done).as("before its time").isEmpty();
        clock.advance(100 * MS);
        there(() -> { });
        there(() -> { });
        assertThat(done).containsExactly(1, 2);
        clock.advance(100 * MS);
        there(() -> { });
        there(() -> { });
        assertThat(done).containsExactly(1, 2, 3);
    }

    @Test
    void descriptorsAreToldApartFromThoseThatHadTheirNumberBefore() throws Exception {
        List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
        int[] pair = new int[2];
        there(() -> {
            Fd call = Fd.mine();
            int one = call.pair(Fd.STREAM);
            int other = call.second();
            poller.watch(one, events -> heard.add(1), Poller.IN);
            call.pass(other, 'x', one);             // both: something to be read
            poller.forget(one);
            call.close(one);
            call.close(other);
            int again = call.pair(Fd.STREAM);       // most likely with the same numbers
            poller.watch(again, events -> heard.add(2), Poller.IN);
            pair[0] = again;
            pair[1] = call.second();
        });
        there(() -> { });
        there(() -> {
            poller.forget(pair[0]);
            Fd.mine().close(pair[0]);
            Fd.mine().close(pair[1]);
        });
        assertThat(heard).isEmpty();
    }
}
