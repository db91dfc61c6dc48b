package org.splnet.net;

import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;

/// The frames of a [TxQueue], bounded, and who sees to it that the device has them.
///
/// Lock key:  (c) constant   (q) `lock`, rank `WAITING`   (v) volatile, written under (q)
final class TxFrames {
    /// Whether somebody has to see to the frames.
    enum State {
        /// Somebody hands them over, or the worker will, or there are none.
        ATTENDED,
        /// Nobody does, and it is not much.
        LITTLE,
        /// Nobody does.
        FEW,
        /// Nobody does, and half of the room is taken.
        MANY
    }

    private static final int LITTLE = 32 << 10;

    private final RankedLock lock = new RankedLock(LockRank.WAITING, "waiting frames");     // (c)
    private final Segmenter segmenter;                                                      // (q)
    private final NetIf link;                                                               // (c)
    private final int maxPackets;                                                           // (c)
    private final long maxOctets;                                                           // (c)
    private final HoldQueue queue = new HoldQueue();                                        // (q)
    private boolean open = true;        // (q)
    private boolean busy;               // (q) somebody hands over, and will look here again
    private volatile boolean waiting;   // (v) for the device, and the worker knows

    TxFrames(int offloads, NetIf link, NetConfig.Queues config) {
        this.link = link;
        segmenter = new Segmenter(offloads);
        maxPackets = config.transmitPackets();
        maxOctets = config.transmitOctets();
    }

    /// Takes a frame, cut as the device needs it, or drops it. Consumes `frame`.
    Output add(Packet frame) {
        lock.lock();
        try {
            if (!open) {
                return link.refuse(frame, DropReason.INTERFACE_DOWN, Output.DOWN);
            }
            if (!roomFor(frame)) {                  // before the work of cutting it
                return link.refuse(frame, DropReason.TRANSMIT_QUEUE_FULL, Output.QUEUE_FULL);
            }
            // the caller is told one thing of all of them, and may send them all again
            boolean together = frame.gsoSize > 0 && frame.cutsDatagrams();
            Packet ready = segmenter.ready(frame);
            if (ready == null) {
                return link.refuse(frame, segmenter.refusal(), Output.QUEUE_FULL);
            }
            boolean stays = busy || waiting;
            return stays && together && !roomForAll(ready) ? dropAll(ready) : addAll(ready, !stays);
        } finally {
            lock.unlock();
        }
    }

    /// Adds a chain of frames; all, if they will not stay, else those for which there is room. Consumes it.
    private Output addAll(Packet chain, boolean whole) {
        Output result = Output.SENT;
        for (Packet frame = chain; frame != null; ) {
            Packet next = frame.next;
            frame.next = null;
            if (whole || roomFor(frame)) {
                queue.add(frame);
            } else {
                result = link.refuse(frame, DropReason.TRANSMIT_QUEUE_FULL, Output.QUEUE_FULL);
            }
            frame = next;
        }
        return result;
    }

    /// Who sees to the frames.
    State state() {
        lock.lock();
        try {
            if (busy || waiting || queue.count() == 0) {
                return State.ATTENDED;
            }
            if (queue.count() >= maxPackets / 2 || queue.octets() >= maxOctets / 2) {
                return State.MANY;
            }
            return queue.octets() < LITTLE ? State.LITTLE : State.FEW;
        } finally {
            lock.unlock();
        }
    }

    /// The next frame, the caller's, who sees to the others too; null if there is none, and then he need not.
    Packet next() {
        lock.lock();
        try {
            Packet frame = queue.poll();
            busy = frame != null;
            if (!busy) {
                waiting = false;
            }
            return frame;
        } finally {
            lock.unlock();
        }
    }

    /// The device has no room for what [#next] gave. Consumes `frame`.
    void putBack(Packet frame) {
        lock.lock();
        try {
            queue.putBack(frame);
        } finally {
            lock.unlock();
        }
    }

    /// Who had frames by [#next] goes; what is left, if he did not see the end, is the worker's.
    ///
    /// @return true if the worker does not know yet
    boolean leave() {
        lock.lock();
        try {
            if (!busy) {
                return false;
            }
            boolean known = waiting;
            busy = false;
            waiting = queue.count() > 0;
            return waiting && !known;
        } finally {
            lock.unlock();
        }
    }

    /// True if frames wait for the device. Any thread.
    boolean waiting() {
        return waiting;
    }

    /// Takes frames again, or drops what waits and all that comes.
    void open(boolean on) {
        lock.lock();
        try {
            open = on;
            while (!on && queue.count() > 0) {
                link.refuse(queue.poll(), DropReason.INTERFACE_DOWN, Output.DOWN);
            }
            waiting = queue.count() > 0;
        } finally {
            lock.unlock();
        }
    }

    private boolean roomForAll(Packet chain) {
        int count = queue.count();
        long octets = queue.octets();
        for (Packet frame = chain; frame != null; frame = frame.next) {
            count++;
            octets += frame.length();
        }
        return count <= maxPackets && octets <= maxOctets;
    }

    private Output dropAll(Packet chain) {
        for (Packet frame = chain; frame != null; ) {
            Packet next = frame.next;
            frame.next = null;
            link.refuse(frame, DropReason.TRANSMIT_QUEUE_FULL, Output.QUEUE_FULL);
            frame = next;
        }
        return Output.QUEUE_FULL;
    }

    private boolean roomFor(Packet frame) {
        return queue.count() < maxPackets && queue.octets() + frame.length() <= maxOctets;
    }
}
