package org.splnet.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.net.ScarceAllocator;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

@ExtendWith(NoLeaks.class)
class SendBufferTest {
    private static final int LIMIT = 256 << 10;

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private final ScarceAllocator memory = new ScarceAllocator();
    private final SendBuffer buffer = new SendBuffer(LIMIT, memory);
    private long appended;

    @AfterEach
    void clear() {
        buffer.clear();
        assertThat(buffer.pinned()).isZero();
    }

    @Test
    void keepsALargeWriteByReferenceUntilItIsAcknowledged() {
        ByteBuf data = Pattern.direct(0, 8000);
        assertThat(buffer.append(data)).isEqualTo(8000);
        assertThat(data.isReadable()).isFalse();
        assertThat(data.refCnt()).isEqualTo(2);
        buffer.drop(7999);
        assertThat(data.refCnt()).isEqualTo(2);
        buffer.drop(1);
        assertThat(data.refCnt()).isEqualTo(1);
        data.release();
    }

    @Test
    void takesWhatThereIsRoomForAndTheRestLaterAsOnePiece() {
        buffer.limit(5000);
        ByteBuf data = Pattern.direct(0, 8000);
        assertThat(buffer.append(data)).isEqualTo(5000);
        assertThat(buffer.space()).isZero();
        assertThat(buffer.append(data)).isZero();
        buffer.drop(3500);
        assertThat(buffer.append(data)).isEqualTo(3000);
        data.release();
        Packet packet = pool.allocate(0);
        assertThat(buffer.slice(packet, 0, 4500)).isEqualTo(4500);
        assertThat(packet.pieces()).isOne();
        assertThat(Pattern.matches(packet, 3500)).isTrue();
        packet.free();
    }

    @Test
    void whatTheUserLeavesOutOfABufferIsNotSent() {
        ByteBuf data = Pattern.direct(0, 8000);
        buffer.append(data, 5000);
        buffer.append(data.skipBytes(1000));
        data.release();
        Packet packet = pool.allocate(0);
        assertThat(buffer.slice(packet, 0, 7000)).isEqualTo(7000);
        assertThat(Pattern.matches(packet.pieceBuf(0), packet.pieceAt(0), 5000, 0)).isTrue();
        assertThat(Pattern.matches(packet.pieceBuf(1), packet.pieceAt(1), 2000, 6000)).isTrue();
        packet.free();
    }

    @Test
    void gathersWritesOfOneOctetIntoFewPieces() {
        for (int i = 0; i < LIMIT; i++) {
            append(Pattern.direct(appended, 1));
        }
        assertThat(buffer.space()).isZero();
        assertThat(buffer.pinned()).isLessThanOrEqualTo(2L * LIMIT);
        Packet packet = pool.allocate(0);
        assertThat(buffer.slice(packet, 0, LIMIT)).isEqualTo(LIMIT);
        assertThat(Pattern.matches(packet, 0)).isTrue();
        packet.free();
    }

    @Test
    void copiesASmallSliceOfALargeBuffer() {
        for (int i = 0; i < 20; i++) {
            ByteBuf large = Pattern.within(64 << 10, 100 * i, appended, 2000);
            append(large);
        }
        assertThat(buffer.pinned()).isLessThanOrEqualTo(4L * buffer.used());
    }

    @Test
    void chargesABufferThatIsSentFromAgainAndAgainOnce() {
        ByteBuf page = PooledByteBufAllocator.DEFAULT.directBuffer(512 << 10).writeZero(512 << 10);
        ByteBuf heading = PooledByteBufAllocator.DEFAULT.directBuffer(8).writeZero(8);
        for (int i = 0; i < 3; i++) {
            assertThat(buffer.append(heading.readerIndex(0))).isEqualTo(8);
            assertThat(buffer.append(page.slice(i * 1000, 64 << 10))).isEqualTo(64 << 10);
        }
        assertThat(page.refCnt()).isEqualTo(4);
        assertThat(buffer.pinned()).isLessThan(page.capacity() + (64 << 10));
        buffer.drop(buffer.used() - 1);
        assertThat(buffer.pinned()).as("still charged to the last slice").isEqualTo(page.capacity());
        page.release();
        heading.release();
    }

    @Test
    void copiesWhatHasNoNativeAddress() {
        ByteBuf heap = Pattern.heap(0, 10_000);
        assertThat(buffer.append(heap)).isEqualTo(10_000);
        assertThat(heap.refCnt()).isOne();
        heap.release();
        Packet packet = pool.allocate(0);
        buffer.slice(packet, 0, 10_000);
        assertThat(Pattern.matches(packet, 0)).isTrue();
        assertThat(packet.pieceBuf(0).hasMemoryAddress()).isTrue();
        packet.free();
    }

