package org.splnet.capture;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The compiler of filters on the class path, in threads of its own: it asks the host's resolver for names,
/// by native code, and virtual threads, which requests have, would keep their carriers meanwhile, on which
/// everybody's requests wait.
///
/// Native code cannot be interrupted: a filter whose name nobody answers for keeps its thread until the
/// resolver gives up, also when nobody waits for it any more. So none waits for another's thread.
final class Filters {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.pcap");
    /// Longer than anybody writes, and short enough for a parser that recurses.
    private static final int LONGEST = 4096;
    /// A few times what one user may have open, which includes what is being compiled for him.
    private static final int THREADS = 64;
    private static final long KEPT_S = 10;

    private static final ThreadPoolExecutor COMPILING = new ThreadPoolExecutor(0, THREADS, KEPT_S,
            TimeUnit.SECONDS, new SynchronousQueue<>(),
            Thread.ofPlatform().name("filters-", 0).daemon().factory());

    private Filters() {
    }

    /// Compiles a filter.
    ///
    /// @return null for none, which lets everything pass
    /// @throws FilterException saying why it cannot be
    /// @throws IllegalStateException if too many are being compiled, or the daemon is stopping
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
