package org.splnet.pkt;

/// What becomes of a frame that somebody captures: passed on, or dropped for a reason. Made when the frame is
/// shown to him, told of a drop by whoever drops it ([Packet#drop], [Packet#blame]), and decided when those
/// who carry it are done with it. Who was shown the frame reads it from then on.
///
/// Until it is decided it belongs to the thread that carries the frame; from then on it does not change, and
/// any thread may read it. What is told later, of a packet that somebody had kept, is not heard.
public final class Fate {
    private DropReason reason;              // published by `decided`
    private boolean awaited;                // the carrying thread's
    private volatile boolean decided;

    /// It is dropped; the last to say so is right. [DropReason#ICMP_CONSUMED], a counter, is no drop.
    public void dropped(DropReason why) {
        if (!decided && why != DropReason.ICMP_CONSUMED) {
            reason = why;
        }
    }

    /// Somebody wants to know when it is decided. By the thread that shows him the frame.
    public void await() {
        awaited = true;
    }

    /// True if somebody wants to know.
    public boolean awaited() {
        return awaited;
    }

    /// From here on it is as it is.
    public void decide() {
        decided = true;
    }

    /// True if it is known. Any thread.
    public boolean decided() {
        return decided;
    }

    /// Why the frame was dropped; null if it was not. Any thread, once it is [#decided].
    public DropReason reason() {
        return reason;
    }
}
