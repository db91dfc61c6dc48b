package org.splnet.net;

import org.splnet.kern.FaultLog;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;

/// The way out through one device queue (`if_transmit`): straight to the device while it takes frames, and
/// while it does not, through a bounded queue that the queue's worker drains. Never blocks, never calls up.
///
/// Whoever transmits flushes, except the worker in the middle of a batch, which flushes at its end.
///
/// Lock key:  (c) constant   (t) `lock`, rank `TRANSMIT`   (v) volatile, written under (t)
///            (w) written by the worker only; others see a thread that is not theirs, which is all they ask
final class TxQueue {
    private final RankedLock lock = new RankedLock(LockRank.TRANSMIT, "transmit queue");    // (c)
    private final DeviceQueue device;                                                       // (c)
    private final Segmenter segmenter;                                                      // (t)
    private final IfCounters counters;                                                      // (c)
    private final int maxPackets;                                                           // (c)
    private final long maxOctets;                                                           // (c)
    private final HoldQueue queue = new HoldQueue();                                        // (t)
    private boolean open = true;                                                            // (t)
    private volatile boolean waiting;                                                       // (v)
    private Thread worker;                                                                  // (w)

    TxQueue(DeviceQueue device, int offloads, IfCounters counters, NetConfig.Queues config) {
        this.device = device;
        this.counters = counters;
        segmenter = new Segmenter(offloads);
        maxPackets = config.transmitPackets();
        maxOctets = config.transmitOctets();
    }

    /// Sends a whole frame, or queues it, or drops it. Consumes `frame`.
    Output transmit(Packet frame) {
        lock.lock();
        try {
            if (!open) {
                return drop(frame, DropReason.INTERFACE_DOWN, Output.DOWN);
            }
            if (!roomFor(frame)) {                  // before the work of cutting it
                return drop(frame, DropReason.TRANSMIT_QUEUE_FULL, Output.QUEUE_FULL);
            }
            boolean waited = waiting;
            Packet ready = segmenter.ready(frame);
            if (ready == null) {
                counters.outDrop();
                return Output.QUEUE_FULL;           // no buffers, or not to be cut: dropped here, in any case
            }
            Output result = sendAll(ready);
            if (Thread.currentThread() != worker) {
                device.flush();
                if (waiting && !waited) {
                    device.wakeup();                // the worker sleeps without asking for room
                }
            }
            return result;
        } finally {
            lock.unlock();
        }
    }

    /// Sends what waits, until the device is full again.
    ///
    /// @return how many frames went
    int drain() {
        lock.lock();
        try {
            int count = 0;
            for (Packet frame; (frame = queue.peek()) != null; count++) {
                if (!write(frame)) {
                    break;
                }
                queue.poll().free();
            }
            waiting = queue.count() > 0;
            return count;
        } finally {
            lock.unlock();
        }
    }

    /// True if frames wait for the device. Any thread.
    boolean waiting() {
        return waiting;
    }

    /// From here to [#batchEnds], frames of the calling thread, the worker, may be flushed together.
    void batchBegins() {
        worker = Thread.currentThread();
    }

    /// Flushes the batch.
    void batchEnds() {
        worker = null;
        lock.lock();
        try {
            if (open) {
                device.flush();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Opens it again, or drops what waits and all that comes.
    void open(boolean on) {
        lock.lock();
        try {
            open = on;
            while (!on && queue.count() > 0) {
                drop(queue.poll(), DropReason.INTERFACE_DOWN, Output.DOWN);
            }
            waiting = queue.count() > 0;
        } finally {
            lock.unlock();
        }
    }

    /// Frames that wait.
    int length() {
        lock.lock();
        try {
            return queue.count();
        } finally {
            lock.unlock();
        }
    }

    /// Sends or queues a chain of frames that the device can take. Consumes it.
    private Output sendAll(Packet chain) {
        Output result = Output.SENT;
        for (Packet frame = chain; frame != null; ) {
            Packet next = frame.next;
            frame.next = null;
            if (queue.count() == 0 && write(frame)) {
                frame.free();
            } else if (roomFor(frame)) {
                queue.add(frame);
                waiting = true;
            } else {
                result = drop(frame, DropReason.TRANSMIT_QUEUE_FULL, Output.QUEUE_FULL);
            }
            frame = next;
        }
        return result;
    }

    /// Hands one frame to the device. Borrows it.
    ///
    /// @return false if the device is full
    private boolean write(Packet frame) {
        int length = frame.length();
        try {
            if (!device.transmit(frame)) {
                return false;
            }
        } catch (RuntimeException fault) {          // a driver's bug must not end the caller's connection
            FaultLog.system().record(fault);
            counters.outDrop();
            frame.pool().drops().add(DropReason.INTERNAL_ERROR);
            return true;
        }
        counters.sent(1, length);
        return true;
    }

    private boolean roomFor(Packet frame) {
        return queue.count() < maxPackets && queue.octets() + frame.length() <= maxOctets;
    }

    private Output drop(Packet frame, DropReason reason, Output result) {
        counters.outDrop();
        frame.drop(reason);
        return result;
    }
}
