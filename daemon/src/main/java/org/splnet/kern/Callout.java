package org.splnet.kern;

/// Something to be done at a time: one node of a [CalloutWheel], embedded in its owner by subclassing so that
/// arming allocates nothing. One owner has one callout and keeps its own deadlines.
///
/// [#fire] may come early or after a disarm that raced with it; the owner takes its lock and looks again.
public abstract class Callout {
    // owned by the wheel, under its LEAF lock
    Callout next;
    Callout prev;
    int slot = -1;
    long deadlineNs;

    /// The time has come. Called by the thread that advances the wheel, holding nothing.
    ///
    /// @param nowNs the time of this advance
    protected abstract void fire(long nowNs);
}
