package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.splnet.inet.FakeNetwork;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// One end of a connection in a soak: writes so many octets in pieces of random size, reads and checks what
/// comes at a pace of its own, then closes.
final class Conversation {
    private final SplittableRandom rnd;
    private final FakeNetwork network;
    private final int salt;
    private final int toSend;
    private final boolean lazy;
    StreamSocket socket;
    int sent;
    int got;
    boolean outputShut;
    boolean ended;
    boolean closed;

    Conversation(SplittableRandom rnd, FakeNetwork network, int salt, int toSend) {
        this.rnd = rnd;
        this.network = network;
        this.salt = salt;
        this.toSend = toSend;
        this.lazy = rnd.nextInt(3) == 0;
    }

    /// Does what can be done.
    ///
    /// @param peerSalt of the octets that come in
    /// @return true if anything was
    boolean act(int peerSalt) {
        if (socket == null || closed) {
            return false;
        }
        try {
            return write() | read(peerSalt) | finish();
        } catch (SocketException e) {
            throw new AssertionError("salt " + salt + " sent " + sent + " of " + toSend + ", got " + got, e);
        }
    }

    private boolean write() throws SocketException {
        if (outputShut || socket.state().equals("SYN-SENT")) {
            return false;
        }
        if (sent == toSend) {
            socket.shutdownOutput();
            outputShut = true;
            return true;
        }
        int len = Math.min(1 + rnd.nextInt(rnd.nextInt(4) == 0 ? 20_000 : 1500), toSend - sent);
        ByteBuf data = network.pool().allocator().directBuffer(len);
        for (int i = 0; i < len; i++) {
            data.writeByte(Drill.octet(sent + i + salt));
        }
        int taken = socket.send(data);
        data.release();
        sent += taken;
        return taken > 0;
    }

    private boolean read(int peerSalt) throws SocketException {
        if (ended || lazy && rnd.nextInt(4) != 0) {
            return false;
        }
        ByteBuf data = socket.receive(1 + rnd.nextInt(8000));
        if (data == null) {
            return false;
        }
        ended = !data.isReadable();
        while (data.isReadable()) {
            byte want = Drill.octet(got + peerSalt);
            byte have = data.readByte();
            if (want != have) {
                throw new AssertionError("octet " + got + ": " + have + " instead of " + want);
            }
            got++;
        }
        data.release();
        return true;
    }

    private boolean finish() {
        if (ended && outputShut) {
            socket.close();
            closed = true;
            return true;
        }
        return false;
    }
}
