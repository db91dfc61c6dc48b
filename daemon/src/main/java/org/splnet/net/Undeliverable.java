package org.splnet.net;

import org.splnet.kern.Deferred;
import org.splnet.kern.RankedLock;
import org.splnet.pkt.Packet;

/// Packets that waited for a neighbor that does not answer, on the way back to their network protocol. It
/// is told when the last lock has been given up.
///
/// Lock key:  (c) constant   (n) `lock`, the table's, rank `NEIGHBOR`
final class Undeliverable extends Deferred.Call {
    private final RankedLock lock;                          // (c)
    private final EtherIf link;                             // (c)
    private final HoldQueue frames = new HoldQueue();       // (n)
    private long failedNs;                                  // (n) when the last of them failed

    Undeliverable(RankedLock lock, EtherIf link) {
        this.lock = lock;
        this.link = link;
    }

    /// Takes a frame: consumes it.
    void add(Packet frame, long nowNs) {
        assert lock.held();
        frames.add(frame);
        failedNs = nowNs;
        Deferred.later(this);
    }

    @Override
    protected void run() {
        for (;;) {
            Packet frame;
            long nowNs;
            lock.lock();
            try {
                frame = frames.poll();
                nowNs = failedNs;
            } finally {
                lock.unlock();
            }
            if (frame == null) {
                return;
            }
            link.unreachable(frame, nowNs);
        }
    }
}
