package org.splnet.relay;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.splnet.wire.Ip4Addr;

/// Asks the host's resolver, which blocks, in a few threads of its own: not virtual ones, whose carriers it
/// would block too. Any thread.
final class Names implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int WAITING = 64;
    private static final long KEPT_S = 10;

    /// The blocking part: [InetAddress#getAllByName] but in tests.
    interface Lookup {
        InetAddress[] all(String name) throws UnknownHostException;
    }

    /// What became of a question.
    ///
    /// @param address null if there is none of IPv4
    /// @param known true if the name has an address of some kind
    record Answer(Ip4Addr address, boolean known) { }

    private final Lookup lookup;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, THREADS, KEPT_S,
            TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING),
            Thread.ofPlatform().name("relay-names-", 0).daemon().factory());

    Names(Lookup lookup) {
        this.lookup = lookup;
        threads.allowCoreThreadTimeOut(true);
    }

    /// Resolves `name`.
    ///
    /// @param where the answer is told
    /// @return false if too many questions are waiting already
    boolean ask(String name, Executor where, Consumer<Answer> told) {
        try {
            threads.execute(() -> {
                Answer answer = answer(name);
                try {
                    where.execute(() -> told.accept(answer));
                } catch (RejectedExecutionException e) {
                    // The relays have ended: there is nobody left to be told.
                    threads.shutdown();
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private Answer answer(String name) {
        if (name.isEmpty()) {
            return new Answer(null, false);         // which Java would take for the loopback address
        }
        try {
            for (InetAddress each : lookup.all(name)) {
                if (each instanceof Inet4Address four) {
                    return new Answer(new Ip4Addr(ByteBuffer.wrap(four.getAddress()).getInt()), true);
                }
            }
            return new Answer(null, true);
        } catch (UnknownHostException e) {
            return new Answer(null, false);
        }
    }

    /// Answers no more. Idempotent.
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
