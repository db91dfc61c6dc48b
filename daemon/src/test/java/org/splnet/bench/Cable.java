package org.splnet.bench;

import io.netty.util.internal.PlatformDependent;
import java.util.Queue;
import org.splnet.net.DeviceQueue;
import org.splnet.net.NetDevice;
import org.splnet.pkt.Offload;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.sim.FrameCopy;
import org.splnet.wire.MacAddr;

/// One end of a cable within the process: a device of several queues. What is sent is copied, as a NIC would.
/// On which queue it arrives is decided either by the flow, so that one thread carries both directions of
/// it, as a NIC's receive-side scaling does with a symmetric key; or by the queue it was sent on, which is
/// another for the other direction of most flows, so that two threads meet at the connection.
final class Cable implements NetDevice {
    private static final int MTU = 1500;
    private static final int DEPTH = 4096;

    private final String name;
    private final MacAddr mac;
    private final Lane[] lanes;
    private final boolean kept;
    private Cable peer;
    private PacketPool peerPool;
    private volatile boolean closed;

    /// @param kept a flow's two directions are carried by one thread
    Cable(String name, MacAddr mac, int queues, boolean kept) {
        this.kept = kept;
        this.name = name;
        this.mac = mac;
        lanes = new Lane[queues];
        for (int i = 0; i < queues; i++) {
            lanes[i] = new Lane(i);
        }
    }

    void plug(Cable other, PacketPool pool) {
        peer = other;
        peerPool = pool;
    }

    private final class Lane implements DeviceQueue {
        private final int index;
        private final Queue<Packet> arrived = PlatformDependent.newFixedMpscQueue(DEPTH);

        Lane(int index) {
            this.index = index;
        }

        @Override
        public int receive(PacketPool pool, Sink sink, int max) {
            int n = 0;
            for (Packet frame; n < max && (frame = arrived.poll()) != null; n++) {
                sink.frame(frame);
            }
            return closed ? -1 : n;
        }

        @Override
        public boolean transmit(Packet frame) {
            Queue<Packet> there = peer.lanes[kept ? laneOf(frame) : index].arrived;
            if (peer.closed) {
                return true;                               // into the void
            }
            if (there.size() >= DEPTH - 1) {
                return false;
            }
            Packet copy = FrameCopy.contiguous(frame, peerPool);
            if (there.offer(copy)) {
                return true;
            }
            copy.free();
            return false;
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
            Thread.onSpinWait();
        }

        @Override
        public void wakeup() {
            // nobody sleeps
        }
    }

    private int laneOf(Packet frame) {
        int ports = frame.has(Packet.CHECKSUM_PARTIAL) ? frame.buf.getUnsignedShort(frame.csumStart)
                ^ frame.buf.getUnsignedShort(frame.csumStart + 2) : 0;
        return (ports * 0x9e37_79b9 >>> 16) % lanes.length;
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
        return MTU;
    }

    @Override
    public int offloads() {
        return Offload.TX_CHECKSUM | Offload.TX_TSO4 | Offload.RX_CHECKSUM | Offload.RX_MERGED;
    }

    @Override
    public int queues() {
        return lanes.length;
    }

    @Override
    public DeviceQueue queue(int index) {
        return lanes[index];
    }

    @Override
    public void close() {
        closed = true;
        for (Lane lane : lanes) {
            for (Packet frame; (frame = lane.arrived.poll()) != null; ) {
                frame.free();
            }
        }
    }
}
