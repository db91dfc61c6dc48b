package org.splnet.kern;

import java.util.concurrent.atomic.AtomicInteger;

/// One thread at a time, and nobody waits: who comes while another is at work leaves a mark, and the other
/// works once more. Once closed nobody enters.
public final class Turn {
    private static final int IDLE = 0;
    private static final int BUSY = 1;
    private static final int AGAIN = 2;
    private static final int CLOSED = 3;

    private final AtomicInteger state = new AtomicInteger(IDLE);

    /// True if the caller may work now; then [#leave] follows.
    public boolean enter() {
        while (true) {
            int now = state.get();
            if (now == CLOSED || now == AGAIN) {
                return false;
            }
            if (state.compareAndSet(now, now + 1)) {
                return now == IDLE;
            }
        }
    }

    /// As [#enter], by one who only comes by: if another is at work he is not asked to work once more.
    public boolean enterIfIdle() {
        return state.get() == IDLE && state.compareAndSet(IDLE, BUSY);
    }

    /// False if somebody has come meanwhile: the caller works once more and asks again.
    public boolean leave() {
        if (state.compareAndSet(BUSY, IDLE)) {
            return true;
        }
        state.set(BUSY);
        return false;
    }

    /// True if nobody is at work, and from now on nobody will be; false if somebody is, who will see whatever
    /// the caller has written before, since he works once more, or if somebody was, who has seen it already
    /// and has left for good. So one of the two has the end to himself.
    public boolean close() {
        while (true) {
            int now = state.get();
            if (now == IDLE && state.compareAndSet(IDLE, CLOSED)) {
                return true;
            }
            if (now == CLOSED || now == AGAIN || now == BUSY && state.compareAndSet(BUSY, AGAIN)) {
                return false;
            }
        }
    }

    /// As [#leave], by one who has not done everything and sees to it that somebody enters again; whoever has
    /// come meanwhile is content with that.
    public void passOn() {
        state.set(IDLE);
    }

    /// By whoever is at work: nobody enters any more.
    public void leaveForGood() {
        state.set(CLOSED);
    }
}
