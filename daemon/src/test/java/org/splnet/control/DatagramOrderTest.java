package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;

/// What a client of a datagram socket asks for applies to what it sends behind it, and to nothing before:
/// however long the poller was busy elsewhere, and more datagrams wait than it takes in one turn.
class DatagramOrderTest extends LentBed {
    private static final int MANY = 100;
    private static final int HEADER = 40;
    private static final int LENGTH = 2;
    private static final int LARGE = 60_000;
    private static final int MORE = 300;
    private static final int ORDINARY = 1400;
    private static final Endpoint OTHER = Endpoint.parse("127.0.0.1:9001");

    private DatagramSocket first;
    private DatagramSocket second;

    @BeforeEach
    void bind() throws Exception {
        first = host.udp.bind(PEER, SocketOptions.DEFAULTS.withBuffers(0, 1 << 20));
        second = host.udp.bind(OTHER, SocketOptions.DEFAULTS.withBuffers(0, 1 << 20));
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    @Test
    void datagramsGoToThePeerThatTheSocketHadThen() throws Exception {
        changes("remote", "{\"remote\":\"" + OTHER + "\"}", MANY, LENGTH, 0);
        assertThat(received(first, MANY)).hasSize(MANY);
        assertThat(second.receiveQueued()).isZero();
    }

    @Test
    void datagramsHaveTheOptionsThatTheSocketHadThen() throws Exception {
        changes("options", "{\"UDP_SEGMENT\":1}", MANY, LENGTH, 0);
        assertThat(received(first, MANY)).as("not cut").containsOnly(LENGTH);
    }

    /// As where an administrator has raised net.core.wmem_default.
    @Test
    void asManyAsTheDescriptorHolds() throws Exception {
        changes("remote", "{\"remote\":\"" + OTHER + "\"}", MORE, ORDINARY, 1 << 20);
        assertThat(received(first, MORE)).containsOnly(ORDINARY);
        assertThat(second.receiveQueued()).isZero();
    }

    @Test
    void whatGoesOnBeingSentMeanwhileIsNotWaitedFor() throws Exception {
        String body = "{\"local\":\"127.0.0.1:0\",\"remote\":\"" + PEER + "\",\"descriptors\":true}";
        AtomicInteger sent = new AtomicInteger();
        try (RawClient asking = RawClient.of(server); RawClient client = RawClient.packets(asking, body)) {
            assertThat(asking.answer()).startsWith("HTTP/1.1 200 ");
            Lent lent = server.desk().table().all().iterator().next();
            AtomicBoolean enough = new AtomicBoolean();
            Thread sender = Thread.ofPlatform().start(() -> {
                while (!enough.get()) {
                    client.write(new byte[LARGE]);
                    sent.incrementAndGet();
                }
            });
            try {
                assertThat(sentWhileTaken(lent, sent) * LARGE).isLessThan(1 << 20);
            } finally {
                enough.set(true);
                sender.join();
            }
        }
    }

    private int sentWhileTaken(Lent lent, AtomicInteger sent) throws Exception {
        CompletableFuture<Integer> meanwhile = new CompletableFuture<>();
        server.poller().execute(() -> {
            server.desk().table().take(lent);              // room for some more: nobody reads now
            int some = sent.get() + 3;
            until(() -> sent.get() >= some);
            int before = sent.get();
            server.desk().table().take(lent);
            meanwhile.complete(sent.get() - before);
        });
        return meanwhile.get(20, TimeUnit.SECONDS);
    }

    /// Many datagrams to the first peer, and a change behind them.
    private void changes(String what, String change, int count, int length, int buffer) throws Exception {
        String body = "{\"local\":\"127.0.0.1:0\",\"remote\":\"" + PEER + "\",\"descriptors\":true}";
        try (RawClient asking = RawClient.of(server);
                RawClient client = RawClient.packets(asking, body, buffer)) {
            assertThat(asking.answer()).startsWith("HTTP/1.1 200 ");
            long id = server.desk().table().all().iterator().next().id();
            CountDownLatch goOn = holdsPoller();
            for (int i = 0; i < count; i++) {
                client.write(ByteBuffer.allocate(HEADER + length).array());
            }
            asking.write(RawClient.request("PUT", "/v1/sockets/" + id + "/" + what, change));
            goOn.countDown();
            assertThat(asking.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    private CountDownLatch holdsPoller() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        server.poller().execute(() -> {
            held.countDown();
            try {
                goOn.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
        return goOn;
    }

    /// Octets of as many as were sent.
    private static List<Integer> received(DatagramSocket from, int count) throws Exception {
        List<Integer> octets = new ArrayList<>();
        while (octets.size() < count) {
            assertThat(from.await(Readiness.READABLE, 10 * SECOND)).as("after %s", octets).isNotZero();
            var datagram = from.receive();
            if (datagram != null) {
                octets.add(datagram.data().readableBytes());
                datagram.data().release();
            }
        }
        return octets;
    }
}
