package org.splnet.kern;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;

/// Work that must not be done under a lock: readiness of clients, accept notices, close callbacks, a
/// connection's
/// output after a batch of input. Collected on the thread that caused it and run, in order, after its last
/// unlock.
///
/// A worker calls [#run] at the end of each batch, a client's call at its end. Nothing here allocates.
public final class Deferred {
    /// One piece of work, embedded in its owner. It is queued at most once at a time, on whichever thread
    /// came
    /// first; being queued again meanwhile is not lost, because the mark is cleared before the work looks at
    /// its
    /// owner's state.
    public abstract static class Call {
        private final AtomicBoolean queued = new AtomicBoolean();

        /// Does the work. Holding nothing.
        protected abstract void run();
    }

    private static final ThreadLocal<Deferred> HERE = ThreadLocal.withInitial(Deferred::new);

    private final ArrayDeque<Call> calls = new ArrayDeque<>();
    private boolean running;

    private Deferred() {
    }

    /// Queues `call` on this thread unless it is queued already, here or elsewhere. Any locks may be held.
    public static void later(Call call) {
        if (!call.queued.getPlain() && call.queued.compareAndSet(false, true)
                || call.queued.compareAndSet(false, true)) {
            HERE.get().calls.add(call);
        }
    }

    /// Runs what this thread has collected, also what that work adds. Nothing may be held. A nested call
    /// returns
    /// at once: the outer one goes on until nothing is left.
    public static void run() {
        Deferred here = HERE.get();
        if (here.running || here.calls.isEmpty()) {
            return;
        }
        here.running = true;
        try {
            for (Call call; (call = here.calls.poll()) != null; ) {
                Witness.assertNothingHeld("deferred call");
                call.queued.set(false);
                call.run();
            }
        } finally {
            here.running = false;
        }
    }
}
