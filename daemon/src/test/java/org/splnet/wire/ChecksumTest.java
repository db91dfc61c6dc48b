package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;

@ExtendWith(NoLeaks.class)
class ChecksumTest {
    private static final ByteBufAllocator POOLED = PooledByteBufAllocator.DEFAULT;

    /// RFC 1071 §4.1, octet by octet, in a type that cannot overflow.
    private static int naive(byte[] octets, int at, int len) {
        long sum = 0;
        for (int i = 0; i < len; i++) {
            sum += (octets[at + i] & 0xff) << ((i & 1) == 0 ? 8 : 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }

    /// Buffers of every kind that hold those octets.
    private static List<ByteBuf> kinds(byte[] octets) {
        ByteBuf shifted = POOLED.directBuffer(octets.length + 9).writeZero(3).writeBytes(octets).writeZero(6);
        return List.of(
                POOLED.directBuffer(octets.length).writeBytes(octets),
                POOLED.heapBuffer(octets.length).writeBytes(octets),
                Unpooled.wrappedBuffer(octets),
                Unpooled.wrappedBuffer(octets).asReadOnly(),
                shifted.slice(3, octets.length),
                POOLED.compositeBuffer().addComponents(true,
                        POOLED.directBuffer().writeBytes(octets, 0, octets.length / 3),
                        POOLED.heapBuffer().writeBytes(octets, octets.length / 3,
                                octets.length - octets.length / 3)));
    }

    @Test
    void addsTheExampleOfRfc1071() {
        ByteBuf buf = Golden.buf("0001f203f4f5f6f7");
        assertThat(Checksum.sum(buf, 0, 8)).isEqualTo(0xddf2);
        assertThat(Checksum.finish(0xddf2)).isEqualTo(0x220d);
    }

    @Test
    void agreesWithTheNaiveLoopOnEveryKindOfBuffer() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            byte[] octets = new byte[1 + random.nextInt(round % 10 == 0 ? 5000 : 100)];
            random.nextBytes(octets);
            int at = random.nextInt(octets.length);
            int len = random.nextInt(octets.length - at + 1);
            for (ByteBuf buf : kinds(octets)) {
                assertThat(Checksum.sum(buf, at, len))
                        .as("seed %d, %s, %d octets at %d", seed, buf, len, at).isEqualTo(naive(octets, at,
                                len));
                buf.release();
            }
        }
    }

