package org.splnet.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;

/// Transfers from left to right that always have more to send, and how far they have come.
final class Bulk implements AutoCloseable {
    private static final Endpoint SERVER = Endpoint.parse("10.0.0.2:80");
    private static final int CHUNK = 1 << 16;

    final Sim sim;
    private final ByteBuf chunk = PooledByteBufAllocator.DEFAULT.directBuffer(CHUNK).writeZero(CHUNK);
    private final ListenSocket listener;
    private final SocketOptions options;
    private final List<StreamSocket> senders = new ArrayList<>();
    private final List<StreamSocket> receivers = new ArrayList<>();
    private final List<Long> received = new ArrayList<>();

    Bulk(Sim sim, SocketOptions options) throws SocketException {
        this.sim = sim;
        this.options = options;
        listener = sim.right.tcp.listen(SERVER, 64, options);
    }

    /// One more begins now.
    void begin() throws SocketException {
        senders.add(sim.left.tcp.connect(null, SERVER, options));
    }

    /// The transfer `i` is over.
    void end(int i) {
        senders.get(i).abort();
        senders.remove(i);
    }

    /// Lets time pass.
    void run(long untilNs) throws SocketException {
        while (sim.nowNs() - untilNs < 0) {
            if (!act() & sim.settle() == 0 && !sim.step(untilNs)) {
                sim.runTo(untilNs);
            }
        }
    }

    /// Lets time pass until the first has carried so much.
    ///
    /// @return when that was, or `limitNs`
    long carry(long octets, long limitNs) throws SocketException {
        while (sim.nowNs() - limitNs < 0 && received(0) < octets) {
            if (!act() & sim.settle() == 0 && !sim.step(limitNs)) {
                sim.runTo(limitNs);
            }
        }
        return sim.nowNs();
    }

    /// The transfer `i` has so much to send and no more.
    void send(int i, long octets) throws SocketException {
        for (long left = octets; left > 0; ) {
            chunk.setIndex(0, (int) Math.min(left, CHUNK));
            int taken = "ESTABLISHED".equals(senders.get(i).state()) ? senders.get(i).send(chunk) : 0;
            left -= taken;
            accept();
            if (taken == 0 && sim.settle() == 0 && !takeAll()) {
                sim.step(sim.nowNs() + 1_000_000_000L);
            }
        }
        chunk.setIndex(0, CHUNK);
    }

    /// Lets time pass until so many octets have come in all, of the first.
    void await(long octets, long limitNs) throws SocketException {
        while (received(0) < octets && sim.nowNs() - limitNs < 0) {
            accept();
            if (!takeAll() && sim.settle() == 0) {
                sim.step(limitNs);
            }
        }
    }

    private boolean act() throws SocketException {
        boolean acted = false;
        accept();
        for (StreamSocket each : senders) {
            chunk.readerIndex(0);
            acted |= "ESTABLISHED".equals(each.state()) && each.send(chunk) > 0;
        }
        return acted | takeAll();
    }

    private void accept() throws SocketException {
        for (StreamSocket taken; (taken = listener.accept()) != null; ) {
            receivers.add(taken);
            received.add(0L);
        }
    }

    private boolean takeAll() throws SocketException {
        boolean any = false;
        for (int i = 0; i < receivers.size(); i++) {
            any |= take(i);
        }
        return any;
    }

    private boolean take(int i) throws SocketException {
        boolean any = false;
        while ("ESTABLISHED".equals(receivers.get(i).state())) {
            ByteBuf got = receivers.get(i).receive(1 << 20);
            if (got == null) {
                break;
            }
            received.set(i, received.get(i) + got.readableBytes());
            got.release();
            any = true;
        }
        return any;
    }

    /// Octets that the transfer `i` has brought.
    long received(int i) {
        return i < received.size() ? received.get(i) : 0;
    }

    @Override
    public void close() {
        senders.forEach(StreamSocket::abort);
        receivers.forEach(StreamSocket::abort);
        listener.close();
        sim.close();
        chunk.release();
    }
}