    /// Of 200 octets in the open chunk's last 56, and of what takes three more chunks.
    @ParameterizedTest
    @CsvSource({"200, 0", "180000, 0", "180000, 2"})
    void whatThereIsNoMemoryForIsNotTakenInPartEither(int len, int chunks) {
        append(Pattern.direct(appended, 200));
        ByteBuf data = Pattern.heap(appended, len);
        memory.left(chunks);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> buffer.append(data)).isInstanceOf(OutOfMemoryError.class);
            assertThat(data.readableBytes()).isEqualTo(len);
            assertThat(buffer.used()).isEqualTo(200);
            assertThat(buffer.pinned()).isEqualTo(256);
            memory.left(chunks);
        }
        memory.left(Integer.MAX_VALUE);
        append(data);
        Packet packet = pool.allocate(0);
        assertThat(buffer.slice(packet, 0, 200 + len)).isEqualTo(200 + len);
        assertThat(Pattern.matches(packet, 0)).isTrue();
        packet.free();
    }

    @Test
    void slicesNoFurtherThanThePacketHasPieces() {
        for (int i = 0; i < 40; i++) {
            append(Pattern.direct(appended, 2000));
        }
        Packet packet = pool.allocate(0);
        assertThat(buffer.slice(packet, 500, 70_000)).isEqualTo(Packet.MAX_PIECES * 2000 - 500);
        assertThat(Pattern.matches(packet, 500)).isTrue();
        assertThatThrownBy(() -> buffer.slice(packet, 79_999, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        packet.free();
    }

    /// Across borders of pieces, behind what the packet has already.
    @Test
    void fewOctetsAreCopied() {
        append(Pattern.direct(appended, 2000));
        append(Pattern.direct(appended, 2000));
        for (int len : new int[] {1, Packet.COPY, Packet.COPY + 1}) {
            Packet packet = pool.allocate(20 + SendBuffer.copied(len));
            int capacity = packet.buf.capacity();
            packet.append(20);
            assertThat(buffer.slice(packet, 1900, len)).isEqualTo(len);
            assertThat(packet.pieces()).isEqualTo(len <= Packet.COPY ? 0 : 2);
            assertThat(packet.buf.capacity()).isEqualTo(capacity);
            packet.start += 20;
            assertThat(Pattern.matches(packet, 1900)).isTrue();
            packet.free();
        }
    }

    @Test
    void slicesOutliveTheAcknowledgement() {
        append(Pattern.direct(0, 3000));
        Packet packet = pool.allocate(0);
        buffer.slice(packet, 1000, 2000);
        buffer.drop(3000);
        assertThat(buffer.pinned()).isZero();
        assertThat(Pattern.matches(packet, 1000)).isTrue();
        packet.free();
    }

    /// Appends of every kind, slices anywhere, acknowledgements of anything, against the pattern.
    @Test
    void agreesWithTheStreamWhateverTheSizes() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        long acknowledged = 0;
        for (int round = 0; round < 30_000; round++) {
            if (random.nextInt(3) > 0) {
                append(anyBuffer(random));
            }
            int used = (int) (appended - acknowledged);
            assertThat(buffer.used()).as("seed %d", seed).isEqualTo(used);
            if (used > 0) {
                int from = random.nextBoolean() ? random.nextInt(Math.min(used, 10)) : random.nextInt(used);
                Packet packet = pool.allocate(0);
                int len = random.nextInt(used - from + 1);
                int got = buffer.slice(packet, from, len);
                assertThat(got == len || packet.pieces() == Packet.MAX_PIECES).as("seed %d", seed).isTrue();
                assertThat(packet.length()).isEqualTo(got);
                assertThat(Pattern.matches(packet, acknowledged + from)).as("seed %d", seed).isTrue();
                packet.free();
            }
            if (random.nextInt(3) == 0) {
                int len = random.nextInt(8) == 0 ? used : random.nextInt(used + 1);
                buffer.drop(len);
                acknowledged += len;
            }
            assertThat(buffer.pinned()).as("seed %d", seed)
                    .isLessThanOrEqualTo(2L * buffer.used() + SendBuffer.SLACK + (160 << 10));
        }
    }

    private ByteBuf anyBuffer(SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> Pattern.direct(appended, 1 + random.nextInt(20));
            case 1 -> Pattern.heap(appended, 1 + random.nextInt(6000));
            case 2 -> Pattern.direct(appended, 1 + random.nextInt(6000));
            case 3 -> Pattern.within(32 << 10, random.nextInt(9000), appended, 1 + random.nextInt(3000));
            default -> Pattern.within(16 << 10, 10, appended, 8000);
        };
    }

    /// Consumes `data`, of which as much is taken as there is room for.
    private void append(ByteBuf data) {
        appended += buffer.append(data);
        data.release();
    }
}
