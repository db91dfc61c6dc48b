package org.splnet;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Rounds;

/// Feeds the service manager's watchdog as long as every thread of [Splnetd#threads] goes round: each is
/// woken, and must have gone round by the next look. A process of which one hangs is so restarted, one that
/// merely has nothing to do is not.
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");
    /// Looks in the time after which the manager acts: one may come late.
    private static final int LOOKS = 3;

    private final List<Rounds> threads;
    private final long[] rounds;
    private final Runnable feed;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /// @param feed called after each look that finds all well
    Watchdog(List<Rounds> threads, Runnable feed) {
        this.threads = List.copyOf(threads);
        this.rounds = new long[threads.size()];
        Arrays.fill(rounds, -1);
        this.feed = feed;
    }

    /// Looks from now on, by a thread of its own.
    ///
    /// @param timeoutUs `WATCHDOG_USEC`; null for nobody who waits to be fed
    void start(String timeoutUs) {
        if (timeoutUs == null || !timeoutUs.matches("[0-9]{1,15}")) {
            return;
        }
        long everyUs = Math.max(1, Long.parseLong(timeoutUs) / LOOKS);
        Thread.ofPlatform().daemon().name("watchdog").start(() -> {
            try {
                do {
                    look();
                } while (!stopped.await(everyUs, TimeUnit.MICROSECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// One look.
    ///
    /// @return true if every thread has gone round since the last one
    boolean look() {
        boolean well = true;
        for (int i = 0; i < rounds.length; i++) {
            Rounds thread = threads.get(i);
            long now = thread.rounds();
            if (now == rounds[i]) {
                well = false;
                LOG.error("a thread does not go round name={}", thread.name());
            }
            rounds[i] = now;
            thread.nudge();
        }
        if (well) {
            feed.run();
        }
        return well;
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
