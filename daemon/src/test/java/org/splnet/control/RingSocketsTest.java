package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.splnet.sim.LoopbackHost.CHARGEN;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.TestSeed;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.unix.Ring;

/// Connections whose octets clients share in memory.
class RingSocketsTest extends LentBed {
    private static final int WRITTEN_OUT = 512;
    private static final int READ_OUT = WRITTEN_OUT + 64;
    private static final int WRITTEN_IN = 1024;

    private RingClient toPeer(int capacity) {
        return RingClient.connect(socket, PEER.toString(), capacity);
    }

    private static ByteBuf octets(byte[] octets) {
        return Unpooled.copiedBuffer(octets);
    }

    private static byte[] random(SplittableRandom rnd, int length) {
        byte[] octets = new byte[length];
        rnd.nextBytes(octets);
        return octets;
    }

    @Test
    void whatIsWrittenComesBackWhateverThePieces() {
        var rnd = new SplittableRandom(TestSeed.next());
        for (int i = 0; i < 30; i++) {
            byte[] text = random(rnd, 1 + rnd.nextInt(i % 3 == 0 ? 3_000_000 : 3000));
            try (RingClient client = RingClient.connect(socket, ECHO_AT, Ring.LEAST << rnd.nextInt(4))) {
                assertThat(client.head).contains("Splnet-Ring: ").contains("Splnet-Remote: " + ECHO_AT);
                byte[] back = new byte[text.length];
                for (int sent = 0, got = 0; got < text.length; ) {
                    int n = sent == text.length ? 0 : client.offer(text, sent,
                            Math.min(text.length - sent, 1 + rnd.nextInt(100_000)));
                    sent += n;
                    byte[] some = client.some(1 + rnd.nextInt(100_000));
                    if (some != null) {
                        System.arraycopy(some, 0, back, got, some.length);
                        got += some.length;
                    } else if (n == 0) {
                        assertThat(client.sleeps()).isTrue();
                    }
                }
                assertThat(Arrays.mismatch(back, text)).isEqualTo(-1);
                client.endsSending();
                assertThat(client.toTheEnd()).isZero();
            }
        }
    }

    @Test
    void whoWritesOneOctetAtATimeIsAnsweredOneAtATime() {
        try (RingClient client = RingClient.connect(socket, ECHO_AT, Ring.LEAST)) {
            for (int i = 0; i < 1000; i++) {
                assertThat(client.write(new byte[] {(byte) i}).read(1)).containsExactly(i);
            }
        }
    }

    @Test
    void acceptedConnectionsShareTheirOctetsToo() throws Exception {
        int listener = Fd.mine().connect(socket.toString());
        String json = "{\"local\":\"127.0.0.1:7777\",\"descriptors\":true,\"ring\":65536}";
        RingClient.ask(listener, RawClient.request("POST", "/v1/listen", json));
        for (int last = 0, two = 0; two < 2; ) {
            int octet = RingClient.octet(listener);
            two = octet == '\n' && last == '\n' ? 2 : two;
            last = octet == '\r' ? last : octet;
        }
        for (int i = 0; i < 20; i++) {
            StreamSocket peer = host.tcp.connect(null, org.splnet.wire.Endpoint.parse("127.0.0.1:7777"),
                    org.splnet.socket.SocketOptions.DEFAULTS);
            assertThat(RingClient.octet(listener)).isEqualTo('A');
            try (RingClient client = new RingClient(Fd.mine().passed(), 65_536, Names.NAME)) {
                client.write(new byte[] {1, 2, 3});
                ByteBuf got = received(peer);
                assertThat(got.readableBytes()).isEqualTo(3);
                got.release();
                peer.send(octets(new byte[] {4, 5}));
                assertThat(client.read(2)).containsExactly(4, 5);
                peer.close();
                assertThat(client.toTheEnd()).isZero();
            }
        }
        Fd.mine().close(listener);
    }

    @Test
    void whoReadsSlowlyHoldsUpTheSenderAndLosesNothing() throws Exception {
        var rnd = new SplittableRandom(TestSeed.next());
        try (RingClient client = RingClient.connect(socket, "127.0.0.1:" + CHARGEN, Ring.LEAST)) {
            for (int i = 0; i < 300; i++) {
                client.read(1 + rnd.nextInt(200_000));
            }
        }
        until(() -> server.desk().table().all().isEmpty());
    }

    @Test
    void eitherDirectionEndsByItself() throws Exception {
        try (RingClient client = toPeer(Ring.LEAST)) {
            StreamSocket peer = peer();
            client.write(new byte[1000]).endsSending();
            assertThat(all(peer)).isEqualTo(1000);
            peer.send(octets(new byte[2000]));
            assertThat(client.read(2000)).hasSize(2000);
            peer.shutdownOutput();
            assertThat(client.toTheEnd()).isZero();
            assertThat(Ring.failure(client.memory)).isZero();
            peer.close();
        }
    }

