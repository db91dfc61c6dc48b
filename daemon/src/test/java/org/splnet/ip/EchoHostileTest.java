package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;
import org.splnet.icmp.EchoSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.wire.Icmp4Header;

/// What clients may write to a socket for ICMP echo, and what may come in for it.
class EchoHostileTest extends EchoBed {
    /// A reply meets the end of its socket, and the next with its identifier: nothing of it stays behind, as
    /// [#close] and the search for leaks say.
    @Test
    void repliesWhileSocketsComeAndGo() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread input = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                bed.in(reply("10.0.0.2", "10.0.0.1", 5, 1, Ip4.data(700)));
            }
        });
        input.setUncaughtExceptionHandler((thread, e) -> failed.set(e));
        int heard = 0;
        try {
            for (int i = 0; i < 3000; i++) {
                EchoSocket socket = bind("0.0.0.0:5");
                if (i % 30 == 0) {
                    assertThat(socket.await(Readiness.READABLE, 10 * IpBed.SECOND)).isNotZero();
                    assertThat(next(socket)).isEqualTo(1);
                    heard++;
                }
                socket.close();
                assertThat(socket.receiveQueued()).isZero();
            }
        } finally {
            over.set(true);
            input.join();
        }
        assertThat(heard).isEqualTo(100);
        assertThat(failed.get()).isNull();
    }

    /// Whatever a client writes, nothing leaves but echo requests with its identifier and a good checksum.
    @Test
    void anyOctetsAreARequestOrAreRefused() throws Exception {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        EchoSocket socket = bind("0.0.0.0:0");
        int sent = 0;
        for (int i = 0; i < 5000; i++) {
            byte[] octets = new byte[random.nextInt(random.nextInt(10) == 0 ? 3000 : 24)];
            random.nextBytes(octets);
            if (random.nextBoolean() && octets.length > 1) {
                octets[0] = 8;
                octets[1] = (byte) (random.nextInt(4) == 0 ? 1 : 0);
            }
            boolean good = octets.length >= 8 && octets[0] == 8 && octets[1] == 0;
            try {
                send(socket, octets, PEER);
                assertThat(good).as("seed %d, round %d", seed, i).isTrue();
                sent++;
            } catch (SocketException e) {
                assertThat(good).as("seed %d, round %d: %s", seed, i, e.getMessage()).isFalse();
                assertThat(e.error()).isEqualTo(SockError.EINVAL);
            }
            for (Ip4 each; (each = bed.nic0.next()) != null; ) {
                assertThat(each.proto).isEqualTo(1);
                if (each.offset == 0 && !each.mf) {
                    assertThat(each.icmpChecksumOk()).as("seed %d, round %d", seed, i).isTrue();
                }
                if (each.offset == 0) {
                    assertThat(each.icmpType()).isEqualTo(Icmp4Header.ECHO);
                    assertThat(each.icmpRest() >>> 16).isEqualTo(socket.local().port());
                }
            }
        }
        assertThat(sent).isPositive();
        assertThat(bed.ip.stats().icmpOut(Icmp4Header.ECHO)).isEqualTo(sent);
        socket.close();
    }

    /// Whatever comes in, a socket hears only replies with its identifier and errors about its requests.
    @Test
    void anyMessagesThatComeInDoNoHarm() throws Exception {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        EchoSocket socket = bind("0.0.0.0:0");
        socket.connect(PEER);
        send(socket, request(1, 30), null);
        byte[] sent = bed.nic0.next().octets();
        int[] types = {0, 3, 8, 11, 12};
        int heard = 0;
        int errors = 0;
        for (int i = 0; i < 5000; i++) {
            byte[] data = Arrays.copyOf(sent, random.nextInt(sent.length + 1));
            if (random.nextBoolean() && data.length > 0) {
                data[random.nextInt(data.length)] ^= (byte) (1 << random.nextInt(8));
            }
            int rest = random.nextBoolean() ? socket.local().port() << 16 | i : random.nextInt();
            bed.in(Ip4.udp().icmp(types[random.nextInt(types.length)], random.nextInt(5), rest, data));
            try {
                heard += next(socket) >= 0 ? 1 : 0;
            } catch (SocketException e) {
                errors++;
            }
            bed.nic0.sent.clear();
        }
        assertThat(heard).as("seed %d", seed).isPositive();
        assertThat(errors).as("seed %d", seed).isPositive();
        socket.close();
    }
}
