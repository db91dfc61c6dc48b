package org.splnet.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.splnet.kern.Deferred;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.kern.Witness;

@Timeout(60)
class WaitersTest {
    private final RankedLock lock = new RankedLock(LockRank.ENDPOINT, "test socket");
    private final Waiters waiters = new Waiters(lock, () -> ready());
    private int items;
    private boolean closed;

    private int ready() {
        assert lock.held();
        return (items > 0 ? Readiness.READABLE : 0) | (closed ? Readiness.HANGUP : 0);
    }

    @Test
    void tellsANewListenerWhatIsReadyAlready() {
        put(1);
        List<Integer> told = new ArrayList<>();
        waiters.listener(told::add);
        assertThat(told).containsExactly(Readiness.READABLE);
    }

    @Test
    void joinsEventsAndTellsThemHoldingNothing() {
        List<Integer> told = new ArrayList<>();
        waiters.listener(events -> {
            Witness.assertNothingHeld("listener");
            told.add(events);
        });
        lock.lock();
        waiters.post(Readiness.READABLE);
        waiters.post(Readiness.WRITABLE);
        lock.unlock();
        assertThat(told).isEmpty();
        Deferred.run();
        Deferred.run();
        assertThat(told).containsExactly(Readiness.READABLE | Readiness.WRITABLE);
    }

    @Test
    void tellsWhatTheListenerItselfBroughtAbout() {
        List<Integer> told = new ArrayList<>();
        waiters.listener(events -> {
            told.add(events);
            if (told.size() == 1) {
                lock.lock();
                waiters.post(Readiness.WRITABLE);
                lock.unlock();
                Deferred.run();
            }
        });
        put(1);
        assertThat(told).containsExactly(Readiness.READABLE, Readiness.WRITABLE);
    }

    @Test
    void whoComesWhileAnotherTellsItLeavesItToHim() {
        List<Integer> told = new ArrayList<>();
        AtomicInteger meanwhile = new AtomicInteger();
        waiters.listener(events -> {
            told.add(events);
            if (told.size() == 1) {
                CompletableFuture.runAsync(() -> {
                    lock.lock();
                    waiters.post(Readiness.WRITABLE);
                    lock.unlock();
                    Deferred.run();
                }).join();
                meanwhile.set(told.size());
            }
        });
        put(1);
        assertThat(told).containsExactly(Readiness.READABLE, Readiness.WRITABLE);
        assertThat(meanwhile).hasValue(1);
    }

    @Test
    void forgetsAListenerThatIsTakenAway() {
        List<Integer> told = new ArrayList<>();
        waiters.listener(told::add);
        waiters.listener(null);
        put(1);
        assertThat(told).isEmpty();
    }

    @Test
    void aListenerThatFailsIsToldOfTheNextEventAllTheSame() {
        AtomicInteger calls = new AtomicInteger();
        waiters.listener(events -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("listener's fault");
            }
        });
        put(1);
        takeOne();
        put(1);
        assertThat(calls).hasValue(2);
        assertThat(lock.held()).isFalse();
    }

    @Test
    void awaitReturnsAtOnceWhenReadyAndZeroWhenTheTimeIsUp() throws InterruptedException {
        assertThat(waiters.await(Readiness.READABLE, 0)).isZero();
        assertThat(waiters.await(Readiness.READABLE, 1_000_000)).isZero();
        put(1);
        assertThat(waiters.await(Readiness.READABLE | Readiness.WRITABLE, 0)).isEqualTo(Readiness.READABLE);
    }

    @Test
    void awaitReturnsWhenTheSocketEndsWhateverWasAskedFor() throws Exception {
        AtomicInteger got = new AtomicInteger();
        Thread sleeper = Thread.ofVirtual().start(() -> got.set(awaitForever(Readiness.WRITABLE)));
        lock.lock();
        closed = true;
        waiters.post(Readiness.HANGUP);
        lock.unlock();
        sleeper.join();
        assertThat(got).hasValue(Readiness.HANGUP);
    }

    /// Producers put and post; consumers sleep whenever they find nothing. A lost wake-up is a hang.
    @Test
    void losesNoWakeUp() throws Exception {
        int producers = 2;
        int consumers = 3;
        int each = 20_000;
        AtomicInteger taken = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < consumers; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                while ((awaitForever(Readiness.READABLE) & Readiness.READABLE) != 0 || !ended()) {
                    taken.addAndGet(takeOne());
                }
            }));
        }
        List<Thread> sources = new ArrayList<>();
        for (int i = 0; i < producers; i++) {
            sources.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    put(1);
                }
            }));
        }
        for (Thread source : sources) {
            source.join();
        }
        lock.lock();
        closed = true;
        waiters.post(Readiness.HANGUP);
        lock.unlock();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(taken).hasValue(producers * each);
    }

    /// The same with a listener that takes until nothing is left, as an event loop does.
    @Test
    void tellsTheListenerOneAtATimeAndLosesNothing() throws Exception {
        int producers = 3;
        int each = 20_000;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(producers * each);
        waiters.listener(events -> {
            if (inside.incrementAndGet() != 1) {
                overlaps.incrementAndGet();
            }
            while (takeOne() != 0) {
                taken.incrementAndGet();
                all.countDown();
            }
            inside.decrementAndGet();
        });
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < producers; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    put(1);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(all.await(30, TimeUnit.SECONDS)).as("left " + all.getCount()).isTrue();
        assertThat(overlaps).hasValue(0);
        assertThat(taken).hasValue(producers * each);
    }

    private void put(int n) {
        lock.lock();
        try {
            boolean wasEmpty = items == 0;
            items += n;
            if (wasEmpty) {
                waiters.post(Readiness.READABLE);
            }
        } finally {
            lock.unlock();
        }
        Deferred.run();
    }

    private int takeOne() {
        lock.lock();
        try {
            int got = items > 0 ? 1 : 0;
            items -= got;
            return got;
        } finally {
            lock.unlock();
        }
    }

    private boolean ended() {
        lock.lock();
        try {
            return closed && items == 0;
        } finally {
            lock.unlock();
        }
    }

    private int awaitForever(int events) {
        try {
            return waiters.await(events, Long.MAX_VALUE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
