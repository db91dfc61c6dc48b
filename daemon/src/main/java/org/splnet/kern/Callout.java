package org.splnet.kern;

/// Something to be done at a time: one node of a [CalloutWheel], embedded in its owner by subclassing so that
/// arming allocates nothing. One owner has one callout and keeps its own deadlines.
///
/// [#fire] may come early or after a disarm that raced with it; the owner takes its lock and looks again.
///
/// Lock key: (w) the wheel's `LEAF` lock; (a) volatile, any thread, in the order that [CalloutWheel]
/// explains; (v) volatile, written under (w), read in that order.
public abstract class Callout {
    /// Value of [#atTick] while the callout is in no slot.
    static final long IDLE = -1;
    /// Value of [#atTick] while the wheel, holding its lock, has taken it off a slot and not decided yet.
    static final long MOVING = -2;

    Callout next;                       // (w) in the slot's list
    Callout prev;                       // (w)
    int slot;                           // (w) meaningful while in a slot
    volatile long deadlineNs;           // (a) the last deadline asked for
    volatile long atTick = IDLE;        // (v) the tick it waits for in its slot

    /// The time has come. Called by the thread that advances the wheel, holding nothing. The callout is not
    /// armed any more and may be armed again from here.
    ///
    /// @param nowNs the time of this advance
    protected abstract void fire(long nowNs);
}
