package org.splnet.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.net.ScarceAllocator;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

@ExtendWith(NoLeaks.class)
class DatagramQueueTest {
    private static final Endpoint TO = Endpoint.parse("10.0.0.1:53");

    private record Expected(long position, int len, int port) { }

    private final ScarceAllocator memory = new ScarceAllocator();
    private final DatagramQueue queue = new DatagramQueue(200_000, 500, memory);

    @AfterEach
    void clear() {
        queue.clear();
        assertThat(queue.charged()).isZero();
        assertThat(queue.octets()).isZero();
    }

    @Test
    void givesBackInOrderWithBothEnds() {
        add(0, 100, 5, 2048);
        add(100, 0, 6, 2048);
        Datagram first = queue.take();
        assertThat(first.from()).isEqualTo(Endpoint.parse("10.0.0.2:5"));
        assertThat(first.to()).isEqualTo(TO);
        assertThat(first.data().readableBytes()).isEqualTo(100);
        first.data().release();
        Datagram empty = queue.take();
        assertThat(empty.from().port()).isEqualTo(6);
        assertThat(empty.data().isReadable()).isFalse();
        empty.data().release();
        assertThat(queue.take()).isNull();
    }

    @Test
    void keepsThoseOfThePeerAlsoWhereThereIsNoPlaceLeftBetween() {
        for (int i = 0; i < 4; i++) {
            add(100 * i, 100, 5, 2048);
        }
        queue.keepOnly(0, InetAddr.parse("10.0.0.2").lo(), 5);
        for (int i = 0; i < 4; i++) {
            check(new Expected(100 * i, 100, 5), queue.take(), 0);
        }
    }

    @Test
    void copiesASmallDatagramAndKeepsALargeOne() {
        ByteBuf small = Pattern.within(66_000, 42, 0, 500);
        assertThat(add(small, 42, 500, 1)).isEqualTo(500 + 64);
        assertThat(small.refCnt()).isOne();
        small.release();
        ByteBuf large = Pattern.within(66_000, 42, 0, 50_000);
        assertThat(add(large, 42, 50_000, 1)).isEqualTo(66_000 + 64);
        assertThat(large.refCnt()).isEqualTo(2);
        large.release();
    }

    @Test
    void refusesWhatDoesNotFitByOctetsOrByCount() {
        for (int i = 0; i < 4; i++) {
            assertThat(add(0, 49_000, 1, 49_000)).isEqualTo(49_000 + 64);
        }
        assertThat(add(0, 4_001, 1, 4_001)).isEqualTo(-1);
        assertThat(add(0, 4_000, 1, 60_000)).isEqualTo(4_000 + 64);
        assertThat(add(0, 0, 1, 100)).as("no octets, but a place").isEqualTo(64);
        queue.clear();
        for (int i = 0; i < 500; i++) {
            assertThat(add(0, 0, 1, 100)).isEqualTo(64);
        }
        assertThat(add(0, 0, 1, 100)).isEqualTo(-1);
    }

    @Test
    void holdsAsManyOctetsAsAskedForInSmallDatagramsButNotAnyNumberOfEmptyOnes() {
        DatagramQueue small = new DatagramQueue(6400, 1000, memory);
        ByteBuf octets = Pattern.direct(0, 64);
        for (int len : new int[] {64, 0}) {
            for (int i = 0; i < 100; i++) {
                assertThat(small.add(octets, 0, len, 0, 1, 1, 0, 2, 2)).isEqualTo(len + 64);
            }
            assertThat(small.octets()).isEqualTo(100 * len);
            assertThat(small.charged()).isEqualTo(100 * (len + 64));
            assertThat(small.add(octets, 0, 0, 0, 1, 1, 0, 2, 2)).isEqualTo(-1);
            small.clear();
            assertThat(small.charged()).isZero();
        }
        octets.release();
    }

    @Test
    void copiesRatherThanRefuseWhereTheBufferIsTooLargeToKeep() {
        add(0, 100_000, 1, 100_000);
        assertThat(add(0, 60_000, 1, 110_000)).isEqualTo(60_000 + 64);
    }

    @Test
    void whatThereIsNoMemoryForIsNotQueuedAndAllElseStays() {
        add(0, 200, 1, 2048);
        memory.left(0);
        assertThatThrownBy(() -> add(200, 200, 2, 2048)).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> add(200, 200, 2, 2048)).isInstanceOf(OutOfMemoryError.class);
        memory.left(Integer.MAX_VALUE);
        add(200, 200, 3, 2048);
        check(new Expected(0, 200, 1), queue.take(), 0);
        check(new Expected(200, 200, 3), queue.take(), 0);
        assertThat(queue.take()).isNull();
    }

    @Test
    void agreesWithAModel() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        var model = new ArrayDeque<Expected>();
        long position = 0;
        for (int round = 0; round < 20_000; round++) {
            if (random.nextInt(5) < 3) {
                int len = random.nextInt(10) == 0 ? random.nextInt(30_000) : random.nextInt(600);
                int port = 1 + random.nextInt(3);
                boolean fits = add(position, len, port, len + random.nextInt(3000)) >= 0;
                if (fits) {
                    model.add(new Expected(position, len, port));
                }
                position += len;
            } else {
                check(model.poll(), queue.take(), seed);
            }
            if (random.nextInt(200) == 0) {
                int port = 1 + random.nextInt(3);
                queue.keepOnly(0, InetAddr.parse("10.0.0.2").lo(), port);
                model.removeIf(each -> each.port() != port);
            }
            assertThat(queue.count()).as("seed %d", seed).isEqualTo(model.size());
            assertThat(queue.octets()).as("seed %d", seed)
                    .isEqualTo(model.stream().mapToInt(Expected::len).sum());
        }
    }

    private static void check(Expected expected, Datagram got, long seed) {
        assertThat(got == null).as("seed %d", seed).isEqualTo(expected == null);
        if (got != null) {
            ByteBuf data = got.data();
            assertThat(data.readableBytes()).as("seed %d", seed).isEqualTo(expected.len());
            assertThat(Pattern.matches(data, data.readerIndex(), expected.len(), expected.position()))
                    .as("seed %d", seed).isTrue();
            assertThat(got.from().port()).isEqualTo(expected.port());
            data.release();
        }
    }

    private int add(long position, int len, int port, int capacity) {
        ByteBuf buf = Pattern.within(capacity, 0, position, len);
        try {
            return add(buf, 0, len, port);
        } finally {
            buf.release();
        }
    }

    private int add(ByteBuf buf, int at, int len, int port) {
        InetAddr from = InetAddr.parse("10.0.0.2");
        return queue.add(buf, at, len, from.hi(), from.lo(), port, TO.addr().hi(), TO.addr().lo(), TO.port());
    }
}
