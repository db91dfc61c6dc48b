package org.splnet.kern;

/// The one source of time. Only outermost loops ask it; everything below is handed `nowNs`.
public interface Clock {
    /// Monotonic nanoseconds from an arbitrary origin; may wrap, so compare by subtraction.
    long nanoTime();

    /// Milliseconds since 1970, for logs and start times shown to people; never for protocol work.
    long wallMillis();

    /// Nanoseconds since 1970, as exact as the system has it, for records shown to people; never for protocol
    /// work.
    default long wallNanos() {
        return wallMillis() * 1_000_000;
    }

    /// The system's clock.
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
