package org.splnet.control;

import java.util.function.BooleanSupplier;
import org.splnet.kern.Turn;
import org.splnet.unix.Poller;

/// Work that any thread may bring, and that one thread at a time does ([Turn]), in parts, until it is closed.
/// Whoever finds another at it goes on, and the other looks once more.
final class TurnedWork {
    private final Poller poller;
    private final BooleanSupplier work;
    private final Runnable closed;
    private final Turn turn = new Turn();
    private volatile boolean closing;

    /// @param work does a part; says false if there is more to be done, and others should come first
    /// @param closed is run by the poller's thread once nobody is at work, nor will be
    TurnedWork(Poller poller, BooleanSupplier work, Runnable closed) {
        this.poller = poller;
        this.work = work;
        this.closed = closed;
    }

    /// There is something to be done. Any thread.
    void push() {
        if (!turn.enter()) {
            return;
        }
        do {
            if (closing) {
                turn.leaveForGood();
                poller.execute(closed);
                return;
            }
            if (!work.getAsBoolean()) {
                turn.passOn();
                poller.execute(this::push);
                return;
            }
        } while (!turn.leave());
    }

    /// Ends it. On the poller's thread, once.
    void close() {
        closing = true;
        if (turn.close()) {
            closed.run();
        }
    }
}
