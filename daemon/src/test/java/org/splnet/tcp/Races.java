package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.fin;
import static org.splnet.tcp.Seg.rst;
import static org.splnet.tcp.Seg.synAck;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.BiConsumer;
import org.splnet.inet.NetworkError;
import org.splnet.kern.Deferred;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Endpoint;

/// The meetings from which other stacks have not come back, see [RaceTest].
final class Races {
    private Races() {
    }

    /// The user closes while the peer's FIN arrives and a retransmission is due.
    static final class CloseFinTimer extends DrillRace {
        CloseFinTimer() {
            super(drill().connected().write(100).out(data(1, 101)));
            late(Drill.s(2));
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("user", drill.socket::close);
            cast.accept("peer", arrival(fin(1).acks(101)));
            cast.accept("timer", timers());
        }
    }

    /// Kyu's double free: three who each want to be the one that ends it.
    static final class AbortResetTimer extends DrillRace {
        AbortResetTimer() {
            super(drill().config("retransmitTimeoutNs", Drill.s(1)).connected().write(100)
                    .out(data(1, 101)));
            late(Drill.s(30));
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("user", drill.socket::abort);
            cast.accept("peer", arrival(rst(1)));
            cast.accept("timer", timers());
        }
    }

    /// A pending accept is cancelled, by the end of the listener, while it completes.
    static final class AcceptCancel extends DrillRace {
        private StreamSocket accepted;
        private boolean told;

        AcceptCancel() {
            super(drill().synReceived());
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("acceptor", tolerant(() -> {
                int events = drill.listener.await(Readiness.ACCEPTABLE, Long.MAX_VALUE);
                told = (events & Readiness.HANGUP) != 0;
                accepted = drill.listener.accept();
            }));
            cast.accept("peer", arrival(ack(1).seq(1)));
            cast.accept("closer", drill.listener::close);
        }

        @Override
        public void check() throws Exception {
            assertThat(accepted != null || told || drill.listener.halfOpen() == 0).isTrue();
            if (accepted != null) {
                accepted.close();
            }
            super.check();
        }
    }

    /// A pending connect is cancelled, by a close, while it completes.
    static final class ConnectCancel extends DrillRace {
        private int events;

        ConnectCancel() {
            super(drill().synSent());
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("connector", () -> events = drill.socket.await(Readiness.CONNECTED, Long.MAX_VALUE));
            cast.accept("peer", arrival(synAck().acks(1)));
            cast.accept("canceller", drill.socket::close);
        }

        @Override
        public void check() throws Exception {
            assertThat(events & (Readiness.CONNECTED | Readiness.HANGUP)).isNotZero();
            super.check();
        }
    }

    /// A pending read and a pending write of one socket are cancelled while they complete.
    static final class ReadWriteCancel extends DrillRace {
        private int reads;
        private int writes;

        ReadWriteCancel() {
            super(drill().buffers(2048, 60_000).accepted().write(2048));
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("reader", tolerant(() -> {
                reads = drill.socket.await(Readiness.READABLE, Long.MAX_VALUE);
                release(drill.socket.receive(100));
            }));
            cast.accept("writer", tolerant(() -> {
                writes = drill.socket.await(Readiness.WRITABLE, Long.MAX_VALUE);
                drill.socket.send(Unpooled.wrappedBuffer(new byte[10]));
            }));
            cast.accept("peer", arrival(data(1, 51).acks(2049)));
            cast.accept("canceller", drill.socket::close);
        }

        @Override
        public void check() throws Exception {
            assertThat(reads).isNotZero();
            assertThat(writes).isNotZero();
            super.check();
        }
    }

    /// SMPng's trap: a reader is about to sleep while text and a reset arrive.
    static final class SleepDataReset extends DrillRace {
        private int octets;
        private SockError error;

        SleepDataReset() {
            super(drill().accepted());
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("reader", this::read);
            cast.accept("peer", arrival(data(1, 71)));
            cast.accept("attacker", arrival(rst(71)));
        }

        private void read() throws InterruptedException {
            try {
                while (true) {
                    drill.socket.await(Readiness.READABLE, Long.MAX_VALUE);
                    ByteBuf data = drill.socket.receive(100);
                    octets += release(data);
                    if (octets == 70) {
                        return;
                    }
                }
            } catch (SocketException reset) {
                error = reset.error();
            }
        }

        @Override
        public void check() throws Exception {
            assertThat(octets == 70 || error == SockError.ECONNRESET)
                    .as("%d octets, %s", octets, error).isTrue();
            super.check();
        }
    }

