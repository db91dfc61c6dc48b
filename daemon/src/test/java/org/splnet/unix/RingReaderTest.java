package org.splnet.unix;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;

class RingReaderTest {
    private static final int CAPACITY = 1 << 18;
    private static final int BLOCK = 1 << 16;

    private SharedMemory memory;
    private RingWriter writer;
    private RingReader reader;
    private int given;
    private long written;
    private long read;

    @BeforeEach
    void make() {
        make(CAPACITY);
    }

    private void make(int capacity) {
        int fd = SharedMemory.make(Ring.size(capacity));
        memory = SharedMemory.map(fd, Ring.size(capacity));
        Fd.mine().close(fd);
        writer = new RingWriter(memory, Ring.IN, capacity);
        reader = new RingReader(memory, Ring.IN, capacity, () -> given++);
    }

    @AfterEach
    void unmap() {
        memory.close();
    }

    private static byte octet(long position) {
        return (byte) (position * 31 ^ position >> 9);
    }

    /// @return octets the ring had room for
    private int write(int length) {
        ByteBuf buf = Unpooled.directBuffer(length, length);
        for (int i = 0; i < length; i++) {
            buf.writeByte(octet(written + i));
        }
        int n = Math.max(writer.write(buf), 0);
        written += n;
        buf.release();
        return n;
    }

    private ByteBuf lend(int most) {
        ByteBuf lent = reader.lend(most);
        if (lent != null) {
            check(lent, lent.readerIndex(), lent.readableBytes(), read);
            read += lent.readableBytes();
        }
        return lent;
    }

    private int copy(int most) {
        ByteBuf to = Unpooled.directBuffer(most, most);
        int n = reader.read(to);
        check(to, 0, n, read);
        read += n;
        to.release();
        return n;
    }

    private static void check(ByteBuf buf, int at, int length, long position) {
        for (int i = 0; i < length; i++) {
            assertThat(buf.getByte(at + i)).as("octet %d", position + i).isEqualTo(octet(position + i));
        }
    }

    private int room() {
        return CAPACITY - (int) (written - memory.octets().get(java.lang.foreign.ValueLayout.JAVA_LONG,
                1024 + Ring.READ));
    }

    @Test
    void whatIsLentKeepsItsPlaceUntilItIsGivenBack() {
        assertThat(write(CAPACITY)).isEqualTo(CAPACITY);
        ByteBuf first = lend(BLOCK);
        ByteBuf second = lend(BLOCK);
        reader.settle();
        assertThat(room()).isZero();
        assertThat(write(1)).isZero();

        second.release();
        reader.settle();
        assertThat(given).isOne();
        assertThat(room()).as("the first is not given back").isZero();

        first.release();
        assertThat(given).isEqualTo(2);
        reader.settle();
        assertThat(room()).isEqualTo(2 * BLOCK);
        assertThat(reader.lends()).isFalse();
    }

    @Test
    void aBlockIsReadInPiecesAndGivenBackWhenAllOfItIsReadAndReleased() {
        write(CAPACITY);
        ByteBuf one = lend(20_000);
        ByteBuf two = lend(20_000);
        assertThat(two).isSameAs(one);
        two.release();
        one.release();
        assertThat(given).as("the rest of it may be lent yet").isZero();
        assertThat(copy(BLOCK)).isEqualTo(BLOCK);
        assertThat(given).isOne();
        reader.settle();
        assertThat(room()).as("a whole block").isEqualTo(BLOCK);
    }

    @Test
    void littleIsCopiedAndSoIsEverythingOfASmallRing() {
        write(RingReader.WORTH_LENDING - 1);
        assertThat(reader.lend(CAPACITY)).isNull();
        write(1);
        ByteBuf lent = lend(CAPACITY);
        assertThat(lent.readableBytes()).isEqualTo(RingReader.WORTH_LENDING);
        lent.release();
        memory.close();
        make(Ring.LEAST);
        written = 0;
        write(Ring.LEAST);
        assertThat(reader.lend(Ring.LEAST)).isNull();
    }

    @Test
    void ofASmallRingEachOctetIsSettled() {
        memory.close();
        make(Ring.LEAST);
        write(1000);
        assertThat(copy(400)).isEqualTo(400);
        assertThat(reader.unsettled()).isEqualTo(400);
        reader.settle();
        assertThat(reader.unsettled()).isZero();
    }

    /// The rest of a block is kept by somebody, and the writer has come around to its beginning.
    @Test
    void aBlockIsNotLentAgainWhileAPartOfItIsKept() {
        write(40_000);
        assertThat(copy(40_000)).isEqualTo(40_000);
        reader.settle();
        write(CAPACITY);
        ByteBuf rest = lend(BLOCK);
        assertThat(rest.readableBytes()).isEqualTo(BLOCK - 40_000);
        while (copy(CAPACITY) > 0) {
            reader.settle();
        }
        assertThat(write(CAPACITY)).as("room before the block that is kept").isZero();
        rest.release();
        reader.settle();
        assertThat(write(CAPACITY)).isEqualTo(CAPACITY);
    }

    @Test
    void theWriterIsWokenWhenThereIsHalfOfTheRoom() {
        write(CAPACITY);
        assertThat(write(1)).as("and sleeps now").isZero();
        ByteBuf first = lend(BLOCK);
        ByteBuf second = lend(BLOCK);
        first.release();
        reader.settle();
        assertThat(reader.writerMustBeWoken()).isFalse();
        second.release();
        reader.settle();
        assertThat(reader.writerMustBeWoken()).isTrue();
        assertThat(reader.writerMustBeWoken()).isFalse();
    }

    /// A writer that claims to have written where octets are still lent would have changed them.
    @Test
    void octetsWhereSomethingIsLentCannotBe() {
        write(CAPACITY);
        ByteBuf first = lend(BLOCK);
        memory.octets().set(java.lang.foreign.ValueLayout.JAVA_LONG, 1024 + Ring.WRITTEN, CAPACITY + 1L);
        assertThat(reader.available()).isEqualTo(Ring.BROKEN);
        assertThat(reader.lend(BLOCK)).isNull();
        first.release();
    }

    @Test
    void closingGivesBackWhatWasNotReadToItsEnd() {
        write(CAPACITY);
        lend(20_000).release();
        reader.close();
        assertThat(reader.lends()).isFalse();
        assertThat(given).isOne();
    }

    @Test
    void nothingIsLostWhateverIsLentForHowLong() {
        var rnd = new SplittableRandom(TestSeed.next());
        var held = new ArrayDeque<ByteBuf>();
        for (int i = 0; i < 3000; i++) {
            switch (rnd.nextInt(4)) {
                case 0 -> write(1 + rnd.nextInt(100_000));
                case 1 -> {
                    ByteBuf lent = lend(1 + rnd.nextInt(100_000));
                    if (lent != null && rnd.nextBoolean()) {
                        held.addFirst(lent);
                    } else if (lent != null) {
                        held.addLast(lent);
                    }
                }
                case 2 -> copy(1 + rnd.nextInt(50_000));
                default -> {
                    if (!held.isEmpty()) {
                        held.removeFirst().release();
                    }
                    reader.settle();
                }
            }
        }
        held.forEach(ByteBuf::release);
        while (copy(CAPACITY) > 0) {
            reader.settle();
        }
        reader.close();
        reader.settle();
        assertThat(read).isEqualTo(written).isGreaterThan(10L * CAPACITY);
        assertThat(room()).isGreaterThan(CAPACITY - BLOCK);
    }
}