    @Test
    void piecesAddUpWhereverTheyAreCut() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] octets = new byte[random.nextInt(200)];
            random.nextBytes(octets);
            ByteBuf buf = Unpooled.wrappedBuffer(octets);
            int sum = 0;
            int at = 0;
            while (at < octets.length) {
                int len = random.nextInt(octets.length - at + 1);
                sum = Checksum.addAt(sum, Checksum.sum(buf, at, len), at);
                at += len;
            }
            assertThat(sum).as("seed %d", seed).isEqualTo(naive(octets, 0, octets.length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 63, 65535, 1 << 20})
    void carriesSurviveTheLargestWords(int len) {
        byte[] ones = new byte[len];
        Arrays.fill(ones, (byte) 0xff);
        for (ByteBuf buf : kinds(ones)) {
            assertThat(Checksum.sum(buf, 0, len)).isEqualTo(len == 1 ? 0xff00 : naive(ones, 0, len));
            buf.release();
        }
    }

    @Test
    void nothingAndZeroesSumToZero() {
        ByteBuf buf = Unpooled.wrappedBuffer(new byte[64]);
        assertThat(Checksum.sum(buf, 5, 0)).isZero();
        assertThat(Checksum.sum(buf, 64, 0)).isZero();
        assertThat(Checksum.sum(buf, 0, 64)).isZero();
        assertThat(Checksum.finish(0)).isEqualTo(0xffff);
    }

    @Test
    void neverLeavesTheBuffer() {
        for (ByteBuf buf : kinds(new byte[40])) {
            int capacity = buf.capacity();
            for (int[] range : new int[][] {{-1, 4}, {0, capacity + 1}, {capacity, 1}, {4, -1},
                {Integer.MAX_VALUE, 8}, {8, Integer.MAX_VALUE}}) {
                assertThatThrownBy(() -> Checksum.sum(buf, range[0], range[1]))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
            buf.release();
        }
    }

    @Test
    void leavesTheIndicesAlone() {
        ByteBuf buf = Golden.buf(Golden.ECHO).setIndex(7, 9);
        Checksum.sum(buf, 0, buf.capacity());
        assertThat(buf.readerIndex()).isEqualTo(7);
        assertThat(buf.writerIndex()).isEqualTo(9);
    }

    @Test
    void pseudoHeaderServesBothFamilies() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 20_000; round++) {
            int src = random.nextInt();
            int dst = random.nextInt();
            int len = random.nextInt(65536);
            ByteBuf v4 = Unpooled.buffer(12).writeInt(src).writeInt(dst).writeShort(17).writeShort(len);
            assertThat(Checksum.pseudo(0, Ip4Addr.lo(src), 0, Ip4Addr.lo(dst), 17, len))
                    .as("seed %d", seed).isEqualTo(naive(v4.array(), 0, 12));
            long[] a = {random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()};
            ByteBuf v6 = Unpooled.buffer(40);                       // RFC 8200 §8.1
            v6.writeLong(a[0]).writeLong(a[1]).writeLong(a[2]).writeLong(a[3]).writeInt(len << 4).writeInt(6);
            assertThat(Checksum.pseudo(a[0], a[1], a[2], a[3], 6, len << 4))
                    .as("seed %d", seed).isEqualTo(naive(v6.array(), 0, 40));
        }
    }

    @Test
    void verifiesTransportChecksumsOfGoldenFrames() {
        ByteBuf udp = Golden.buf(Golden.UDP);
        int sum = Checksum.pseudo(0, Ip4Addr.lo(0x0a58_0002), 0, Ip4Addr.lo(0x0a58_0001), IpProto.UDP, 37);
        assertThat(Checksum.add(sum, Checksum.sum(udp, 34, 37))).isEqualTo(Checksum.GOOD);
        ByteBuf tcp = Golden.buf(Golden.DATA);
        int len = tcp.capacity() - 20;
        sum = Checksum.pseudo(0, Ip4Addr.lo(0x0a58_0001), 0, Ip4Addr.lo(0x0a58_0002), IpProto.TCP, len);
        assertThat(Checksum.add(sum, Checksum.sum(tcp, 20, len))).isEqualTo(Checksum.GOOD);
    }

    /// RFC 1624 §4: where equation 2 of RFC 1141 gives 0xffff, equation 3 gives 0.
    @Test
    void updatesTheExampleOfRfc1624() {
        assertThat(Checksum.update16(0xdd2f, 0x5555, 0x3285)).isZero();
    }

    @Test
    void updateEqualsComputingAnew() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 50_000; round++) {
            byte[] octets = new byte[24];
            for (int i = 0; i < octets.length; i++) {
                octets[i] = (byte) switch (random.nextInt(3)) {
                    case 0 -> 0;
                    case 1 -> 0xff;
                    default -> random.nextInt();
                };
            }
            octets[23] |= 1;                                       // all zero is the one exception
            ByteBuf buf = Unpooled.wrappedBuffer(octets);
            int before = Checksum.finish(Checksum.sum(buf, 0, 24));
            int at = 2 * random.nextInt(10);
            int value = random.nextBoolean() ? random.nextInt() : -random.nextInt(2);
            int old = buf.getInt(at);
            buf.setShort(at, value);
            int after16 = Checksum.finish(Checksum.sum(buf, 0, 24));
            assertThat(Checksum.update16(before, old >>> 16, value & 0xffff)).as("seed %d", seed)
                    .isEqualTo(after16);
        }
    }

    @Test
    void udpNeverSendsZero() {
        assertThat(Checksum.udp(0)).isEqualTo(0xffff);
        assertThat(Checksum.udp(1)).isEqualTo(1);
        assertThat(Checksum.udp(0xffff)).isEqualTo(0xffff);
    }

    @Test
    void foldsAnyLong() {
        assertThat(Checksum.fold(0)).isZero();
        assertThat(Checksum.fold(0xffff)).isEqualTo(0xffff);
        assertThat(Checksum.fold(0x1_0000)).isEqualTo(1);
        assertThat(Checksum.fold(Long.MAX_VALUE)).isEqualTo(0x7fff);
        assertThat(Checksum.fold(-1L)).isEqualTo(0xffff);
        assertThat(Checksum.fold(0xffff_fffe_ffff_ffffL)).isEqualTo(0xfffe);
    }
}
