package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.net.ScarceAllocator;

/// The container of what arrived out of order, against a set of octets and by example.
@ExtendWith(NoLeaks.class)
class ReassemblyQueueTest {
    private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private static ByteBuf octets(int from, int len, int slack) {
        ByteBuf buf = ALLOCATOR.directBuffer(len + slack);
        for (int i = 0; i < slack; i++) {
            buf.writeByte(-1);
        }
        for (int i = 0; i < len; i++) {
            buf.writeByte(Drill.octet(from + i));
        }
        return buf;
    }

    private static int add(ReassemblyQueue queue, int base, int from, int len, int slack) {
        ByteBuf buf = octets(from, len, slack);
        try {
            return queue.add(base + from, buf, slack, len);
        } finally {
            buf.release();
        }
    }

    @Test
    void agreesWithABitSet() {
        long seed = TestSeed.next();
        var rnd = new SplittableRandom(seed);
        for (int round = 0; round < 3000; round++) {
            int base = round % 3 == 0 ? -rnd.nextInt(300) : rnd.nextInt();       // often across the wrap
            var queue = new ReassemblyQueue(ALLOCATOR, 1000, Integer.MAX_VALUE);
            var model = new BitSet();
            int next = 0;
            for (int i = 0; i < 30; i++) {
                int from = next + rnd.nextInt(200);
                int len = 1 + rnd.nextInt(60);
                int before = model.cardinality();
                model.set(from, from + len);
                int added = add(queue, base, from, len, rnd.nextInt(200));
                assertThat(added).as("seed %d round %d", seed, round).isEqualTo(model.cardinality() - before);
                if (rnd.nextInt(6) == 0) {
                    next = Math.max(next, from - rnd.nextInt(100));               // as if delivered by itself
                    next = deliver(queue, base, next);
                    assertThat(next).as("seed %d round %d", seed, round).isEqualTo(model.nextClearBit(next));
                    model.clear(0, next);
                }
                assertThat(queue.octets()).as("seed %d round %d", seed, round).isEqualTo(model.cardinality());
            }
            queue.clear();
            assertThat(queue.octets() + queue.pinned() + queue.pieces()).isZero();
        }
    }

    private static int deliver(ReassemblyQueue queue, int base, int from) {
        int next = from;
        while (queue.ready(base + next)) {
            for (int i = 0; i < queue.headLength(); i++) {
                assertThat(queue.headBuf().getByte(queue.headAt() + i)).isEqualTo(Drill.octet(next + i));
            }
            next += queue.headLength();
            queue.removeHead();
        }
        return next;
    }

