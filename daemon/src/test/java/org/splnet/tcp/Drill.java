package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.splnet.inet.FakeNetwork;
import org.splnet.inet.FakePath;
import org.splnet.inet.NetworkError;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.kern.FaultLog;
import org.splnet.kern.VirtualClock;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// One TCP and a peer that the test speaks for, on a virtual clock: `in` is what the peer sends, `out` what
/// it must see, silence is said explicitly, and time moves only when told. A failure shows the whole
/// conversation. Octet *i* of either stream is [#octet], so every payload is checked wherever it appears.
final class Drill implements AutoCloseable {
    static final int PORT = 80;
    static final InetAddr HOST = FakeNetwork.HOST;
    static final InetAddr PEER = FakeNetwork.PEER;

    final DrillSetup setup;
    final FakeNetwork network;
    final VirtualClock clock;
    final CalloutWheel wheel;
    final Tcp tcp;
    final DrillLog log;
    final DrillPeer peer;
    TcpListener listener;
    TcpSocket socket;
    private int written;
    private int read;

    Drill(DrillSetup setup) {
        this.setup = setup;
        network = new FakeNetwork(setup.memory);
        clock = new VirtualClock(setup.originNs());
        wheel = new CalloutWheel(clock.nanoTime(), () -> { });
        log = new DrillLog(clock);
        network.mtu = setup.mtu;
        network.largestSend = setup.largestSend;
        tcp = new Tcp(setup.config, network, wheel, Entropy.seeded(DrillSetup.SEED), clock);
        peer = new DrillPeer(this);
    }

    static byte octet(int i) {
        return (byte) (i * 31 + (i >>> 8) * 7 + (i >>> 16));
    }

    // ---- fixtures ----

    Drill listen() {
        try {
            Endpoint at = new Endpoint(InetAddr.parse("0.0.0.0"), PORT);
            listener = (TcpListener) tcp.listen(at, setup.backlog, setup.options);
        } catch (SocketException e) {
            throw log.failure("listen", e);
        }
        return this;
    }

    Drill connect() {
        try {
            socket = (TcpSocket) tcp.connect(null, new Endpoint(PEER, Seg.PEER_PORT), setup.options);
        } catch (SocketException e) {
            throw log.failure("connect", e);
        }
        peer.localPort = socket.local().port();
        return this;
    }

    Drill accept() {
        try {
            socket = (TcpSocket) listener.accept();
        } catch (SocketException e) {
            throw log.failure("accept", e);
        }
        assertThat(socket).as("a connection to accept\n" + log).isNotNull();
        return this;
    }

    // ---- the peer ----

    /// The peer sends these; after each the batch is over.
    Drill in(Seg... segs) {
        for (Seg seg : segs) {
            peer.inject(seg);
            settle();
        }
        return this;
    }

    /// The peer sends these and they arrive as one batch.
    Drill batch(Seg... segs) {
        for (Seg seg : segs) {
            peer.inject(seg);
        }
        settle();
        return this;
    }

    /// The next segments that must have been sent.
    Drill out(Seg... expected) {
        for (Seg want : expected) {
            Seg got = peer.take();
            if (got == null) {
                throw log.failure("expected " + want + ", but nothing was sent", null);
            }
            String miss = want.misses(got);
            if (miss != null) {
                throw log.failure("expected " + want + ", but " + miss + " differs: " + got, null);
            }
        }
        return this;
    }

    /// Nothing else has been sent.
    Drill outNothing() {
        Seg got = peer.take();
        if (got != null) {
            throw log.failure("expected silence, but got " + got, null);
        }
        return this;
    }

    /// Nothing is sent for so long.
    Drill outNothingFor(long ns) {
        outNothing();
        return after(ns).outNothing();
    }

    // ---- time ----

    /// Lets time pass; callouts fire at their ticks.
    Drill after(long ns) {
        long until = clock.nanoTime() + ns;
        while (true) {
            long next = wheel.nextNs();
            long left = until - clock.nanoTime();
            if (next == Long.MAX_VALUE || next - until > 0) {
                clock.advance(left);
                settle();
                return this;
            }
            clock.advance(Math.max(0, Math.min(next - clock.nanoTime(), left)));
            wheel.advance(clock.nanoTime());
            settle();
        }
    }

    static long ms(long n) {
        return TimeUnit.MILLISECONDS.toNanos(n);
    }

    static long s(long n) {
        return TimeUnit.SECONDS.toNanos(n);
    }

    private void settle() {
        Deferred.run();
        for (FaultLog.Fault fault : FaultLog.system().distinct()) {
            FaultLog.system().clear();
            throw log.failure("a fault", fault.first());
        }
    }

    // ---- the user ----

