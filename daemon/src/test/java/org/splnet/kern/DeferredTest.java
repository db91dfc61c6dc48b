package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeferredTest {
    @RegisterExtension
    final Provoked provoked = new Provoked();

    private final List<String> seen = new ArrayList<>();

    private static Deferred.Call call(Runnable work) {
        return new Deferred.Call() {
            @Override
            protected void run() {
                work.run();
            }
        };
    }

    private Deferred.Call see(String name) {
        return call(() -> seen.add(name));
    }

    @Test
    void runsInOrderOnceEachAndNotBefore() {
        Deferred.Call a = see("a");
        Deferred.Call b = see("b");
        Deferred.later(a);
        Deferred.later(b);
        Deferred.later(a);
        assertThat(seen).isEmpty();
        Deferred.run();
        Deferred.run();
        assertThat(seen).containsExactly("a", "b");
        Deferred.later(a);
        Deferred.run();
        assertThat(seen).containsExactly("a", "b", "a");
    }

    @Test
    void runsWhatTheWorkAddsAndTheSameCallAgain() {
        var self = new Deferred.Call[1];
        self[0] = call(() -> {
            seen.add("self");
            if (seen.size() < 3) {
                Deferred.later(self[0]);
                Deferred.later(see("added"));
            }
        });
        Deferred.later(self[0]);
        Deferred.run();
        assertThat(seen).containsExactly("self", "self", "added", "self", "added");
    }

    @Test
    void leavesTheRestToTheOuterRun() {
        Deferred.later(call(() -> {
            Deferred.later(see("inner"));
            Deferred.run();
            seen.add("outer");
        }));
        Deferred.run();
        assertThat(seen).containsExactly("outer", "inner");
    }

    @Test
    void whatCallsNobodyRunsWithinACallAndFirst() {
        Deferred.Call leaf = see("leaf");
        Deferred.later(call(() -> {
            Deferred.later(see("inner"));
            Deferred.soon(leaf);
            Deferred.soon(leaf);
            Deferred.run();
            seen.add("outer");
            Deferred.soon(see("left"));
        }));
        Deferred.run();
        assertThat(seen).containsExactly("leaf", "outer", "left", "inner");
        Deferred.soon(leaf);
        Deferred.run();
        assertThat(seen).endsWith("inner", "leaf");
    }

    @Test
    void losesNothingToACallThatThrows() {
        Deferred.later(see("a"));
        Deferred.later(call(() -> {
            throw new AssertionError("on purpose");
        }));
        Deferred.later(see("b"));
        Deferred.run();
        Deferred.later(see("c"));
        Deferred.run();
        assertThat(seen).containsExactly("a", "b", "c");
        assertThat(FaultLog.system().total()).isOne();
    }

    @Test
    void refusesToRunUnderALockAndKeepsTheWork() {
        var lock = new RankedLock(LockRank.ENDPOINT, "deferred test");
        Deferred.later(see("a"));
        lock.lock();
        try {
            assertThatThrownBy(Deferred::run).isInstanceOf(LockOrderException.class);
        } finally {
            lock.unlock();
        }
        assertThat(seen).isEmpty();
        Deferred.run();
        assertThat(seen).containsExactly("a");
    }

    @Test
    void findsACallThatKeepsALock() {
        var lock = new RankedLock(LockRank.ENDPOINT, "kept");
        Deferred.later(call(lock::lock));
        Deferred.later(call(lock::unlock));
        Deferred.run();
        assertThat(Witness.report().count(Violation.Kind.CALL)).isOne();
        assertThat(lock.held()).isFalse();
    }

    /// Threads take numbers under a lock and defer one shared call that notes the highest: whichever thread
    /// runs it, the last number must be noted in the end.
    @Test
    void losesNoChangeQueuedFromAnotherThread() throws Exception {
        for (int round = 0; round < 200; round++) {
            var lock = new RankedLock(LockRank.ENDPOINT, "number");
            var number = new long[1];
            var noted = new AtomicLong();
            Deferred.Call note = call(() -> {
                lock.lock();
                try {
                    noted.accumulateAndGet(number[0], Math::max);
                } finally {
                    lock.unlock();
                }
            });
            var go = new CountDownLatch(1);
            var threads = new ArrayList<Thread>();
            for (int t = 0; t < 3; t++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    await(go);
                    for (int i = 0; i < 100; i++) {
                        lock.lock();
                        number[0]++;
                        lock.unlock();
                        Deferred.later(note);
                        Deferred.run();
                    }
                }));
            }
            go.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(noted).as("round %d", round).hasValue(300);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