    @Test
    void whatThereIsNoMemoryForIsNotHeldAndAllElseStays() {
        var memory = new ScarceAllocator();
        var queue = new ReassemblyQueue(memory, 1000, 1 << 20);
        for (int from = 100; from < 900; from += 100) {            // as many as it has room for
            add(queue, 0, from, 10, 100);
        }
        memory.left(0);
        assertThatThrownBy(() -> add(queue, 0, 0, 10, 100)).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> add(queue, 0, 50, 10, 100)).isInstanceOf(OutOfMemoryError.class);
        assertThat(queue.pieces()).isEqualTo(8);
        assertThat(queue.octets()).isEqualTo(80);
        assertThatThrownBy(() -> add(queue, 0, 110, 10, 100)).isInstanceOf(OutOfMemoryError.class);
        assertThat(queue.octets()).isEqualTo(80);
        memory.left(Integer.MAX_VALUE);
        assertThat(add(queue, 0, 0, 100, 500)).isEqualTo(100);
        assertThat(deliver(queue, 0, 0)).isEqualTo(110);
        assertThat(deliver(queue, 0, 200)).isEqualTo(210);
        queue.clear();
        assertThat(queue.pinned()).isZero();
    }

    @Test
    void theFirstToArriveStays() {
        var queue = new ReassemblyQueue(ALLOCATOR, 8, 1 << 20);
        add(queue, 0, 100, 10, 0);
        ByteBuf other = ALLOCATOR.directBuffer().writeZero(30);
        assertThat(queue.add(90, other, 0, 30)).isEqualTo(20);
        other.release();
        assertThat(queue.ready(100)).isTrue();
        assertThat(queue.headBuf().getByte(queue.headAt())).isEqualTo(Drill.octet(100));
        assertThat(queue.headLength()).isEqualTo(20);
        assertThat(queue.headBuf().getByte(queue.headAt() + 10)).as("joins it").isZero();
        queue.clear();
    }

    @Test
    void holdsNoMorePiecesThanItMay() {
        var queue = new ReassemblyQueue(ALLOCATOR, 9, 1 << 20);
        for (int i = 0; i < 20; i++) {
            assertThat(add(queue, 0, i * 10, 5, 0)).isEqualTo(i < 9 ? 5 : 0);
        }
        assertThat(queue.pieces()).isEqualTo(9);
        assertThat(add(queue, 0, 500, 20 << 10, 0)).as("too much to be joined").isZero();
        assertThat(add(queue, 0, 0, 100, 0)).as("what joins a piece is none").isEqualTo(100 - 45);
        queue.clear();
    }

    /// The cap is meant for holes.
    @Test
    void aRunOfSegmentsIsFewPieces() {
        var queue = new ReassemblyQueue(ALLOCATOR, 64, 16 << 20);
        int size = 1448;
        for (int i = 0; i < 1500; i++) {
            assertThat(add(queue, -size * 700, i * size, size, 100)).isEqualTo(size);
        }
        assertThat(queue.pieces()).isLessThan(40);
        assertThat(queue.pinned()).isBetween(1500 * size, 1500 * size * 11 / 10);
        assertThat(queue.held(-size * 200, -size * 200 + 1)).isTrue();
        assertThat(queue.runStart()).isEqualTo(-size * 700);
        assertThat(queue.runEnd()).isEqualTo(size * 800);
        assertThat(deliver(queue, -size * 700, 0)).isEqualTo(1500 * size);
        assertThat(queue.pinned()).isZero();
    }

    @Test
    void pinsNoMoreMemoryThanItMay() {
        var queue = new ReassemblyQueue(ALLOCATOR, 100, 3000);
        assertThat(add(queue, 0, 0, 1000, 500)).isEqualTo(1000);
        assertThat(queue.pinned()).isEqualTo(1500);
        assertThat(add(queue, 0, 2000, 1000, 501)).isZero();
        assertThat(add(queue, 0, 2000, 1000, 500)).isEqualTo(1000);
        assertThat(add(queue, 0, 4000, 1, 0)).isZero();
        queue.clear();
    }

    @Test
    void copiesWhatIsSmallInItsBuffer() {
        var queue = new ReassemblyQueue(ALLOCATOR, 100, 1 << 20);
        ByteBuf large = octets(0, 10, 65_000);
        queue.add(5, large, 65_000, 10);
        assertThat(large.refCnt()).isEqualTo(1);
        assertThat(queue.pinned()).isEqualTo(10);
        large.release();
        ByteBuf full = octets(0, 1000, 24);
        queue.add(100, full, 24, 1000);
        assertThat(full.refCnt()).isEqualTo(2);
        queue.clear();
        assertThat(full.refCnt()).isEqualTo(1);
        full.release();
    }

    @Test
    void findsTheFirstRunAndTheFinThatFollowsIt() {
        var queue = new ReassemblyQueue(ALLOCATOR, 8, 1 << 20);
        assertThat(queue.held(0, 100)).isFalse();
        add(queue, 0, 10, 10, 100);
        add(queue, 0, 30, 10, 100);
        add(queue, 0, 25, 5, 100);
        assertRun(queue, 0, 11, 10, 20);
        assertRun(queue, 19, 50, 10, 20);
        assertRun(queue, 20, 50, 25, 40);
        assertRun(queue, 39, 40, 25, 40);
        assertThat(queue.held(0, 10) || queue.held(20, 25) || queue.held(40, 50)).isFalse();
        queue.fin(40);
        assertRun(queue, 26, 27, 25, 41);
        assertRun(queue, 40, 41, 25, 41);
        queue.clear();
        queue.fin(7);
        assertRun(queue, 7, 8, 7, 8);
        assertThat(queue.held(6, 7) || queue.held(8, 9)).isFalse();
        queue.clear();
    }

    private static void assertRun(ReassemblyQueue queue, int seq, int end, int from, int to) {
        assertThat(queue.held(seq, end)).isTrue();
        assertThat(queue.runStart()).isEqualTo(from);
        assertThat(queue.runEnd()).isEqualTo(to);
    }

    @Test
    void remembersTheFirstFin() {
        var queue = new ReassemblyQueue(ALLOCATOR, 8, 1 << 20);
        assertThat(queue.isEmpty()).isTrue();
        queue.fin(50);
        queue.fin(70);
        assertThat(queue.isEmpty()).isFalse();
        assertThat(queue.finBefore(49)).isFalse();
        assertThat(queue.finBefore(50)).isTrue();
        queue.clear();
        assertThat(queue.isEmpty()).isTrue();
    }
}
