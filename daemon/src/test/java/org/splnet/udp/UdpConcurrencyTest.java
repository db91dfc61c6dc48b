package org.splnet.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.udp.UdpBed.HOST;
import static org.splnet.udp.UdpBed.PEER;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.Deferred;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.wire.Endpoint;
import org.splnet.wire.IpProto;

@Timeout(120)
@ExtendWith(NoLeaks.class)
class UdpConcurrencyTest {
    private final UdpBed bed = new UdpBed();

    /// Input from several threads, a listener that reads, and a user who connects and disconnects all the
    /// time: what comes from the peer is received or counted as lost, never anything twice.
    @Test
    void losesNothingOfThePeersWhileItConnectsAndDisconnects() throws Exception {
        int each = 10_000;
        UdpSocket socket = bed.bind("0.0.0.0:53");
        AtomicInteger received = new AtomicInteger();
        AtomicReference<Throwable> fault = new AtomicReference<>();
        socket.listener(events -> drain(socket, received, fault));
        List<Thread> inputs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            inputs.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    bed.arrives(PEER, 1000, HOST, 53, "datagram");
                }
            }));
        }
        Thread user = Thread.ofPlatform().start(() -> {
            try {
                for (int n = 0; n < 5000; n++) {
                    socket.connect(n % 2 == 0 ? new Endpoint(PEER, 1000) : null);
                }
            } catch (SocketException e) {
                fault.set(e);
            }
        });
        for (Thread thread : inputs) {
            thread.join();
        }
        user.join();
        drain(socket, received, fault);
        assertThat(fault.get()).isNull();
        long lost = bed.drops(DropReason.UDP_BUFFER_FULL) + bed.drops(DropReason.UDP_NO_PORT);
        assertThat(received.get() + lost).isEqualTo(3L * each);
        assertThat(bed.drops(DropReason.UDP_NO_PORT)).as("the peer is welcome either way").isZero();
        socket.close();
        bed.close();
    }

    @Test
    void opensAndClosesUnderFire() throws Exception {
        AtomicReference<Throwable> fault = new AtomicReference<>();
        AtomicInteger received = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 20_000; n++) {
                    bed.arrives(PEER, 1000, HOST, 53, "datagram");
                }
            }));
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 2_000; n++) {
                    try {
                        UdpSocket socket = bed.udp.bind(Endpoint.parse("0.0.0.0:53"), UdpBed.SHARED);
                        socket.listener(events -> drain(socket, received, fault));
                        UdpBed.send(socket, "x", new Endpoint(PEER, 7));
                        bed.network.next().packet().free();
                        socket.close();
                    } catch (SocketException e) {
                        fault.set(e);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(fault.get()).isNull();
        assertThat(bed.udp.sockets()).isZero();
        assertThat(bed.udp.queued()).isZero();
        assertThat(bed.udp.snapshot()).isEmpty();
        bed.close();
    }

    /// Steady state: packet objects are recycled, entries lie in arrays that have grown, the listener's
    /// notice is part of the socket.
    @Test
    void inputAllocatesNothing() throws Exception {
        AtomicReference<Throwable> fault = new AtomicReference<>();
        // As workers are: Netty's pools serve such threads.
        Thread worker = new FastThreadLocalThread(() -> {
            try {
                measureInput();
            } catch (Throwable e) {
                fault.set(e);
            }
        });
        worker.start();
        worker.join();
        assertThat(fault.get()).isNull();
    }

    private void measureInput() throws SocketException {
        UdpSocket socket = bed.bind("0.0.0.0:53");
        AtomicInteger told = new AtomicInteger();
        socket.listener(events -> told.incrementAndGet());
        byte[] octets = UdpBed.datagram(PEER, 1000, HOST, 53, new byte[1100]);
        // Not watched for leaks, which would allocate.
        ByteBuf buf = new UnpooledByteBufAllocator(true, true).directBuffer(20 + octets.length);
        buf.writeZero(20).writeBytes(octets);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long least = Long.MAX_VALUE;
        int batch = 200;
        for (int round = 0; round < 100; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < batch; i++) {
                Packet packet = bed.network.received(PEER, HOST, IpProto.UDP, buf.retain());
                bed.udp.input(packet, 0);
                Deferred.run();
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
            for (Datagram got; (got = socket.receive()) != null; ) {
                got.data().release();
            }
        }
        assertThat(told.get()).isGreaterThan(10);
        assertThat(least).as("octets allocated for " + batch + " datagrams").isZero();
        socket.close();
        buf.release();
        bed.close();
    }

    private static void drain(UdpSocket socket, AtomicInteger received, AtomicReference<Throwable> fault) {
        try {
            for (Datagram got; (got = socket.receive()) != null; ) {
                got.data().release();
                received.incrementAndGet();
            }
        } catch (SocketException e) {
            if (e.error() != SockError.ESHUTDOWN) {
                fault.set(e);
            }
        }
    }
}
