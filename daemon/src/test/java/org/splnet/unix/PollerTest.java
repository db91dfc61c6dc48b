package org.splnet.unix;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.kern.Clock;
import org.splnet.kern.Lookout;

/// Descriptors, and the thread that waits for them.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class PollerTest {
    private Poller poller;

    @BeforeEach
    void start() throws Exception {
        poller = new Poller("poller", Clock.system(), 0, new Lookout());
    }

    @AfterEach
    void stop() {
        poller.close();
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    /// Has it done by the poller's thread, and waits for that.
    private void there(Work work) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean well = new AtomicBoolean();
        poller.execute(() -> {
            try {
                work.run();
                well.set(true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                done.countDown();
            }
        });
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(well).isTrue();
    }

    private static int write(int fd, int octets) {
        ByteBuf buf = Unpooled.directBuffer(octets).writeZero(octets);
        try {
            return Fd.mine().write(fd, buf);
        } finally {
            buf.release();
        }
    }

    private static int descriptors() {
        String[] all = new File("/proc/self/fd").list();
        return all == null ? 0 : all.length;
    }

    /// Whoever is at work with a descriptor asks for its end when he has done, which may be late: here once
    /// the poller has found nothing to do five times.
    @Test
    void endsOnceNoDescriptorIsWatchedAnyMore() throws Exception {
        int one = Fd.mine().pair(Fd.STREAM);
        int other = Fd.mine().second();
        there(() -> assertThat(poller.watch(one, events -> { }, Poller.IN)).isNotNegative());
        AtomicBoolean forgotten = new AtomicBoolean();
        Lookout.Place idle = new Lookout.Place() {
            private int times;

            @Override
            protected boolean ready(boolean last) {
                poller.execute(++times < 5 ? () -> poller.lookout().watch(this) : () -> {
                    poller.forget(one);
                    forgotten.set(true);
                });
                return false;
            }

            @Override
            protected void work() {
                // there is none
            }
        };
        Thread closer = Thread.ofPlatform().unstarted(poller::close);
        there(() -> {
            closer.start();
            while (closer.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            poller.lookout().watch(idle);
        });
        closer.join();
        assertThat(forgotten).isTrue();
        Fd.mine().close(one);
        Fd.mine().close(other);
    }

    /// Whoever asks for himself again and again gets nobody else stuck.
    @Test
    void aTaskThatGoesOnAndOnHoldsUpNobody() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Runnable[] greedy = new Runnable[1];
        greedy[0] = () -> {
            if (!stop.get()) {
                poller.execute(greedy[0]);
            }
        };
        poller.execute(greedy[0]);
        int one = Fd.mine().pair(Fd.STREAM);
        int other = Fd.mine().second();
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch late = new CountDownLatch(1);
        there(() -> {
            assertThat(poller.watch(one, events -> read.countDown(),
                    Poller.IN | Poller.EDGE)).isNotNegative();
            poller.after(1000, late::countDown);
        });
        assertThat(write(other, 1)).isEqualTo(1);
        assertThat(read.await(10, TimeUnit.SECONDS)).as("a descriptor's event").isTrue();
        assertThat(late.await(10, TimeUnit.SECONDS)).as("an alarm").isTrue();
        stop.set(true);
        there(() -> poller.forget(one));
        Fd.mine().close(one);
        Fd.mine().close(other);
    }

    /// Two descriptors are ready at once; the handler of the one closes the other, and opens a new one, which
    /// has its number.
    @Test
    void anEventOfADescriptorsPredecessorIsNobodys() throws Exception {
        AtomicInteger wrong = new AtomicInteger();
        int reused = 0;
        for (int round = 0; round < 200; round++) {
            int[] ours = new int[2];
            int[] theirs = new int[2];
            for (int i = 0; i < 2; i++) {
                ours[i] = Fd.mine().pair(Fd.STREAM);
                theirs[i] = Fd.mine().second();
            }
            List<Integer> fresh = new ArrayList<>();
            AtomicInteger left = new AtomicInteger(-1);
            there(() -> {
                AtomicBoolean done = new AtomicBoolean();
                for (int i = 0; i < 2; i++) {
                    int mine = ours[i];
                    int victim = ours[1 - i];
                    poller.watch(mine, events -> {
                        if (done.compareAndSet(false, true)) {
                            left.set(mine);
                            poller.forget(victim);
                            Fd.mine().close(victim);
                            fresh.add(Fd.mine().pair(Fd.STREAM));
                            fresh.add(Fd.mine().second());
                            fresh.forEach(each -> poller.watch(each, any -> wrong.incrementAndGet(),
                                    Poller.IN));
                        }
                    }, Poller.IN | Poller.EDGE);
                }
                write(theirs[0], 1);
                write(theirs[1], 1);
            });
            there(() -> { });
            there(() -> { });
            there(() -> {
                fresh.forEach(each -> {
                    poller.forget(each);
                    Fd.mine().close(each);
                });
                poller.forget(left.get());
                Fd.mine().close(left.get());
            });
            reused += fresh.contains(ours[0]) || fresh.contains(ours[1]) ? 1 : 0;
            Fd.mine().close(theirs[0]);
            Fd.mine().close(theirs[1]);
        }
        assertThat(wrong).hasValue(0);
        assertThat(reused).as("rounds in which nobody else took the number").isPositive();
    }

    @Test
    void tasksOfManyThreadsAreAllDone() throws Exception {
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 50_000; n++) {
                    poller.execute(done::incrementAndGet);
                }
            }));
        }
        for (Thread each : threads) {
            each.join();
        }
        there(() -> { });
        assertThat(done).hasValue(200_000);
    }

    @Test
    void oneDescriptorIsTakenWithOctetsAndTheOthersAreClosed() {
        var rnd = new SplittableRandom(TestSeed.next());
        int one = Fd.mine().pair(Fd.STREAM);
        int other = Fd.mine().second();
        int before = descriptors();
        ByteBuf to = Unpooled.directBuffer(64);
        Closer closer = new Closer();
        for (int i = 0; i < 500; i++) {
            int n = rnd.nextInt(4);
            for (int k = 0; k < n; k++) {
                assertThat(Fd.mine().pass(other, 'x', one)).isEqualTo(1);
            }
            for (int k = 0; k < n; k++) {
                assertThat(Fd.mine().receive(one, to.clear(), closer)).isEqualTo(1);
                int passed = Fd.mine().passed();
                assertThat(passed).isNotNegative();
                Fd.mine().close(passed);
            }
            assertThat(Fd.mine().receive(one, to.clear(), closer)).isEqualTo(-Errno.EAGAIN);
            assertThat(Fd.mine().passed()).isNegative();
        }
        assertThat(descriptors()).as("hundreds have passed; a few may be others'").isLessThan(before + 50);
        to.release();
        Fd.mine().close(one);
        Fd.mine().close(other);
    }

    @Test
    void anEndThatIsGoneIsAnErrorAndNoSignal() {
        int one = Fd.mine().pair(Fd.STREAM);
        Fd.mine().close(Fd.mine().second());
        assertThat(write(one, 1)).isEqualTo(-Errno.EPIPE);
        assertThat(Fd.mine().pass(one, 'x', one)).isEqualTo(-Errno.EPIPE);
        Fd.mine().close(one);
        assertThat(write(one, 1)).as("EBADF").isEqualTo(-9);
        assertThat(Fd.mine().packets(one)).isFalse();
    }

    @Test
    void whoIsThereIsTold() throws Exception {
        int one = Fd.mine().pair(Fd.STREAM);
        int other = Fd.mine().second();
        Credentials who = Fd.mine().credentials(one);
        assertThat(who.pid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(who.uid()).isEqualTo(Credentials.own());
        assertThat(who.program()).isNotEmpty().matches("[ -~]*");
        assertThat(who.in(who.gid())).isTrue();
        Fd.mine().close(one);
        Fd.mine().close(other);
    }

    /// It is looked at as long as the poller does not sleep, and once more before.
    @Test
    void itLooksOutUntilItSleeps() throws InterruptedException {
        List<Boolean> looks = new CopyOnWriteArrayList<>();
        CountDownLatch slept = new CountDownLatch(1);
        AtomicInteger work = new AtomicInteger(3);
        Lookout.Place place = new Lookout.Place() {
            @Override
            protected boolean ready(boolean last) {
                looks.add(last);
                if (work.get() == 0 && last) {
                    slept.countDown();
                }
                return work.get() > 0;
            }

            @Override
            protected void work() {
                do {
                    work.decrementAndGet();
                } while (!poller.lookout().watch(this) && ready(true));
            }
        };
        there(() -> assertThat(poller.lookout().watch(place)).isTrue());
        assertThat(slept.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(looks.getLast()).isTrue();
        int before = looks.size();
        there(() -> { });
        there(() -> { });
        assertThat(looks).as("it is not looked at any more then").hasSize(before);
    }
}
