package org.splnet;

import com.sun.management.ThreadMXBean;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/// Measures what a path leaves behind for the collector.
public final class Garbage {
    /// Rounds per attempt.
    public static final int ROUNDS = 20_000;
    private static final int ATTEMPTS = 300;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Garbage() {
    }

    /// Octets that [#ROUNDS] rounds leave behind once the compiler has finished with them, on a thread like
    /// those of the stack: the best of so many attempts that even a busy machine gets there.
    public static long of(Runnable round) {
        var least = new AtomicLong(Long.MAX_VALUE);
        var thread = new FastThreadLocalThread(() -> {
            for (int attempt = 0; attempt < ATTEMPTS && least.get() > 0; attempt++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < ROUNDS; i++) {
                    round.run();
                }
                least.accumulateAndGet(THREADS.getCurrentThreadAllocatedBytes() - before, Math::min);
            }
        });
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return least.get();
    }
}
