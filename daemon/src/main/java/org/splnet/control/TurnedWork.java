package org.splnet.control;

import java.util.function.BooleanSupplier;
import org.splnet.kern.FaultLog;
import org.splnet.kern.Turn;
import org.splnet.unix.Poller;

/// Work that any thread may bring, and that one thread at a time does ([Turn]), in parts, until it is closed.
/// Whoever finds another at it goes on, and the other looks once more. Work that throws gives its turn back,
/// or whoever waits for what it would have done waited for ever.
final class TurnedWork {
    private final Poller poller;
    private final BooleanSupplier work;
    private final Runnable failed;
    private final Runnable closed;
    private final Turn turn = new Turn();
    private volatile boolean closing;

    /// @param work does a part; says false if there is more to be done, and others should come first
    /// @param failed is run by the poller's thread when work has thrown, which is a fault of ours: to close
    /// @param closed is run by the poller's thread once nobody is at work, nor will be
    TurnedWork(Poller poller, BooleanSupplier work, Runnable failed, Runnable closed) {
        this.poller = poller;
        this.work = work;
        this.failed = failed;
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
            if (!part()) {
                turn.passOn();
                poller.execute(this::push);
                return;
            }
        } while (!turn.leave());
    }

    private boolean part() {
        try {
            return work.getAsBoolean();
        } catch (RuntimeException | Error fault) {
            FaultLog.system().record(fault);
            poller.execute(failed);
            return true;
        }
    }

    /// Ends it. On the poller's thread, once.
    void close() {
        closing = true;
        if (turn.close()) {
            closed.run();
        }
    }
}
