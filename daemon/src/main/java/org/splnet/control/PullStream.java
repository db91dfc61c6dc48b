package org.splnet.control;

/// An answer without a known end, which its reader draws piece by piece. One reader, whose calls do not
/// overlap; nothing here blocks.
///
/// ```text
/// start(wakeup) ─▶ next() … next() = null ─▶ (wake-up) ─▶ next() … ended() ─▶ close()
/// ```
public interface PullStream extends AutoCloseable {
    /// The media type.
    String type();

    /// Begins. Called once, before [#next].
    ///
    /// @param wakeup called when there may be more to draw, by any thread holding nothing, maybe once more
    ///     after [#close]; must not block
    void start(Runnable wakeup);

    /// The next piece, a whole number of lines or blocks.
    ///
    /// @return null if there is nothing now: after a wake-up there may be
    byte[] next();

    /// True if there is nothing more to come once [#next] has returned null.
    boolean ended();

    /// Ends it, also one that was not started. Idempotent.
    @Override
    void close();
}
