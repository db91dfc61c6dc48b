package org.splnet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.NetIfDriver;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.MacAddr;

/// A driver, `wire`, whose one device is in the test's hands: frames come in from it and are found there when
/// they went out. Any thread.
public final class WireDriver implements NetIfDriver {
    public static final MacAddr MAC = MacAddr.parse("02:00:00:00:00:02");

    /// Frames that went out.
    public final Queue<byte[]> sent = new ConcurrentLinkedQueue<>();
    private final Queue<byte[]> arrived = new ConcurrentLinkedQueue<>();
    private final Semaphore bell = new Semaphore(0);
    private volatile boolean closed;

    /// Lets a frame come in.
    public void arrive(byte[] frame) {
        arrived.add(frame);
        bell.release();
    }

    /// Takes the device away.
    public void vanish() {
        closed = true;
        bell.release();
    }

    @Override
    public String type() {
        return "wire";
    }

    @Override
    public Set<String> optionKeys() {
        return Set.of();
    }

    @Override
    public void validate(DeviceSpec spec) {
        // nothing can be wrong
    }

    @Override
    public NetDevice open(DeviceSpec spec) {
        closed = false;
        return new Device(spec.name());
    }

    private final class Device implements NetDevice, DeviceQueue {
        private final String name;

        Device(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public MacAddr mac() {
            return MAC;
        }

        @Override
        public int mtu() {
            return 1500;
        }

        @Override
        public int offloads() {
            return 0;
        }

        @Override
        public int queues() {
            return 1;
        }

        @Override
        public DeviceQueue queue(int index) {
            return this;
        }

        @Override
        public void close() {
            vanish();
        }

        @Override
        public int receive(PacketPool pool, Sink sink, int max) {
            int done = 0;
            for (byte[] frame; done < max && (frame = arrived.poll()) != null; done++) {
                Packet packet = pool.allocate(frame.length);
                packet.buf.setBytes(packet.append(frame.length), frame);
                sink.frame(packet);
            }
            return closed ? -1 : done;
        }

        @Override
        public boolean transmit(Packet frame) {
            ByteBuf all = Unpooled.buffer();
            all.writeBytes(frame.buf, frame.start, frame.end - frame.start);
            for (int i = 0; i < frame.pieces(); i++) {
                all.writeBytes(frame.pieceBuf(i), frame.pieceAt(i), frame.pieceLen(i));
            }
            byte[] octets = new byte[all.readableBytes()];
            all.readBytes(octets);
            sent.add(octets);
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
            try {
                if (bell.tryAcquire(timeoutNs, TimeUnit.NANOSECONDS)) {
                    bell.drainPermits();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void wakeup() {
            bell.release();
        }
    }
}
