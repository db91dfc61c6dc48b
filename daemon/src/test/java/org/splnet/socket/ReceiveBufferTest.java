package org.splnet.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.net.ScarceAllocator;

@ExtendWith(NoLeaks.class)
class ReceiveBufferTest {
    private static final int LIMIT = 512 << 10;
    private static final int FRAME = 66 << 10;

    private final ScarceAllocator memory = new ScarceAllocator();
    private final ReceiveBuffer buffer = new ReceiveBuffer(LIMIT, memory);
    private long arrived;
    private long read;

    @AfterEach
    void clear() {
        buffer.clear();
        assertThat(buffer.pinned()).isZero();
    }

    @Test
    void oneOctetPinsLittleWhateverItCameIn() {
        append(FRAME, 54, 1);
        assertThat(buffer.pinned()).isLessThanOrEqualTo(256);
        assertThat(buffer.used()).isOne();
    }

    @Test
    void keepsALargePayloadByReference() {
        ByteBuf frame = Pattern.within(FRAME, 54, 0, 60_000);
        buffer.append(frame, 54, 60_000);
        assertThat(frame.refCnt()).isEqualTo(2);
        frame.release();
        ByteBuf taken = buffer.take(100_000);
        assertThat(taken.readableBytes()).isEqualTo(60_000);
        assertThat(Pattern.matches(taken, taken.readerIndex(), 60_000, 0)).isTrue();
        assertThat(buffer.pinned()).isZero();
        taken.release();
    }

    /// The piece that a chunk was charged to has gone, and another has its place.
    @Test
    void countsWhatIsCopiedIntoAChunkOfWhichAllWasRead() {
        append(1500, 54, 100);
        for (int i = 0; i < 3; i++) {
            append(2000, 0, 2000);
        }
        buffer.take(100).release();
        append(2000, 0, 2000);
        append(1500, 54, 100);
        assertThat(buffer.pinned()).isEqualTo(4 * 2000 + 256);
    }

    @Test
    void whatWasTakenStaysAsItWasWhileMoreIsCopiedBehindIt() {
        append(1500, 54, 100);
        ByteBuf first = buffer.take(60);
        append(1500, 54, 100);
        assertThat(Pattern.matches(first, first.readerIndex(), 60, 0)).isTrue();
        first.release();
        read = 60;
        takeAndCheck(1000, 0);
    }

    @Test
    void joinsSmallPayloadsSoThatTheyAreReadAtOnce() {
        for (int i = 0; i < 100; i++) {
            append(1500, 54, 500);
        }
        int reads = 0;
        while (buffer.used() > 0) {
            takeAndCheck(1 << 20, 0);
            reads++;
        }
        assertThat(reads).isLessThan(12);
    }

    /// The peer sends again what was not acknowledged, all of it: a part that was kept came twice.
    @Test
    void whatThereIsNoMemoryForIsNotKeptInPartEither() {
        append(FRAME, 54, 200);
        ByteBuf taken = buffer.take(100);
        read = 100;
        memory.left(0);
        for (int i = 0; i < 2; i++) {
            ByteBuf frame = Pattern.within(FRAME, 54, arrived, 200);
            assertThatThrownBy(() -> buffer.append(frame, 54, 200)).isInstanceOf(OutOfMemoryError.class);
            frame.release();
        }
        assertThat(buffer.used()).isEqualTo(100);
        memory.left(Integer.MAX_VALUE);
        append(FRAME, 54, 200);
        assertThat(Pattern.matches(taken, taken.readerIndex(), 100, 0)).isTrue();
        taken.release();
        while (buffer.used() > 0) {
            takeAndCheck(1000, 0);
        }
    }

    /// RFC 9293 3.8.6: the right edge of the window never moves left.
    @Test
    void honoursEveryOfferedWindowWhateverTheSegmentSizes() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        long edge = buffer.space();
        for (int round = 0; round < 30_000; round++) {
            int room = (int) (edge - arrived);
            int len = switch (random.nextInt(4)) {
                case 0 -> 1;
                case 1 -> 1 + random.nextInt(1448);
                case 2 -> 16_000 + random.nextInt(20_000);
                default -> 1 + random.nextInt(64_000);
            };
            len = Math.min(len, room);
            if (len > 0) {
                append(random.nextBoolean() ? FRAME : len + 54, 54, len);
            }
            if (random.nextInt(3) == 0) {
                takeAndCheck(1 + random.nextInt(200_000), seed);
            }
            assertThat(arrived + buffer.space()).as("seed %d", seed).isGreaterThanOrEqualTo(edge);
            edge = arrived + buffer.space();
            assertThat(buffer.pinned()).as("seed %d", seed)
                    .isLessThanOrEqualTo(2L * buffer.used() + ReceiveBuffer.SLACK + FRAME + (128 << 10));
        }
    }

    @Test
    void smallRemaindersOfLargeFramesStayWithinTheBound() {
        for (int i = 0; i < 16; i++) {
            append(FRAME, 54, 17_000);
        }
        assertThat(buffer.pinned())
                .isLessThanOrEqualTo(2L * buffer.used() + ReceiveBuffer.SLACK + (64 << 10));
    }

    @Test
    void aLowerLimitTakesNothingBack() {
        append(1500, 0, 1400);
        buffer.limit(1000);
        assertThat(buffer.space()).isZero();
        append(1500, 0, 1400);
        assertThat(buffer.used()).isEqualTo(2800);
        takeAndCheck(1400, 0);
        takeAndCheck(1400, 0);
        assertThat(buffer.used()).isLessThanOrEqualTo(1400);
    }

    @Test
    void hasNothingToTakeWhenEmpty() {
        assertThat(buffer.take(1)).isNull();
        assertThatThrownBy(() -> buffer.take(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private void append(int capacity, int at, int len) {
        ByteBuf frame = Pattern.within(capacity, at, arrived, len);
        buffer.append(frame, at, len);
        arrived += len;
        frame.release();
    }

    private void takeAndCheck(int max, long seed) {
        ByteBuf taken = buffer.take(max);
        if (taken == null) {
            assertThat(arrived).as("seed %d", seed).isEqualTo(read);
            return;
        }
        int len = taken.readableBytes();
        assertThat(len).as("seed %d", seed).isBetween(1, max);
        assertThat(Pattern.matches(taken, taken.readerIndex(), len, read)).as("seed %d", seed).isTrue();
        read += len;
        taken.release();
        assertThat(buffer.used()).as("seed %d", seed).isEqualTo((int) (arrived - read));
    }
}
