package org.splnet.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.util.concurrent.FutureTask;
import java.util.function.IntSupplier;

/// For tests of drivers: sees that a steady state allocates nothing per frame, by the JVM's own account of
/// the thread. Steady is what the compiler has finished with, so windows are measured until one is clean, or
/// far too many were not.
public final class SteadyState {
    /// Frames that are prepared at once.
    public static final int BATCH = 64;

    private static final int WINDOW = 200 * BATCH;
    private static final int WINDOWS = 2000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /// Runs on a thread of the kind that workers are, for which alone Netty's pools cache.
    public static void onAWorker(Runnable test) throws Exception {
        var task = new FutureTask<Void>(test, null);
        var worker = new FastThreadLocalThread(task);
        worker.start();
        task.get();
    }

    /// Fails unless the thread stops allocating.
    ///
    /// @param prepareOne makes one frame ready; not measured
    /// @param batch handles [#BATCH] frames, and returns how many
    public void allocatesNothing(Runnable prepareOne, IntSupplier batch) {
        long perFrame = Long.MAX_VALUE;
        for (int window = 0; window < WINDOWS && perFrame > 0; window++) {
            long allocated = 0;
            long frames = 0;
            while (frames < WINDOW) {
                for (int i = 0; i < BATCH; i++) {
                    prepareOne.run();
                }
                long before = threads.getCurrentThreadAllocatedBytes();
                frames += batch.getAsInt();
                allocated += threads.getCurrentThreadAllocatedBytes() - before;
            }
            perFrame = allocated / frames;
        }
        assertThat(perFrame).as("octets allocated per frame").isZero();
    }
}
