package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.ip.Ip;
import org.splnet.ip.IpConfig;
import org.splnet.kern.CalloutDuty;
import org.splnet.kern.Clock;
import org.splnet.kern.DutyThread;
import org.splnet.kern.Entropy;
import org.splnet.net.LinkLayer;
import org.splnet.net.Loopback;
import org.splnet.net.NetConfig;
import org.splnet.pkt.PacketPool;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.Tcp;
import org.splnet.tcp.TcpConfig;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;

/// Ten thousand clients within the stack itself, each a thread that sleeps on its socket: connect, send, read
/// back, half-close, reset, leave without a word. Real threads, real time; afterwards nothing is left and all
/// counters are balanced. `-Dsoak.seconds=600` for longer.
@ExtendWith(NoLeaks.class)
class LoopbackSoakTest {
    private static final Endpoint SERVER = Endpoint.parse("127.0.0.1:7");
    private static final SocketOptions OPTIONS = SocketOptions.DEFAULTS.withNoDelay(true);
    private static final int AT_ONCE = 10_000;
    private static final long SECOND = 1_000_000_000L;
    private static final long SECONDS = Long.getLong("soak.seconds", 10);

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private final CalloutDuty callouts = new CalloutDuty(Clock.system());
    private final LinkLayer links =
            new LinkLayer(pool, callouts.wheel(), Entropy.system(), NetConfig.defaults());
    private final Loopback loopback = links.loopback("lo");
    private final Tcp tcp;
    private final List<DutyThread> threads = new ArrayList<>();
    private final LongAdder begun = new LongAdder();
    private final LongAdder verified = new LongAdder();
    private final LongAdder told = new LongAdder();
    private volatile Throwable wrong;

    LoopbackSoakTest() {
        var ip = new Ip(IpConfig.DEFAULTS, links, callouts.wheel(), Entropy.system());
        links.attach(ip);
        links.interfaces().addAddress(loopback, Cidr.parse("127.0.0.1/8"));
        tcp = new Tcp(TcpConfig.DEFAULTS, ip, callouts.wheel(), Entropy.system(), Clock.system());
        threads.add(new DutyThread(callouts, Clock.system()));
        threads.add(new DutyThread(loopback, Clock.system()));
    }

    @Test
    void leavesNothingBehind() throws Exception {
        long seed = TestSeed.next();
        threads.forEach(DutyThread::start);
        ListenSocket listener = tcp.listen(SERVER, 4096, OPTIONS);
        listener.listener(events -> serve(listener));
        var seeds = new SplittableRandom(seed);
        long untilNs = System.nanoTime() + SECONDS * SECOND;
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            SplittableRandom own = seeds.split();
            clients.add(Thread.ofVirtual().start(() -> live(own, untilNs)));
        }
        for (Thread client : clients) {
            client.join();
        }
        assertThat(wrong).isNull();
        System.out.printf("loopback %d seconds, %d clients, %d at once, %d echoes verified, %d told else, "
                + "seed %d%n", SECONDS, begun.sum(), AT_ONCE, verified.sum(), told.sum(), seed);
        long opened = tcp.stats().count(Counter.CONNECTS) + tcp.stats().count(Counter.ACCEPTS);
        assertThat(opened).isGreaterThan(AT_ONCE);
        listener.close();
        tcp.shutdown(Clock.system().nanoTime());
        assertThat(tcp.connections()).isZero();
        assertThat(tcp.stats().count(Counter.CLOSED)).isEqualTo(
                tcp.stats().count(Counter.CONNECTS) + tcp.stats().count(Counter.ACCEPTS));
        assertThat(tcp.receiveMemoryHeld()).isZero();
        threads.forEach(DutyThread::stop);
        links.detach(loopback, Clock.system().nanoTime());
        assertThat(threads).allMatch(each -> each.faults() == 0);
    }

    private void serve(ListenSocket listener) {
        try {
            for (StreamSocket socket; (socket = listener.accept()) != null; ) {
                StreamSocket accepted = socket;
                accepted.listener(events -> echo(accepted));
            }
        } catch (SocketException closed) {
            // the listener is closed
        }
    }

    /// Echoes as much as there is room for: texts are smaller than buffers.
    private static void echo(StreamSocket socket) {
        try {
            for (ByteBuf data; (data = socket.receive(1 << 16)) != null; ) {
                boolean end = !data.isReadable();
                socket.send(data);
                data.release();
                if (end) {
                    socket.close();
                    return;
                }
            }
        } catch (SocketException gone) {
            socket.close();
        }
    }

    private void live(SplittableRandom rnd, long untilNs) {
        while (System.nanoTime() - untilNs < 0 && wrong == null) {
            begun.increment();
            try {
                client(rnd);
            } catch (SocketException other) {
                told.increment();
            } catch (InterruptedException | RuntimeException | Error e) {
                wrong = e;
            }
        }
    }

    private void client(SplittableRandom rnd) throws SocketException, InterruptedException {
        int manner = rnd.nextInt(5);
        byte[] text = new byte[1 + rnd.nextInt(2000)];
        rnd.nextBytes(text);
        StreamSocket socket = tcp.connect(null, SERVER, OPTIONS);
        try {
            if (manner == 0 || socket.await(Readiness.CONNECTED, 20 * SECOND) == 0) {
                return;
            }
            socket.send(Unpooled.wrappedBuffer(text));
            if (manner == 1) {
                socket.abort();
                return;
            }
            if (manner == 2) {
                socket.shutdownOutput();
            }
            if (manner != 3) {
                verify(socket, text);
            }
        } finally {
            socket.close();
        }
    }

    private void verify(StreamSocket socket, byte[] text) throws SocketException, InterruptedException {
        for (int got = 0; got < text.length; ) {
            if (socket.await(Readiness.READABLE, 60 * SECOND) == 0) {
                throw new AssertionError("nothing for a minute: " + socket.state());
            }
            ByteBuf data = socket.receive(text.length);
            if (data == null) {
                continue;
            }
            try {
                assertThat(data.isReadable()).as("the end after %d of %d", got, text.length).isTrue();
                assertThat(data).isEqualTo(Unpooled.wrappedBuffer(text, got, data.readableBytes()));
                got += data.readableBytes();
            } finally {
                data.release();
            }
        }
        verified.increment();
    }
}
