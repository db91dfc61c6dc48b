package org.splnet.net;

import org.splnet.kern.RankedLock;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;

/// The frames that wait for the neighbors of one table to be resolved: so many for each, and of all together
/// so many octets of memory.
///
/// Lock key:  (c) constant   (n) `lock`, the table's, rank `NEIGHBOR`
final class HeldFrames {
    private final RankedLock lock;                          // (c)
    private final EtherIf link;                             // (c)
    private final NetConfig.Neighbors config;               // (c)
    private final Undeliverable undeliverable;              // (c) itself (n)
    private long octets;                                    // (n) that what waits for all neighbors keeps

    /// @param lock the table's
    HeldFrames(RankedLock lock, EtherIf link, NetConfig.Neighbors config) {
        this.lock = lock;
        this.link = link;
        this.config = config;
        undeliverable = new Undeliverable(lock, link);
    }

    /// Has a frame wait. Consumes it.
    ///
    /// @return `QUEUE_FULL` if there is no room even for it alone, or for it and the fragments before it
    Output hold(Neighbor n, Packet frame) {
        assert lock.held();
        n.held.add(frame);
        octets += frame.footprint();
        // RFC 1122 §2.3.2.2: the latest at least is saved, unless all neighbors together hold too much.
        while (n.held.count() > config.holdPackets()
                || n.held.octets() > config.holdOctets() && n.held.count() > 1
                || octets > config.holdTotalOctets() && n.held.count() > 0) {
            dropOldest(n, DropReason.NEIGHBOR_HOLD_FULL);
        }
        return n.held.count() > 0 ? Output.SENT : Output.QUEUE_FULL;
    }

    /// The neighbor is at that station: sends what waited for it.
    void send(Neighbor n, long station) {
        assert lock.held();
        for (Packet frame; (frame = next(n)) != null; ) {
            Ether.destination(frame, station);
            link.transmit(frame);
        }
    }

    /// The neighbor does not answer: what waited for it goes back to its protocol, after the last unlock.
    void giveBack(Neighbor n, long nowNs) {
        assert lock.held();
        for (Packet frame; (frame = next(n)) != null; ) {
            undeliverable.add(frame, nowNs);
        }
    }

    /// Drops what waited for a neighbor that goes.
    void drop(Neighbor n, DropReason reason) {
        assert lock.held();
        while (n.held.count() > 0) {
            dropOldest(n, reason);
        }
    }

    /// With all fragments of it that there are: the others would only cost their receiver memory.
    private void dropOldest(Neighbor n, DropReason reason) {
        do {
            link.refuse(next(n), reason, Output.HOST_DOWN);
        } while (n.held.count() > 0 && n.held.peek().has(Packet.CONTINUES));
    }

    private Packet next(Neighbor n) {
        assert lock.held();
        Packet frame = n.held.poll();
        if (frame != null) {
            octets -= frame.footprint();
        }
        return frame;
    }
}
