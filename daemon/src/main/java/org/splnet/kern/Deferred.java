package org.splnet.kern;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Work that must not be done under a lock: readiness of clients, accept notices, close callbacks, a
/// connection's output after a batch of input, frames for a device. Collected on the thread that caused it
/// and run, in order, after its last unlock.
///
/// A worker calls [#run] at the end of each batch, a client's call at its end. Nothing here allocates.
public final class Deferred {
    /// One piece of work, embedded in its owner. It is queued at most once at a time, on whichever thread
    /// came first.
    ///
    /// Being queued again meanwhile is not lost. Let thread A run the call while thread B has changed the
    /// owner's state and calls [Deferred#later]. A first clears the mark, then looks at the state:
    ///
    /// - B sees the mark cleared: B queues the call, and it runs again, on B;
    /// - B sees the mark set: then B looked before A cleared it (mark and compare-and-set are volatile, and
    ///   those have one total order), and B's change came before its look. If the state is volatile, A, which
    ///   looks at it after clearing, sees the change. If a lock guards it, A cannot have had the lock before
    ///   B: else B's look would come after A's clearing. So A has it after B, and sees the change too.
    ///
    /// So the state that [#run] looks at must be volatile or guarded by a lock, and changed before `later`.
    public abstract static class Call {
        private static final VarHandle QUEUED;

        static {
            try {
                QUEUED = MethodHandles.lookup().findVarHandle(Call.class, "queued", boolean.class);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("Deferred.Call.queued", e);
            }
        }

        // One per connection: no object of its own for the mark, no queue that could have to grow.
        private volatile boolean queued;
        Call next;                      // by the thread that queued it

        /// True if it was not queued; it is now.
        boolean mark() {
            return !queued && QUEUED.compareAndSet(this, false, true);
        }

        /// Does the work. Holding nothing.
        protected abstract void run();
    }

    private static final ThreadLocal<Deferred> HERE = ThreadLocal.withInitial(Deferred::new);

    private Call first;
    private Call last;
    private Call leaf;              // runs within a call, too
    private boolean running;

    private Deferred() {
    }

    /// Queues `call` on this thread unless it is queued already, here or elsewhere. Any locks may be held.
    public static void later(Call call) {
        if (call.mark()) {
            HERE.get().add(call);
        }
    }

    /// As [#later], for work that calls nobody up: the next [#run] does it, even one within a call, and
    /// before what else there is.
    public static void soon(Call call) {
        if (call.mark()) {
            Deferred here = HERE.get();
            call.next = here.leaf;
            here.leaf = call;
        }
    }

    /// Queues one on this thread that is marked as queued.
    static void again(Call call) {
        HERE.get().add(call);
    }

    /// Runs what this thread has collected, also what that work adds. Nothing may be held. A nested call
    /// returns after what is due [#soon]: the outer one goes on until nothing is left. A call that throws is
    /// recorded in [FaultLog#system]; the others run.
    public static void run() {
        Witness.assertNothingHeld("running deferred calls");
        Deferred here = HERE.get();
        here.leaves();
        if (here.running || here.first == null) {
            return;
        }
        here.running = true;
        try {
            for (Call call; (call = here.poll()) != null; ) {
                run(call);
                here.leaves();
            }
        } finally {
            here.running = false;
        }
    }

    private void leaves() {
        while (leaf != null) {
            Call call = leaf;
            leaf = call.next;
            call.next = null;
            run(call);
        }
    }

    private static void run(Call call) {
        try {
            call.queued = false;
            call.run();
            Witness.assertNothingHeld("end of a deferred call");
        } catch (Throwable fault) {
            FaultLog.system().record(fault);
        }
    }

    private void add(Call call) {
        if (first == null) {
            first = call;
        } else {
            last.next = call;
        }
        last = call;
    }

    /// Unlinks before the mark is cleared: from then on the call may be another thread's.
    private Call poll() {
        Call call = first;
        if (call != null) {
            first = call.next;
            call.next = null;
            if (first == null) {
                last = null;
            }
        }
        return call;
    }
}
