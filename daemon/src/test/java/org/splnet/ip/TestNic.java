package org.splnet.ip;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.splnet.net.DeviceQueue;
import org.splnet.net.NetDevice;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.EtherType;
import org.splnet.wire.MacAddr;

/// A device whose wire is a test: what is sent is kept as octets, or thrown away where that would cost what
/// is being measured.
final class TestNic implements NetDevice, DeviceQueue {
    static final int ETHER = 14;
    private final String name;
    private final MacAddr mac;
    private final int mtu;
    private final int offloads;
    final ArrayDeque<byte[]> sent = new ArrayDeque<>();
    boolean discard;
    boolean full;

    TestNic(String name, MacAddr mac, int mtu, int offloads) {
        this.name = name;
        this.mac = mac;
        this.mtu = mtu;
        this.offloads = offloads;
    }

    @Override
    public int receive(PacketPool pool, Sink sink, int max) {
        return 0;
    }

    @Override
    public boolean transmit(Packet frame) {
        if (full) {
            return false;
        }
        if (!discard) {
            byte[] all = new byte[frame.length()];
            int head = frame.end - frame.start;
            frame.buf.getBytes(frame.start, all, 0, head);
            for (int i = 0, at = head; i < frame.pieces(); at += frame.pieceLen(i++)) {
                frame.pieceBuf(i).getBytes(frame.pieceAt(i), all, at, frame.pieceLen(i));
            }
            sent.add(all);
        }
        return true;
    }

    /// The next IPv4 frame that was sent, or null. ARP is passed over.
    byte[] nextFrame() {
        for (byte[] frame; (frame = sent.poll()) != null; ) {
            if (((frame[12] & 0xff) << 8 | frame[13] & 0xff) == EtherType.IPV4) {
                return frame;
            }
        }
        return null;
    }

    /// The packet in it.
    Ip4 next() {
        byte[] frame = nextFrame();
        return frame == null ? null : Ip4.read(Arrays.copyOfRange(frame, ETHER, frame.length));
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
        throw new IllegalStateException("nobody waits in a test");
    }

    @Override
    public void wakeup() {
        // nobody waits
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
        return mtu;
    }

    @Override
    public int offloads() {
        return offloads;
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
        sent.clear();
    }
}
