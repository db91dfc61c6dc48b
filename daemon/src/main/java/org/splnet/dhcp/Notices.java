package org.splnet.dhcp;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.splnet.kern.Deferred;

/// Lines of the log that are due while a client's lock is held: whoever reads the log may be slow, and they
/// are written, in order, when nothing is held any more. Any thread, any locks.
final class Notices extends Deferred.Call {
    private final Queue<Runnable> unwritten = new ConcurrentLinkedQueue<>();

    /// @param line writes it, by what does not change any more
    void add(Runnable line) {
        unwritten.add(line);
        Deferred.later(this);
    }

    @Override
    protected void run() {
        for (Runnable line; (line = unwritten.poll()) != null; ) {
            line.run();
        }
    }
}
