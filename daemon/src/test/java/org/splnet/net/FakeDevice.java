package org.splnet.net;

import io.netty.buffer.ByteBufUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.MacAddr;

/// A device of one queue in memory: what comes in is put there by the test, what went out is found there, as
/// octets, so that it owns no buffers. For one thread.
public final class FakeDevice implements NetDevice, DeviceQueue {
    /// One frame that went out.
    ///
    /// @param csumStart behind the first octet of the frame
    public record Sent(byte[] octets, int flags, int csumStart, int csumOffset, int gsoSize) {
        /// The octets in hexadecimal.
        public String hex() {
            return ByteBufUtil.hexDump(octets);
        }
    }

    private record Arrived(byte[] octets, Consumer<Packet> metadata) {
    }

    private final String name;
    private final MacAddr mac;
    private int mtu;
    private final int offloads;
    private final Deque<Arrived> arrived = new ArrayDeque<>();
    private final Deque<Sent> sent = new ArrayDeque<>();
    private int room = Integer.MAX_VALUE;
    private int flushes;
    private int wakeups;
    private boolean wantedTransmit;
    private boolean closed;
    private boolean carrier = true;
    private int flaps;
    private RuntimeException fault;
    private Runnable meanwhile = () -> { };
    private Runnable whenWoken = () -> { };
    private boolean clogged;
    private final Deque<Sent> batch = new ArrayDeque<>();

    /// A plain one: MTU 1500, no offloads.
    public FakeDevice(String name, MacAddr mac) {
        this(name, mac, 1500, 0);
    }

    public FakeDevice(String name, MacAddr mac, int mtu, int offloads) {
        this.name = name;
        this.mac = mac;
        this.mtu = mtu;
        this.offloads = offloads;
    }

    /// Lets a frame arrive.
    public void arrive(byte[] frame) {
        arrive(frame, packet -> { });
    }

    /// Lets a frame arrive with offload metadata, which `metadata` sets on the packet; `start` is known then.
    public void arrive(byte[] frame, Consumer<Packet> metadata) {
        arrived.add(new Arrived(frame, metadata));
    }

    /// The oldest frame sent and not taken yet, or null.
    public Sent take() {
        return sent.poll();
    }

    /// How many frames were sent and not taken yet.
    public int waiting() {
        return sent.size();
    }

    /// Takes only so many frames from now on, then is full.
    public void room(int frames) {
        room = frames;
    }

    /// Takes frames, and has no room for them when they are pushed out.
    public void clogged(boolean now) {
        clogged = now;
    }

    /// Throws this at the next transmission.
    public void fault(RuntimeException next) {
        fault = next;
    }

    /// Does this in the middle of the next transmission.
    public void meanwhile(Runnable what) {
        meanwhile = what;
    }

    /// Does this when somebody wakes it.
    public void whenWoken(Runnable what) {
        whenWoken = what;
    }

    /// Has its cable pulled, or plugged in.
    public void carrier(boolean on) {
        carrier = on;
    }

    /// Has its cable pulled and plugged in again before anybody looks.
    public void flap() {
        flaps++;
    }

    /// Has another MTU from now on.
    public void mtu(int octets) {
        mtu = octets;
    }

    @Override
    public boolean carrier() {
        return carrier;
    }

    @Override
    public int flaps() {
        return flaps;
    }

    /// Is gone, as a TAP whose network namespace has ended.
    public void vanish() {
        closed = true;
    }

    public int flushes() {
        return flushes;
    }

    public int wakeups() {
        return wakeups;
    }

    /// What the last [#await] was asked for.
    public boolean wantedTransmit() {
        return wantedTransmit;
    }

    public boolean closed() {
        return closed;
    }

    @Override
    public int receive(PacketPool pool, Sink sink, int max) {
        if (closed) {
            return -1;
        }
        int count = 0;
        for (Arrived next; count < max && (next = arrived.poll()) != null; count++) {
            Packet packet = pool.allocate(next.octets.length);
            int at = packet.append(next.octets.length);
            packet.buf.setBytes(at, next.octets);
            packet.l2 = at;
            next.metadata.accept(packet);
            sink.frame(packet);
        }
        return count;
    }

    @Override
    public boolean transmit(Packet frame) {
        Runnable first = meanwhile;
        meanwhile = () -> { };
        first.run();
        if (fault != null) {
            RuntimeException thrown = fault;
            fault = null;
            throw thrown;
        }
        if (room == 0) {
            return false;
        }
        room--;
        (clogged ? batch : sent).add(new Sent(octets(frame), frame.flags, frame.csumStart - frame.start,
                frame.csumOffset, frame.gsoSize));
        return true;
    }

    /// All of a packet, head and pieces. Borrows.
    public static byte[] octets(Packet packet) {
        byte[] all = new byte[packet.length()];
        int at = packet.end - packet.start;
        packet.buf.getBytes(packet.start, all, 0, at);
        for (int i = 0; i < packet.pieces(); i++) {
            packet.pieceBuf(i).getBytes(packet.pieceAt(i), all, at, packet.pieceLen(i));
            at += packet.pieceLen(i);
        }
        return all;
    }

    @Override
    public void flush() {
        flushes++;
        if (!clogged) {
            sent.addAll(batch);
            batch.clear();
        }
    }

    @Override
    public boolean unsent() {
        return !batch.isEmpty();
    }

    @Override
    public long transmitErrors() {
        return 0;
    }

    @Override
    public void await(long timeoutNs, boolean wantTransmit) {
        wantedTransmit = wantTransmit;
    }

    @Override
    public void wakeup() {
        wakeups++;
        whenWoken.run();
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
        closed = true;
        arrived.clear();
    }
}
