package org.splnet.net;

import org.splnet.kern.Deferred;
import org.splnet.kern.FaultLog;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.kern.Witness;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Fate;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;

/// The way out through one device queue (`if_transmit`): every frame goes into a bounded queue, and one
/// thread at a time hands them to the device. Who finds another at it leaves his there and goes on; who finds
/// nobody does it himself, when he holds nothing any more: the call that hands a frame over takes longer than
/// all else that a connection's lock is held for, 64 KiB for their size, an acknowledgment because a peer on
/// this machine sends within that call what it makes room for. So whoever sends calls [Deferred#run] soon,
/// holding nothing. Only who finds half of the room taken hands over what there is at once, whatever he
/// holds: what one connection's window allows may be more than the room, and the worker may come too late.
/// While the device is full the queue's worker waits for it. Never blocks, never calls up.
///
/// Whoever hands frames over flushes, except the worker in the middle of a batch, which flushes at its end.
/// As long as its batch has brought little, the worker gathers what little goes out as well, and hands it
/// over at the end in one go: a peer on this machine that is woken by the first frame finds the next when it
/// is done with that one, rather than sleep and have to be woken for each, at the worker's expense.
///
/// Lock key:  (c) constant   (t) `lock`, rank `TRANSMIT`   (v) volatile, written under (t)
///            (w) by the worker only; others see a thread that is not theirs, which is all they ask
final class TxQueue {
    /// Frames handed over in one go; the worker, who goes on, looks in between for what has come in.
    private static final int BURST = 256;
    private static final String HANDING_OVER = "handing frames to a device";

    private final RankedLock lock = new RankedLock(LockRank.TRANSMIT, "transmit queue");    // (c)
    private final TxFrames frames;                                                          // (c)
    private final DeviceQueue device;                                                       // (c)
    private final NetIf link;                                                               // (c)
    private final IfCounters.OfQueue counters;                                              // (c)
    private boolean headShown;          // (t) the frame that the device had no room for last was tapped
    private volatile boolean open = true;   // (v)
    private Thread worker;              // (w)
    private boolean unflushed;          // (w)
    private boolean gathers;            // (w)
    private final Deferred.Call later = new Deferred.Call() {                               // (c)
        @Override
        protected void run() {
            drain();
        }
    };

    /// @param index which of the device's queues
    TxQueue(DeviceQueue device, int offloads, NetIf link, int index, NetConfig.Queues config) {
        this.device = device;
        this.link = link;
        frames = new TxFrames(offloads, link, config);
        counters = link.counters().queue(index);
    }

    /// Sends a whole frame, or queues it, or drops it. Consumes `frame`.
    Output transmit(Packet frame) {
        Output result = frames.add(frame);
        TxFrames.State state = frames.state();
        boolean withBatch = state == TxFrames.State.LITTLE && Thread.currentThread() == worker && gathers;
        if (state == TxFrames.State.MANY) {
            handOver();
        } else if (state != TxFrames.State.ATTENDED && !withBatch) {
            Deferred.soon(later);
        }
        return result;
    }

    /// Hands over what waits, until the device is full again or others have had to wait for long. Holding
    /// nothing.
    ///
    /// @return how many frames went
    int drain() {
        Witness.beforeBlocking(HANDING_OVER);
        return handOver();
    }

    private int handOver() {
        boolean own = Thread.currentThread() == worker;
        boolean known = true;
        lock.lock();
        try {
            known = device.unsent();
            int count = hand();
            if (own) {
                unflushed |= count > 0 || device.unsent();
            } else if (count > 0) {
                device.flush();
            }
            return count;
        } finally {
            boolean unknown = frames.leave() || !known && device.unsent();
            lock.unlock();
            if (unknown && !own) {
                device.wakeup();                    // the worker sleeps without asking for room
            }
        }
    }

    private int hand() {
        for (int count = 0; count < BURST; count++) {
            Packet frame = frames.next();
            if (frame == null) {
                return count;
            }
            if (!write(frame)) {
                frames.putBack(frame);
                return count;
            }
            frame.free();
        }
        return BURST;
    }

    /// True if frames wait for the device, or in it: it is to be asked when it takes more. Any thread.
    boolean waiting() {
        return frames.waiting() || open && device.unsent();
    }

    /// From here to [#batchEnds], frames of the calling thread, the worker, may be flushed together.
    void batchBegins() {
        worker = Thread.currentThread();
        gathers = true;
    }

    /// The batch has brought much: what is sent in answer goes out at once, or when nothing is held.
    void gathersNoMore() {
        if (gathers) {
            gathers = false;
            attend();
        }
    }

    /// Flushes the batch. What another thread has yet to hand over is not left to him, who may have to wait
    /// for a processor.
    void batchEnds() {
        gathers = false;
        attend();
        worker = null;
        if (unflushed) {
            unflushed = false;
            flush();
        }
    }

    private void attend() {
        if (frames.state() != TxFrames.State.ATTENDED) {
            drain();
        }
    }

    private void flush() {
        Witness.beforeBlocking(HANDING_OVER);
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
            frames.open(on);
            headShown &= frames.waiting();
        } finally {
            lock.unlock();
        }
    }

    /// Hands one frame to the device. Borrows it.
    ///
    /// @return false if the device is full
    private boolean write(Packet frame) {
        int length = frame.length();
        // first, or the answer may be seen before it
        Fate fate = !headShown && link.tapped() ? link.show(frame, true) : null;
        headShown = false;
        try {
            if (!device.transmit(frame)) {
                headShown = link.tapped();
                return false;
            }
        } catch (RuntimeException | OutOfMemoryError fault) {  // must not end the caller's connection
            FaultLog.system().recordLocked(fault);
            link.counters().outDrop();
            frame.pool().drops().add(DropReason.INTERNAL_ERROR);
            if (fate != null) {
                fate.dropped(DropReason.INTERNAL_ERROR);
            }
            return true;
        } finally {
            if (fate != null) {
                link.decide(fate);
            }
        }
        counters.sent(1, length);
        return true;
    }
}
