package org.splnet.kern;

/// A timing wheel: O(1) arm, disarm and re-arm for any number of callouts.
///
/// Safe for use by any thread; its lock is `LEAF`, so callouts may be armed under any other lock.
public final class CalloutWheel {
    /// Resolution in nanoseconds: a callout fires at most this much after its deadline (plus the thread's
    /// delay).
    public static final long TICK_NS = 1 << 20;

    /// @param startNs the time now
    /// @param earlier run, holding nothing but possibly locks below `LEAF`, when a callout is armed for
    ///     before
    ///     what [#nextNs] last returned: it must wake the advancing thread and not block
    public CalloutWheel(long startNs, Runnable earlier) {
        throw new UnsupportedOperationException();
    }

    /// Arms, or re-arms, for `deadlineNs`.
    public void arm(Callout callout, long deadlineNs) {
        throw new UnsupportedOperationException();
    }

    /// Disarms; a fire already under way still arrives.
    public void disarm(Callout callout) {
        throw new UnsupportedOperationException();
    }

    /// Fires what is due, in order of ticks, holding nothing.
    ///
    /// @return how many fired
    public int advance(long nowNs) {
        throw new UnsupportedOperationException();
    }

    /// When [#advance] should be called next; [Long#MAX_VALUE] if nothing is armed. May be early, never late.
    public long nextNs() {
        throw new UnsupportedOperationException();
    }

    /// How many are armed.
    public int armed() {
        throw new UnsupportedOperationException();
    }
}