    @Test
    void aResetIsToldByItsNumber() throws Exception {
        try (RingClient client = toPeer(Ring.LEAST)) {
            StreamSocket peer = peer();
            peer.send(octets(new byte[1000]));
            client.read(1000);
            peer.abort();
            assertThat(client.toTheEnd()).isZero();
            assertThat(client.octet()).isNegative();
            assertThat(Ring.failure(client.memory)).isEqualTo(Errno.ECONNRESET);
        }
    }

    @Test
    void whoHasReadEverythingAndGoesDoesNotReset() throws Exception {
        for (int i = 0; i < 300; i++) {
            StreamSocket peer;
            try (RingClient client = toPeer(Ring.LEAST)) {
                peer = peer();
                peer.send(octets(new byte[] {1, 2, 3}));
                client.read(3);
                client.write(new byte[50_000]);
            }
            assertThat(all(peer)).as("round %d", i).isEqualTo(50_000);
            peer.close();
        }
    }

    @Test
    void whoGoesWithOctetsUnreadResets() throws Exception {
        StreamSocket peer;
        try (RingClient client = toPeer(Ring.LEAST)) {
            peer = peer();
            peer.send(octets(new byte[] {1, 2, 3}));
            until(() -> client.down.available() == 3);
        }
        assertThatThrownBy(() -> all(peer)).isInstanceOf(SocketException.class)
                .hasMessageContaining("ECONNRESET");
        peer.close();
        until(() -> server.desk().table().all().isEmpty());
    }

    @Test
    void whoHasEndedItsWritingAndGoesWithOctetsUnreadResetsBehindItsEnd() throws Exception {
        StreamSocket peer;
        var held = new CompletableFuture<Void>();
        try (RingClient client = toPeer(Ring.LEAST)) {
            peer = peer();
            peer.send(octets(new byte[] {1, 2, 3}));
            until(() -> client.down.available() == 3);
            server.poller().execute(held::join);
            client.endsSending();
        }
        held.complete(null);            // both are seen at once
        until(() -> (peer.ready() & Readiness.ERROR) != 0);
        assertThat(peer.ended()).as("a FIN has come").isTrue();
        peer.close();
    }

    /// The echo waits for room, and reads no more; the client has left octets unread, and can read no more.
    @Test
    void whoGoesWhenBothDirectionsAreFullLeavesNothing() {
        byte[] text = new byte[Ring.LEAST];
        try (RingClient client = RingClient.connect(socket, ECHO_AT, Ring.LEAST)) {
            for (int refused = 0; refused < 10_000; ) {
                refused = client.offer(text, 0, text.length) > 0 ? 0 : refused + 1;
            }
        }
        until(() -> server.desk().table().all().isEmpty());
    }

    /// Positions that cannot be, in each of the words that are read back from a client.
    @ParameterizedTest
    @ValueSource(ints = {READ_OUT, WRITTEN_IN})
    void nonsenseInTheMemoryEndsTheConnection(int where) throws Exception {
        for (long what : new long[] {-70_000, 65_537, Long.MIN_VALUE, Long.MAX_VALUE}) {
            try (RingClient client = toPeer(Ring.LEAST)) {
                StreamSocket peer = peer();
                client.scribble(where, what);
                assertThatThrownBy(() -> {
                    peer.send(octets(new byte[] {1}));
                    all(peer);
                }).isInstanceOf(SocketException.class)
                        .hasMessageContaining("ECONNRESET");
                while (client.octet() >= 0) {
                    Thread.onSpinWait();
                }
                assertThat(Ring.failure(client.memory)).isEqualTo(Errno.EPROTO);
                peer.close();
            }
        }
    }

    /// As long as its own end is on its way to us the kernel does not say that the client has gone.
    @Test
    void whoSendsItsOwnEndIsNoticedToBeGone() throws Exception {
        try (RingClient client = toPeer(Ring.LEAST)) {
            StreamSocket peer = peer();
            for (int i = 0; i < 5000; i++) {
                assertThat(Fd.mine().ring(client.fd)).isIn(1, -Errno.EAGAIN);
            }
            Fd.mine().pass(client.fd, 'x', client.fd);
            peer.close();
        }
        until(() -> server.desk().table().all().isEmpty());
    }

