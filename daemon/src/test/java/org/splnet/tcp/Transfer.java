package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import org.splnet.inet.FakeNetwork;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.kern.VirtualClock;
import org.splnet.pkt.Packet;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.IpProto;

/// One transfer as fast as it goes, from A to B over a link with a rate, a delay and a queue, on a
/// virtual clock. The sender writes when it is told that it may, and only then: a lost wake-up ends the
/// transfer.
final class Transfer implements AutoCloseable {
    private static final InetAddr A = FakeNetwork.HOST;
    private static final InetAddr B = FakeNetwork.PEER;
    private static final int CHUNK = 1 << 16;
    private static final int HEADERS = 34;

    /// @param bitsPerSecond of each direction
    /// @param delayNs each way
    /// @param queue octets that wait before the link; more is lost
    record Link(long bitsPerSecond, long delayNs, int queue) { }

    final VirtualClock clock = new VirtualClock(1);
    final Tcp a;
    final Tcp b;
    StreamSocket sender;
    StreamSocket receiver;
    /// Octets per second that the reader takes; all there is if 0.
    long readRate;
    long sent;
    long received;
    /// Most octets that have waited in either buffer.
    int mostSendQueued;
    int mostReceiveQueued;
    private final CalloutWheel wheel = new CalloutWheel(1, () -> { });
    private final FakeNetwork netA = new FakeNetwork();
    private final FakeNetwork netB = new FakeNetwork();
    private final Link link;
    private final ByteBuf chunk = netA.pool().allocator().directBuffer(CHUNK).writeZero(CHUNK);
    private final long[] freeNs = {1, 1};
    private boolean writable;
    private long readNs = 1;

    Transfer(Link link, TcpConfig cfg, SocketOptions sending, SocketOptions receiving)
            throws SocketException {
        this.link = link;
        netB.addLocal(B);
        netB.removeLocal(A);
        a = new Tcp(cfg, netA, wheel, Entropy.seeded(1), clock);
        b = new Tcp(cfg, netB, wheel, Entropy.seeded(2), clock);
        var listener = (TcpListener) b.listen(new Endpoint(B, 80), 1, receiving);
        sender = a.connect(null, new Endpoint(B, 80), sending);
        sender.listener(events -> writable |= (events & Readiness.WRITABLE) != 0);
        while (receiver == null) {
            step(true);
            receiver = listener.accept();
        }
    }

    /// Lets it go on for so long.
    ///
    /// @return octets read meanwhile
    long run(long ns) throws SocketException {
        long before = received;
        long untilNs = clock.nanoTime() + ns;
        while (clock.nanoTime() - untilNs < 0) {
            write();
            read();
            step(readRate > 0);
        }
        return received - before;
    }

    private void write() throws SocketException {
        while (writable) {
            ByteBuf data = chunk.duplicate();
            sent += sender.send(data);
            writable = !data.isReadable();
        }
        mostSendQueued = Math.max(mostSendQueued, sender.sendQueued());
    }

    private void read() throws SocketException {
        mostReceiveQueued = Math.max(mostReceiveQueued, receiver.receiveQueued());
        long nowNs = clock.nanoTime();
        long left = readRate == 0 ? Long.MAX_VALUE : (long) ((nowNs - readNs) / 1e9 * readRate);
        if (left == 0) {
            return;
        }
        readNs = nowNs;
        while (left > 0) {
            ByteBuf data = receiver.receive((int) Math.min(left, CHUNK));
            if (data == null) {
                return;
            }
            received += data.readableBytes();
            left -= data.readableBytes();
            data.release();
        }
    }

    private void step(boolean busy) {
        Deferred.run();
        pump(netA, netB, b, A, B, 0);
        pump(netB, netA, a, B, A, 1);
        long next = wheel.nextNs();
        long byTimer = next == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(next - clock.nanoTime(), 0);
        clock.advance(Math.min(Drill.ms(busy ? 1 : 100), Math.min(byTimer, clock.nextDelayNs())));
        wheel.advance(clock.nanoTime());
        Deferred.run();
    }

    private void pump(FakeNetwork from, FakeNetwork to, Tcp tcp, InetAddr src, InetAddr dst, int way) {
        for (FakeNetwork.Sent one; (one = from.next()) != null; ) {
            byte[] octets = one.octets();
            one.packet().free();
            long nowNs = clock.nanoTime();
            long waitNs = Math.max(freeNs[way] - nowNs, 0);
            if (waitNs * link.bitsPerSecond / 8e9 > link.queue) {
                continue;
            }
            freeNs[way] = nowNs + waitNs
                    + (octets.length + HEADERS) * 8L * 1_000_000_000 / link.bitsPerSecond;
            clock.after(freeNs[way] - nowNs + link.delayNs, () -> {
                Packet packet = to.received(src, dst, IpProto.TCP, octets);
                packet.flags |= Packet.CHECKSUM_GOOD;
                tcp.input(packet, clock.nanoTime());
            });
        }
    }

    /// What the sender's end knows of the connection.
    TcpReport report() {
        return report(a, sender);
    }

    /// What the receiver's end knows.
    TcpReport receiverReport() {
        return report(b, receiver);
    }

    private static TcpReport report(Tcp tcp, StreamSocket socket) {
        return tcp.infos().stream().filter(info -> socket.local().equals(info.local())
                && info.report() != null).findFirst().orElseThrow().report();
    }

    @Override
    public void close() {
        a.shutdown(clock.nanoTime());
        b.shutdown(clock.nanoTime());
        sender.close();
        receiver.close();
        chunk.release();
        netA.close();
        netB.close();
    }
}
