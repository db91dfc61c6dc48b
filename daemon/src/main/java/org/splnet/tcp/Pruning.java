package org.splnet.tcp;

import java.util.concurrent.atomic.AtomicLong;
import org.splnet.kern.Deferred;

/// What connections hold out of order goes when there is so little memory for what is received that their
/// text is dropped: nobody can read it, and of peers that have fallen silent it would stay for ever. They
/// send it again, which they must be able to (RFC 2018 §8).
///
/// Any thread, any locks may be held; it is done when none are.
final class Pruning extends Deferred.Call {
    private static final long EVERY_NS = 1_000_000_000L;

    private final Tcp tcp;
    private final AtomicLong againNs;

    Pruning(Tcp tcp, long nowNs) {
        this.tcp = tcp;
        this.againNs = new AtomicLong(nowNs);
    }

    /// There is need of it; it is not done more often than once a second.
    void due(long nowNs) {
        long atNs = againNs.get();
        if (nowNs - atNs >= 0 && againNs.compareAndSet(atNs, nowNs + EVERY_NS)) {
            Deferred.later(this);
        }
    }

    @Override
    protected void run() {
        boolean all = tcp.memory.overrun();
        tcp.pcbs.forEach(pcb -> {
            if (pcb instanceof Tcb tcb) {
                prune(tcb, all);
            }
        });
    }

    private void prune(Tcb tcb, boolean all) {
        tcb.lock.lock();
        try {
            if (!tcb.detached && tcb.reassembly != null && (all || tcp.memory.refuses(tcb))) {
                tcb.reassembly.clear();
                tcp.memory.settle(tcb);
            }
        } finally {
            tcb.lock.unlock();
        }
    }
}
