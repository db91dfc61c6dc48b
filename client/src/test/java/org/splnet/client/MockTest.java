package org.splnet.client;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// What tests on a mocked daemon share.
@Timeout(60)
abstract class MockTest {
    MockDaemon daemon;
    Splnet splnet;

    @BeforeEach
    void start() throws IOException {
        daemon = new MockDaemon();
        splnet = daemon.splnet();
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    /// A thread that does something and what becomes of it.
    record Doing<T>(Thread thread, CompletableFuture<T> result) {
        static <T> Doing<T> by(Thread.Builder kind, Callable<T> what) {
            CompletableFuture<T> result = new CompletableFuture<>();
            return new Doing<>(kind.start(() -> {
                try {
                    result.complete(what.call());
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            }), result);
        }

        /// What was thrown; null if nothing was.
        Throwable thrown() throws Exception {
            return result.handle((value, e) -> e).get(20, TimeUnit.SECONDS);
        }

        T value() throws Exception {
            return result.get(20, TimeUnit.SECONDS);
        }

        /// Waits until the thread waits itself, as well as one can see that from outside.
        Doing<T> untilItWaits() {
            String code = thread.isVirtual() ? "pollSelector" : "EPoll";
            until(() -> result.isDone() || java.util.Arrays.stream(thread.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().contains(code)
                            || frame.getMethodName().contains(code)));
            return this;
        }
    }

    static void until(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(20)) {
                throw new AssertionError("not within 20 s");
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }
}
