package org.splnet.net;

import io.netty.buffer.ByteBuf;
import org.splnet.kern.BusyPoll;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.FaultLog;
import org.splnet.kern.Lookout;
import org.splnet.kern.Round;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Fate;
import org.splnet.pkt.Offload;
import org.splnet.pkt.Packet;

/// The loop of one device queue: reads a batch of frames, carries each all the way up, and sends what came of
/// it. While it polls rather than sleep it is on the [Lookout], too: what a client answers goes out by the
/// thread that brought it the question. Used by one thread, except [#wakeup].
final class NicDuty implements Duty, DeviceQueue.Sink {
    /// Octets of one batch from which little that goes out waits for its end, too.
    private static final int MUCH = 16 << 10;
    /// A batch of large frames has no more octets than the processor still has in its cache when their
    /// readers come to them; but so many frames.
    private static final int BATCH_OCTETS = 256 << 10;
    private static final int LEAST_BATCH = 4;
    /// Octets sent until it looks for frames again: what a peer's kernel takes in well under a millisecond.
    private static final int SHARE = 512 << 10;

    private final String name;
    private final EtherIf link;
    private final IfCounters.OfQueue counters;
    private final DeviceQueue queue;
    private final TxQueue out;
    private final Ether ether;
    private final Merger merger;                // null: the device merges by itself
    private final int batch;
    private final Bell bell = new Bell();
    private long nowNs;
    private long packets;
    private long octets;
    private int most;                           // frames of the next batch
    private final BusyPoll busyPoll;
    private final Lookout lookout;
    private boolean looks;                      // there, too, rather than sleeping

    /// @param index which of the device's queues
    NicDuty(EtherIf link, int index, DeviceQueue queue, TxQueue out, Ether ether, NetConfig.Queues config,
            Lookout lookout) {
        this.name = link.name() + "/" + index;
        this.link = link;
        this.counters = link.counters().queue(index);
        this.queue = queue;
        this.out = out;
        this.ether = ether;
        this.merger = (link.offloads() & Offload.RX_MERGED) != 0 ? null
                : new Merger(link.mac().bits(), this::carry);
        this.batch = config.batch();
        this.most = batch;
        this.busyPoll = new BusyPoll(config.busyPollNs());
        this.lookout = lookout;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int poll(long nowNs) {
        Round.begin(SHARE);
        int done;
        try {
            done = round(nowNs);
        } catch (Exception | Error fault) {
            looksNoMore();                      // others would wait for looks that do not come
            throw fault;
        }
        return Round.end() ? done + 1 : done;
    }

    private int round(long nowNs) {
        if (link.gone()) {
            return 0;
        }
        this.nowNs = nowNs;
        link.followMtu();
        int done = 0;
        int received;
        int found = 0;
        long octetsIn;
        out.batchBegins();
        try {
            if (out.waiting()) {
                done = out.drain();
            }
            received = receive();
            link.lookAtCarrier(nowNs);
            // What the batch has caused, such as acknowledgments, goes out with one flush.
            Deferred.run();
            if (looks && lookout.look()) {
                found = 1;
            }
        } finally {
            out.batchEnds();
            octetsIn = octets;
            if (packets != 0) {
                counters.received(packets, octets);
                most = Math.clamp(BATCH_OCTETS * packets / Math.max(octets, 1), Math.min(LEAST_BATCH, batch),
                        batch);
                packets = 0;
                octets = 0;
            }
        }
        if (received < 0) {
            link.lost();
            return done;
        }
        done += received + found;
        if (done > 0) {
            busyPoll.patient(lookout.watching());
            busyPoll.worked(nowNs, octetsIn);
            if (looks && busyPoll.bulk()) {
                looksNoMore();
            }
        }
        return done;
    }

    private int receive() {
        if (merger == null) {
            return queue.receive(link.pool(), this, most);
        }
        try {
            return queue.receive(link.pool(), this, most);
        } finally {
            merger.flush();
            long merged = merger.merged();
            if (merged != 0) {
                link.counters().merged(merged);
            }
        }
    }

    /// Consumes `frame`.
    ///
    /// While somebody looks at the frames, they go up one by one, so that the fate of each can be told.
    @Override
    public void frame(Packet frame) {
        packets++;
        octets += frame.length();
        if (octets > MUCH) {
            out.gathersNoMore();
        }
        if (merger == null) {
            carry(frame);
        } else if (link.tapped()) {
            merger.flush();
            carry(frame);
        } else {
            merger.input(frame);
        }
    }

    /// Carries a frame up. Consumes it. One that brings a fault of ours to light must not take the rest of
    /// the batch along.
    private void carry(Packet frame) {
        ByteBuf buf = frame.buf;
        int life = frame.life();
        int refs = buf.refCnt();
        Fate fate = link.tapped() ? link.show(frame, false) : null;
        frame.fate = fate;
        try {
            ether.input(frame, nowNs);
        } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError fault) {
            FaultLog.system().record(fault);
            link.counters().inError();
            link.pool().drops().add(DropReason.INTERNAL_ERROR);
            if (fate != null) {
                fate.dropped(DropReason.INTERNAL_ERROR);
            }
            reclaim(frame, buf, life, refs);
        } finally {
            if (fate != null) {
                link.decide(fate);
            }
        }
    }

    /// Frees the frame if whoever faulted still had it: it has not been freed since, its buffer not been
    /// shared, and it is in no queue. Consumes `frame` in that case.
    ///
    /// @param refs the references its buffer had when it came: a driver that reuses buffers keeps one
    static void reclaim(Packet frame, ByteBuf buf, int life, int refs) {
        if (frame.life() == life && frame.buf == buf && frame.next == null && buf.refCnt() == refs) {
            frame.free();
        }
    }

    @Override
    public void await(long timeoutNs) {
        if (link.gone()) {
            looksNoMore();
            bell.await(timeoutNs);
        } else if (!busyPoll.again(nowNs)) {
            if (!looksNoMore()) {
                queue.await(timeoutNs, out.waiting());
            }
        } else {
            if (!looks) {
                looks = true;
                lookout.wake();
            }
            Thread.yield();                     // see BusyPoll
        }
    }

    /// @return true if there was something to do at last
    private boolean looksNoMore() {
        if (!looks) {
            return false;
        }
        looks = false;
        return lookout.sleep();
    }

    @Override
    public void began() {
        link.pool().beginHere();
    }

    @Override
    public void ended() {
        looksNoMore();
        Round.begin(0);                             // what is left of the last one, to the end
        Round.end();
        Deferred.run();
        link.pool().endHere();
    }

    @Override
    public void wakeup() {
        bell.ring();
        queue.wakeup();
    }
}
