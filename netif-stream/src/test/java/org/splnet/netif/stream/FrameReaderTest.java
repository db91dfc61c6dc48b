package org.splnet.netif.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.net.ScarceAllocator;
import org.splnet.netif.stream.FrameReader.State;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Fd;

@ExtendWith(NoLeaks.class)
class FrameReaderTest {
    private static final int MTU = 1500;
    private static final int LONGEST = MTU + 14 + 8;

    private final Fd calls = Fd.mine();
    private final int ours = calls.pair(Fd.STREAM);
    private final int theirs = calls.second();
    private final ScarceAllocator memory = new ScarceAllocator();
    private final PacketPool pool = new PacketPool(memory);
    private final FrameReader reader = new FrameReader(MTU);
    private final List<byte[]> seen = new ArrayList<>();

    @AfterEach
    void close() {
        calls.close(ours);
        calls.close(theirs);
        reader.dispose();
    }

    private void look(Packet frame) {
        assertThat(frame.l2).isEqualTo(frame.start);
        seen.add(ByteBufUtil.getBytes(frame.buf, frame.start, frame.length(), true));
        frame.free();
    }

    private int read(int max) {
        return reader.read(ours, pool, this::look, max);
    }

    private void send(byte[]... parts) {
        ByteBuf all = Unpooled.directBuffer();
        try {
            for (byte[] part : parts) {
                all.writeBytes(part);
            }
            while (all.isReadable()) {
                assertThat(calls.write(theirs, all)).isPositive();
            }
        } finally {
            all.release();
        }
    }

    private static byte[] prefix(long length) {
        return new byte[] {(byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length};
    }

    private static byte[] octets(SplittableRandom random, int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return octets;
    }

    @Test
    void aFrameThatThereIsNoMemoryForWaits() {
        byte[] frame = octets(new SplittableRandom(1), 60);
        send(prefix(60), frame);
        memory.most(0);
        assertThatThrownBy(() -> read(8)).isInstanceOf(OutOfMemoryError.class);
        memory.most(Integer.MAX_VALUE);
        assertThat(read(8)).isOne();
        assertThat(seen).containsExactly(frame);
    }

    /// However the kernel hands the octets over, and however few frames are asked for, the frames are those
    /// that were sent.
    @Test
    void cutsAtTheRightPlacesWhereverTheChunksEnd() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            seen.clear();
            var sent = new ArrayList<byte[]>();
            ByteBuf wire = Unpooled.buffer();
            int frames = 1 + random.nextInt(100);
            for (int i = 0; i < frames; i++) {
                byte[] frame = octets(random, 1 + random.nextInt(random.nextInt(4) == 0 ? LONGEST : 80));
                sent.add(frame);
                wire.writeInt(frame.length).writeBytes(frame);
            }
            int largest = 1 + random.nextInt(5000);
            while (wire.isReadable()) {
                byte[] chunk = new byte[Math.min(wire.readableBytes(), 1 + random.nextInt(largest))];
                wire.readBytes(chunk);
                send(chunk);
                int max = 1 + random.nextInt(8);
                while (read(max) == max) {
                    assertThat(reader.state()).isEqualTo(State.OPEN);
                }
            }
            assertThat(seen).as("seed %d, round %d", seed, round).usingElementComparator(
                    java.util.Arrays::compare).containsExactlyElementsOf(sent);
            assertThat(reader.partial()).isZero();
        }
    }

    @Test
    void readsManyFramesWithOneCallAndNoMoreThanAsked() {
        for (int i = 0; i < 10; i++) {
            send(prefix(60), new byte[60]);
        }
        assertThat(read(3)).isEqualTo(3);
        assertThat(reader.complete()).as("the others are here already").isTrue();
        calls.close(ours);                      // and so need no descriptor
        assertThat(read(7)).isEqualTo(7);
        assertThat(reader.complete()).isFalse();
    }

    @Test
    void takesTheLongestFrameThereMayBe() {
        byte[] frame = octets(new SplittableRandom(1), LONGEST);
        send(prefix(LONGEST), frame);
        assertThat(read(64)).isEqualTo(1);
        assertThat(seen).singleElement().isEqualTo(frame);
    }

    @ParameterizedTest
    @ValueSource(longs = {LONGEST + 1, 65536, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL})
    void endsWithAPeerThatAnnouncesMore(long length) {
        send(prefix(60), new byte[60], prefix(length), new byte[2000]);
        assertThat(read(64)).isEqualTo(1);
        assertThat(reader.state()).isEqualTo(State.TOO_LONG);
        assertThat(reader.refused()).isEqualTo(length);
        assertThat(pool.drops().count(DropReason.ETHER_TRUNCATED)).isEqualTo(1);
        assertThat(reader.complete()).isFalse();
        assertThat(read(64)).as("and reads no more of it").isZero();
        assertThat(pool.drops().count(DropReason.ETHER_TRUNCATED)).isEqualTo(1);
    }

    @Test
    void countsAnEmptyFrameAndGoesOn() {
        send(prefix(0), prefix(0), prefix(42), new byte[42]);
        assertThat(read(64)).isEqualTo(3);
        assertThat(seen).hasSize(1);
        assertThat(pool.drops().count(DropReason.ETHER_SHORT)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 63})
    void tellsWhereThePeerEnded(int octets) {
        send(prefix(60), new byte[60], java.util.Arrays.copyOf(prefix(60), Math.min(4, octets)),
                new byte[Math.max(0, octets - 4)]);
        calls.shutdown(theirs, Fd.SHUT_WR);
        assertThat(read(64)).isEqualTo(1);
        assertThat(reader.state()).isEqualTo(State.ENDED);
        assertThat(reader.partial()).isEqualTo(octets);
        assertThat(reader.errno()).isZero();
        reader.restart();
        assertThat(reader.partial()).isZero();
        assertThat(reader.state()).isEqualTo(State.OPEN);
    }

    @Test
    void leavesAKeptFrameAlone() {
        var kept = new ArrayList<ByteBuf>();
        var random = new SplittableRandom(2);
        var sent = new ArrayList<byte[]>();
        for (int i = 0; i < 20; i++) {
            byte[] frame = octets(random, 100 + i);
            sent.add(frame);
            send(prefix(frame.length), frame);
            reader.read(ours, pool, packet -> {
                kept.add(packet.buf.retainedSlice(packet.start, packet.length()));
                packet.append(500);             // what a reply built in place does
                packet.free();
            }, 64);
        }
        for (int i = 0; i < sent.size(); i++) {
            assertThat(ByteBufUtil.getBytes(kept.get(i))).isEqualTo(sent.get(i));
            kept.get(i).release();
        }
    }
}