    /// Writes the next `n` octets of our stream, all of which must be taken.
    Drill write(int n) {
        assertThat(offer(n)).as("octets taken\n" + log).isEqualTo(n);
        return this;
    }

    /// Writes at most `n` octets.
    int offer(int n) {
        return offer(n, socket::send);
    }

    /// Writes the next `n` octets and marks them urgent.
    Drill writeUrgent(int n) {
        assertThat(offer(n, socket::sendUrgent)).isEqualTo(n);
        return this;
    }

    interface Sender {
        int send(ByteBuf data) throws SocketException;
    }

    private int offer(int n, Sender how) {
        log.user("write " + n);
        ByteBuf data = network.pool().allocator().directBuffer(n);
        try {
            for (int i = 0; i < n; i++) {
                data.writeByte(octet(written + i));
            }
            int taken = how.send(data);
            written += taken;
            return taken;
        } catch (SocketException e) {
            throw log.failure("write", e);
        } finally {
            data.release();
            settle();
        }
    }

    /// Reads `n` octets, which must be there and right.
    Drill read(int n) {
        log.user("read " + n);
        int left = n;
        while (left > 0) {
            ByteBuf got = receive(left);
            assertThat(got).as(left + " more octets to read\n" + log).isNotNull();
            assertThat(got.isReadable()).as("not the end\n" + log).isTrue();
            while (got.isReadable()) {
                assertThat(got.readByte()).as("octet " + read).isEqualTo(octet(read++));
                left--;
            }
            got.release();
        }
        settle();
        return this;
    }

    /// There is nothing to read, and it is not the end.
    Drill readNothing() {
        assertThat(receive(1)).as("nothing to read\n" + log).isNull();
        return this;
    }

    /// The stream has ended.
    Drill readEnd() {
        ByteBuf got = receive(1);
        assertThat(got).as("end of stream\n" + log).isNotNull();
        assertThat(got.isReadable()).as("octets behind the end\n" + log).isFalse();
        return this;
    }

    private ByteBuf receive(int max) {
        try {
            return socket.receive(max);
        } catch (SocketException e) {
            throw log.failure("read", e);
        }
    }

    /// The next call fails so.
    Drill error(SockError why) {
        try {
            ByteBuf got = socket.receive(1);
            throw log.failure("expected " + why + ", got " + got, null);
        } catch (SocketException e) {
            assertThat(e.error()).as(log.toString()).isEqualTo(why);
        }
        return this;
    }

    Drill closes() {
        return act("close", StreamSocket::close);
    }

    interface Call {
        void on(StreamSocket socket) throws SocketException;
    }

    /// A call of the user's on the socket.
    Drill act(String name, Call call) {
        log.user(name);
        try {
            call.on(socket);
        } catch (SocketException e) {
            throw log.failure(name, e);
        }
        settle();
        return this;
    }

    Drill shutdownOutput() {
        return act("shutdown output", StreamSocket::shutdownOutput);
    }

    Drill options(SocketOptions options) {
        return act("options", s -> s.options(options));
    }

    Drill abort() {
        return act("abort", StreamSocket::abort);
    }

    Drill abortUnread() {
        return act("abort, with octets lost", s -> s.abort(true));
    }

    // ---- what can be seen from outside ----

    Drill state(TcpState state) {
        assertThat(socket.state()).as(log.toString()).isEqualTo(state.label());
        return this;
    }

    Drill ready(int events) {
        assertThat(socket.ready() & events).as(log.toString()).isEqualTo(events);
        return this;
    }

    Drill notReady(int events) {
        assertThat(socket.ready() & events).as(log.toString()).isZero();
        return this;
    }

    Drill counted(Counter counter, long n) {
        assertThat(tcp.stats().count(counter)).as(counter + "\n" + log).isEqualTo(n);
        return this;
    }

    /// The control block, for what no segment shows.
    Tcb tcb() {
        return socket.tcb;
    }

    FakePath path() {
        return (FakePath) socket.tcb.path;
    }

    /// An ICMP error quoting the segment of ours with this number.
    Drill icmp(NetworkError.Kind kind, int seq) {
        log.user("icmp " + kind + " about " + seq);
        peer.icmp(kind, seq);
        settle();
        return this;
    }

    /// Nothing of the connection is left: no entry in the table, no timer.
    Drill gone() {
        assertThat(tcp.connections()).as("connections\n" + log).isZero();
        return this;
    }

    @Override
    public void close() {
        try {
            if (socket != null) {
                socket.close();
            }
            tcp.shutdown(clock.nanoTime());
            assertThat(tcp.connections()).as("connections\n" + log).isZero();
            assertThat(wheel.armed()).as("timers\n" + log).isZero();
            assertThat(tcp.receiveMemoryHeld()).as("receive memory\n" + log).isZero();
        } finally {
            network.close();
        }
    }
}
