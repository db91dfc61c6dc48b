package org.splnet.net;

import io.netty.buffer.ByteBuf;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.FaultLog;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;

/// The loop of one device queue: reads a batch of frames, carries each all the way up, and sends what came of
/// it. Used by one thread, except [#wakeup].
final class NicDuty implements Duty, DeviceQueue.Sink {
    private final String name;
    private final EtherIf link;
    private final DeviceQueue queue;
    private final TxQueue out;
    private final Ether ether;
    private final int batch;
    private final Bell bell = new Bell();
    private long nowNs;
    private long packets;
    private long octets;

    NicDuty(String name, EtherIf link, DeviceQueue queue, TxQueue out, Ether ether, int batch) {
        this.name = name;
        this.link = link;
        this.queue = queue;
        this.out = out;
        this.ether = ether;
        this.batch = batch;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int poll(long nowNs) {
        if (link.gone()) {
            return 0;
        }
        this.nowNs = nowNs;
        int done = 0;
        int received;
        out.batchBegins();
        try {
            if (out.waiting()) {
                done = out.drain();
            }
            received = queue.receive(link.pool(), this, batch);
            // What the batch has caused, such as acknowledgments, goes out with one flush.
            Deferred.run();
        } finally {
            out.batchEnds();
            link.counters().received(packets, octets);
            packets = 0;
            octets = 0;
        }
        if (received < 0) {
            link.lost();
            return done;
        }
        return done + received;
    }

    /// Consumes `frame`. One that brings a fault of ours to light must not take the rest of the batch along.
    @Override
    public void frame(Packet frame) {
        packets++;
        octets += frame.length();
        ByteBuf buf = frame.buf;
        int life = frame.life();
        int refs = buf.refCnt();
        try {
            ether.input(frame, nowNs);
        } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError fault) {
            FaultLog.system().record(fault);
            link.counters().inError();
            link.pool().drops().add(DropReason.INTERNAL_ERROR);
            reclaim(frame, buf, life, refs);
        }
    }

    /// Frees the frame if whoever faulted still had it: it has not been freed since, its buffer not been
    /// taken out or shared, and it is in no queue. Consumes `frame` in that case.
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
            bell.await(timeoutNs);
        } else {
            queue.await(timeoutNs, out.waiting());
        }
    }

    @Override
    public void wakeup() {
        bell.ring();
        queue.wakeup();
    }
}