    @Test
    void randomWordsHurtNobodyElse() throws Exception {
        var rnd = new SplittableRandom(TestSeed.next());
        for (int i = 0; i < 200; i++) {
            try (RingClient client = RingClient.connect(socket, ECHO_AT, Ring.LEAST)) {
                for (int k = rnd.nextInt(20); k >= 0; k--) {
                    switch (rnd.nextInt(4)) {
                        case 0 -> client.offer(random(rnd, 5000), 0, 1 + rnd.nextInt(5000));
                        case 1 -> client.some(1 + rnd.nextInt(5000));
                        case 2 -> client.scribble(rnd.nextInt(Ring.PAGE / 8) * 8L, rnd.nextLong());
                        default -> client.scribble(512 + rnd.nextInt(16) * 64L, rnd.nextInt(200_000));
                    }
                }
            }
        }
        until(() -> server.desk().table().all().isEmpty());
        try (RingClient client = RingClient.connect(socket, ECHO_AT, Ring.LEAST)) {
            assertThat(client.write(new byte[] {1, 2}).read(2)).containsExactly(1, 2);
        }
    }

    @Test
    void itsOwnPositionIsNotReadBack() throws Exception {
        try (RingClient client = toPeer(Ring.LEAST)) {
            StreamSocket peer = peer();
            client.scribble(WRITTEN_OUT, 12345);
            peer.send(octets(new byte[] {7}));
            until(() -> client.down.available() == 1);
            assertThat(client.read(1)).containsExactly(7);
            peer.close();
        }
    }

    @Test
    void theMemoryKeepsItsSize() throws Exception {
        try (RingClient client = toPeer(Ring.LEAST)) {
            StreamSocket peer = peer();
            try (FileChannel channel = FileChannel.open(Path.of("/proc/self/fd/" + client.shared),
                    StandardOpenOption.WRITE)) {
                assertThatThrownBy(() -> channel.truncate(4096)).isInstanceOf(IOException.class);
            }
            client.write(new byte[] {1});
            received(peer).release();
            peer.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "65535", "65537", "8388608", "-65536", "64KiB", "99999999999999999999"})
    void otherSizesAreRefused(String size) throws Exception {
        try (LentClient client = LentClient.connect(socket, ECHO_AT, "Splnet-Ring: " + size + "\r\n")) {
            assertThat(client.status).isEqualTo(422);
            assertThat(client.body).contains("Splnet-Ring", "4194304", "EINVAL");
        }
        try (LentClient client = LentClient.post(socket, "/v1/listen",
                "{\"local\":\"127.0.0.1:7777\",\"ring\":65536}")) {
            assertThat(client.status).isEqualTo(422);
            assertThat(client.body).contains("descriptors");
        }
    }

    @Test
    void ringsCountInTheQuotaAndComeBack() throws Exception {
        serve(withQuota(new Rule.Quota(100, 100, 1000, 4 * Ring.LEAST)));
        for (int i = 0; i < 10; i++) {
            Account account;
            try (RingClient one = toPeer(Ring.LEAST); RingClient two = toPeer(Ring.LEAST)) {
                try (LentClient third = LentClient.connect(socket, ECHO_AT, "Splnet-Ring: 65536\r\n")) {
                    assertThat(third.status).isEqualTo(429);
                    assertThat(third.body).contains("ENOBUFS", "Rule test allows 262144 octets");
                }
                assertThat(one.write(new byte[1]).down.available()).isZero();
                assertThat(two.down.available()).isZero();
                account = server.desk().table().all().iterator().next().owner().account();
            }
            // the sockets are gone before their memory is
            Account his = account;
            until(() -> CompletableFuture.supplyAsync(his::idle, server.poller()::execute).join());
        }
    }

    /// It is in the descriptor, whose octets are none of the connection's.
    @Test
    void paddingBesideARingIsNotTakenFromTheRing() {
        int fd = Fd.mine().connect(socket.toString());
        RingClient.ask(fd, "CONNECT " + ECHO_AT + " HTTP/1.1\r\nHost: x\r\nSplnet-Ring: " + Ring.LEAST
                + "\r\nSplnet-Padding: 70000\r\n\r\n" + "p".repeat(70_000));
        byte[] text = random(new SplittableRandom(TestSeed.next()), 100_000);
        try (RingClient client = new RingClient(fd, Ring.LEAST, 0)) {
            for (int from = 0; from < text.length; from += 1000) {
                byte[] piece = Arrays.copyOfRange(text, from, from + 1000);
                assertThat(client.write(piece).read(1000)).isEqualTo(piece);
            }
        }
    }

    @Test
    void aConnectThatFailsGivesItsMemoryBack() throws Exception {
        serve(withQuota(new Rule.Quota(100, 100, 1000, 2 * Ring.LEAST)));
        for (int i = 0; i < 10; i++) {
            try (LentClient client = LentClient.connect(socket, "127.0.0.1:1", "Splnet-Ring: 65536\r\n")) {
                assertThat(client.status).isEqualTo(502);
            }
        }
    }
}