    /// A connect is cancelled, or what it waits for arrives, while an ICMP error says that nobody is there.
    static final class CloseIcmpConnect extends DrillRace {
        CloseIcmpConnect() {
            super(drill().synSent());
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("peer", arrival(synAck().acks(1)));
            cast.accept("router", () -> {
                drill.peer.icmp(NetworkError.Kind.PORT_UNREACHABLE, 0);
                Deferred.run();
            });
            cast.accept("closer", drill.socket::close);
        }
    }

    /// The last acknowledgement of the handshake arrives while the listener ends and somebody accepts.
    static final class LastAckListenerClose extends DrillRace {
        private StreamSocket accepted;

        LastAckListenerClose() {
            super(drill().synReceived());
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("peer", arrival(ack(1).seq(1), data(1, 11)));
            cast.accept("closer", drill.listener::close);
            cast.accept("acceptor", tolerant(() -> accepted = drill.listener.accept()));
        }

        @Override
        public void check() throws Exception {
            assertThat(drill.listener.halfOpen()).isZero();
            assertThat(drill.listener.queued()).isZero();
            if (accepted == null) {
                assertThat(drill.tcp.connections()).as("nobody's connections").isZero();
            } else {
                accepted.close();
            }
            super.check();
        }
    }

    /// The acknowledgement of a SYN cookie and the text behind it come through two queues, and nobody is
    /// there before either has been seen.
    static final class CookieTextTogether extends DrillRace {
        CookieTextTogether() {
            super(drill().config("synCookies", SynCookies.ALWAYS).listening());
            drill.in(drill.setup.peerSyn()).out(synAck());
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("one queue", arrival(ack(1).seq(1)));
            cast.accept("the other", arrival(data(1, 51), data(51, 101)));
        }

        @Override
        public void check() throws Exception {
            assertThat(drill.tcp.stats().count(Counter.RESETS_OUT)).as("resets").isZero();
            StreamSocket accepted = drill.listener.accept();
            assertThat(release(accepted.receive(200))).isEqualTo(100);
            accepted.close();
            super.check();
        }
    }

    /// A connection is looked up while it ends and another takes its four-tuple.
    static final class LookupDetachReuse extends DrillRace {
        private StreamSocket next;

        LookupDetachReuse() {
            super(drill().connected());
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            Endpoint here = drill.socket.local();
            Endpoint there = drill.socket.remote();
            cast.accept("peer", arrival(data(1, 51), fin(51)));
            cast.accept("closer", drill.socket::abort);
            cast.accept("successor", tolerant(() ->
                    next = drill.tcp.connect(here, there, SocketOptions.DEFAULTS)));
        }

        @Override
        public void check() throws Exception {
            if (next != null) {
                assertThat(next.state()).as("text of the one before is none of its business")
                        .isEqualTo(TcpState.SYN_SENT.label());
                next.abort();
            }
            super.check();
        }
    }

    /// The memory for received text is used up while somebody reads, and text arrives on two connections.
    static final class MemoryExhausted extends DrillRace {
        MemoryExhausted() {
            super(drill().config("receiveMemory", 65_536L).buffers(60_000, 60_000).accepted()
                    .in(data(1, 40_001)));
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("peer", arrival(data(40_001, 41_001), data(41_001, 42_001)));
            cast.accept("reader", tolerant(() -> {
                release(drill.socket.receive(500));
                release(drill.socket.receive(5000));
            }));
            cast.accept("closer", () -> drill.socket.shutdownInput());
        }
    }

    /// The daemon stops while everything goes on.
    static final class StopEverything extends DrillRace {
        private StreamSocket late;

        StopEverything() {
            super(drill().accepted().write(100).in(Seg.syn().from(7).mss(1000)));
            late(Drill.s(2));
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("stop", () -> drill.tcp.shutdown(drill.clock.nanoTime()));
            cast.accept("peer", arrival(ack(1).seq(1).from(7), data(1, 11),
                    Seg.syn().from(8).mss(1000)));
            cast.accept("user", tolerant(() ->
                    late = drill.tcp.connect(null, new Endpoint(Drill.PEER, 9), SocketOptions.DEFAULTS)));
            cast.accept("timer", timers());
        }

        @Override
        public void check() throws Exception {
            if (late != null) {
                late.abort();
            }
            super.check();
        }
    }

    static int release(ByteBuf data) {
        if (data == null) {
            return 0;
        }
        int octets = data.readableBytes();
        data.release();
        return octets;
    }
}
