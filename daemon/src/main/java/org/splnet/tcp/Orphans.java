package org.splnet.tcp;

import java.util.LinkedHashSet;
import org.splnet.kern.Deferred;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.tcp.TcpStats.Counter;

/// The connections whose user has closed and which live on, with what they still have to send and their
/// timers, on behalf of nobody. Bounded: beyond the limit the one closed longest ago is reset, so that peers
/// that acknowledge nothing cannot hoard memory.
///
/// Resetting takes the lock of another connection than the one that has just been closed, so it is left to
/// the end of the batch.
///
/// Lock key: (o) `lock`. Its rank is that of the tables.
final class Orphans extends Deferred.Call {
    private final Tcp tcp;
    private final RankedLock lock = new RankedLock(LockRank.PORTS, "orphans");
    private final LinkedHashSet<Tcb> oldestFirst = new LinkedHashSet<>();    // (o)

    Orphans(Tcp tcp) {
        this.tcp = tcp;
    }

    /// Its user has closed it.
    void add(Tcb tcb) {
        assert tcb.lock.held() && tcb.userClosed && !tcb.detached;
        boolean tooMany;
        lock.lock();
        try {
            oldestFirst.add(tcb);
            tooMany = oldestFirst.size() > tcp.cfg.orphans();
        } finally {
            lock.unlock();
        }
        if (tooMany) {
            Deferred.later(this);
        }
    }

    /// It is over.
    void remove(Tcb tcb) {
        assert tcb.lock.held();
        lock.lock();
        try {
            oldestFirst.remove(tcb);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return oldestFirst.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    protected void run() {
        for (Tcb tcb; (tcb = surplus()) != null; ) {
            tcp.stats.add(Counter.ORPHANS_RESET);
            tcb.socket.abort(null, false, tcp.clock.nanoTime());
        }
    }

    private Tcb surplus() {
        lock.lock();
        try {
            return oldestFirst.size() > tcp.cfg.orphans() ? oldestFirst.removeFirst() : null;
        } finally {
            lock.unlock();
        }
    }
}
