package org.splnet.capture;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The compiler of filters on the class path, in a few threads of its own: it asks the host's resolver for
/// names, by native code, and virtual threads, which requests have, would keep their carriers meanwhile, on
/// which everybody's requests wait.
final class Filters {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.pcap");
    /// Longer than anybody writes, and short enough for a parser that recurses.
    private static final int LONGEST = 4096;
    private static final int THREADS = 4;
    private static final int WAITING = 64;
    private static final long KEPT_S = 10;

    private static final ThreadPoolExecutor COMPILING = new ThreadPoolExecutor(THREADS, THREADS, KEPT_S,
            TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING),
            Thread.ofPlatform().name("filters-", 0).daemon().factory());

    static {
        COMPILING.allowCoreThreadTimeOut(true);
    }

    private Filters() {
    }

    /// Compiles a filter.
    ///
    /// @return null for none, which lets everything pass
    /// @throws FilterException saying why it cannot be
    /// @throws IllegalStateException if too many are being compiled, or nobody waits for this one any more
    static BpfProgram compile(String filter) throws FilterException {
        return compile(filter, text -> installed().compile(text));
    }

    /// With a certain compiler.
    static BpfProgram compile(String filter, FilterCompiler compiler) throws FilterException {
        if (filter == null || filter.isBlank()) {
            return null;
        }
        if (filter.length() > LONGEST) {
            throw new FilterException("longer than " + LONGEST + " characters");
        }
        if (filter.chars().anyMatch(Character::isISOControl)) {
            throw new FilterException("has control characters");
        }
        try {
            Future<BpfProgram> program = COMPILING.submit(() -> compiler.compile(filter));
            return program.get();
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("too many filters wait for the host's resolver: try again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the daemon is stopping");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FilterException why) {
                throw why;
            }
            throw new CompletionException(e.getCause());
        }
    }

    private static FilterCompiler installed() throws FilterException {
        for (var each : ServiceLoader.load(FilterCompiler.class).stream().toList()) {
            try {
                return each.get();
            } catch (ServiceConfigurationError | LinkageError e) {
                LOG.warn("compiler of filters cannot be loaded class={} cause={}", each.type().getName(),
                        e.toString());
            }
        }
        throw new FilterException("there is no compiler of filters: the module netif-pcap is not installed;"
                + " capture without a filter, and filter when reading");
    }
}
