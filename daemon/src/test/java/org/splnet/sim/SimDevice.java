package org.splnet.sim;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.splnet.net.DeviceQueue;
import org.splnet.net.NetDevice;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.MacAddr;

/// One end of a [SimLink]: a device of one queue.
final class SimDevice implements NetDevice, DeviceQueue {
    private final String name;
    private final MacAddr mac;
    private final SimParams params;
    private final ArrayDeque<Packet> arrived = new ArrayDeque<>();
    private SimLink link;
    private SimDevice peer;
    private PacketPool peerPool;
    private boolean closed;
    private boolean carrier = true;
    private Consumer<Packet> watcher = frame -> { };

    SimDevice(String name, MacAddr mac, SimParams params) {
        this.name = name;
        this.mac = mac;
        this.params = params;
    }

    void connect(SimLink link, SimDevice peer, PacketPool peerPool) {
        this.link = link;
        this.peer = peer;
        this.peerPool = peerPool;
    }

    /// Has `watcher` see every frame that arrives. It borrows the frame.
    void watch(Consumer<Packet> watcher) {
        this.watcher = watcher;
    }

    /// A frame has crossed the link. Consumes it.
    void arrive(Packet frame) {
        watcher.accept(frame);
        if (closed) {
            frame.free();
        } else {
            arrived.add(frame);
        }
    }

    /// Has its cable pulled, or plugged in.
    void carrier(boolean on) {
        carrier = on;
    }

    @Override
    public boolean carrier() {
        return carrier;
    }

    @Override
    public int receive(PacketPool pool, Sink sink, int max) {
        int n = 0;
        while (n < max && !arrived.isEmpty()) {
            sink.frame(arrived.poll());
            n++;
        }
        return closed ? -1 : n;
    }

    @Override
    public boolean transmit(Packet frame) {
        link.carry(FrameCopy.contiguous(frame, peerPool), peer);
        return true;
    }

    @Override
    public void flush() {
        // nothing is batched
    }

    @Override
    public long transmitErrors() {
        return 0;
    }

    @Override
    public void await(long timeoutNs, boolean wantTransmit) {
        throw new IllegalStateException("a simulated device is stepped, nobody waits for it");
    }

    @Override
    public void wakeup() {
        // the simulation polls
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public MacAddr mac() {
        return mac;
    }

    @Override
    public int mtu() {
        return params.mtu();
    }

    @Override
    public int offloads() {
        return params.offloads();
    }

    @Override
    public int queues() {
        return 1;
    }

    @Override
    public DeviceQueue queue(int index) {
        return this;
    }

    boolean idle() {
        return arrived.isEmpty();
    }

    @Override
    public void close() {
        closed = true;
        for (Packet frame; (frame = arrived.poll()) != null; ) {
            frame.free();
        }
    }
}
