package org.splnet.bench;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads that benchmarks run in: of the kind that carries packets in the daemon, for which Netty has
/// its pools of buffers at hand. JMH makes it by name, hence public.
public final class DutyThreads extends ThreadPoolExecutor {
    /// @param threads how many
    /// @param prefix of their names
    public DutyThreads(int threads, String prefix) {
        super(threads, threads, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(),
                work -> new FastThreadLocalThread(work, prefix));
    }
}
