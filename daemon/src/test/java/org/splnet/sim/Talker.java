package org.splnet.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.SplittableRandom;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// One end of a conversation: sends so many octets in pieces of odd sizes, expects so many, sometimes
/// dawdles, then half-closes. Octet `i` of a direction is a function of `i`, so every octet received is
/// checked.
final class Talker {
    private final StreamSocket socket;
    private final SplittableRandom random;
    private final int salt;
    private final int peerSalt;
    private final long toSend;
    private final long toReceive;
    private long sent;
    private long received;
    private long idleUntilNs;
    private boolean shut;
    private boolean ended;
    private boolean closed;
    private SocketException failure;

    Talker(StreamSocket socket, SplittableRandom random, int salt, int peerSalt, long toSend, long toReceive,
            long nowNs) {
        this.socket = socket;
        this.random = random;
        this.salt = salt;
        this.peerSalt = peerSalt;
        this.toSend = toSend;
        this.toReceive = toReceive;
        this.idleUntilNs = nowNs;
    }

    /// Does what it can at this instant.
    ///
    /// @return true if it did anything
    boolean act(long nowNs) {
        if (done() || nowNs - idleUntilNs < 0) {
            return false;
        }
        try {
            boolean acted = sendSome() | receiveSome();
            if (shut && ended && !closed) {
                socket.close();
                closed = true;
            }
            if (acted && random.nextInt(40) == 0) {
                // Long enough for windows to close and timers to run.
                idleUntilNs = nowNs + random.nextLong(1_000_000_000L);
            }
            return acted;
        } catch (SocketException e) {
            failure = e;
            socket.close();
            closed = true;
            return true;
        }
    }

    private boolean sendSome() throws SocketException {
        if (shut || (socket.ready() & Readiness.CONNECTED) == 0) {
            return false;
        }
        if (sent == toSend) {
            socket.shutdownOutput();
            shut = true;
            return true;
        }
        int len = (int) Math.min(toSend - sent, 1 + random.nextInt(random.nextInt(8) == 0 ? 60_000 : 3000));
        ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(len);
        try {
            for (int i = 0; i < len; i++) {
                data.writeByte(octet(sent + i, salt));
            }
            int taken = socket.send(data);
            sent += taken;
            return taken > 0;
        } finally {
            data.release();
        }
    }

    private boolean receiveSome() throws SocketException {
        if (ended) {
            return false;
        }
        ByteBuf data = socket.receive(1 + random.nextInt(70_000));
        if (data == null) {
            return false;
        }
        try {
            if (!data.isReadable()) {
                ended = true;
                if (received != toReceive) {
                    throw new AssertionError("ended after " + received + " of " + toReceive);
                }
                return true;
            }
            for (int i = data.readerIndex(); i < data.writerIndex(); i++) {
                if (data.getByte(i) != octet(received, peerSalt)) {
                    throw new AssertionError("octet " + received + " is " + data.getByte(i) + " and not "
                            + octet(received, peerSalt));
                }
                received++;
            }
            return true;
        } finally {
            data.release();
        }
    }

    private static byte octet(long i, int salt) {
        return (byte) (i * 131 + (i >>> 8) * 17 + (i >>> 16) * 5 + salt);
    }

    /// Everything sent and received, and closed; or failed.
    boolean done() {
        return closed;
    }

    /// Why it failed, or null.
    SocketException failure() {
        return failure;
    }

    /// When it will go on by itself, if it dawdles.
    long idleUntilNs() {
        return idleUntilNs;
    }

    @Override
    public String toString() {
        return socket.local() + " " + socket.state() + " sent " + sent + "/" + toSend + " received "
                + received
                + "/" + toReceive + (shut ? " shut" : "") + (ended ? " ended" : "")
                + " queues " + socket.sendQueued() + "/" + socket.receiveQueued();
    }
}
