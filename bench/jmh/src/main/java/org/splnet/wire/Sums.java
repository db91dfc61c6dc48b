package org.splnet.wire;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Other ways to the same sum as [Checksum#sum], all over a direct buffer and a multiple of eight octets with
/// the rest left to [Checksum]: what it is compared with.
final class Sums {
    private static final long LOW_HALF = 0xffff_ffffL;
    private static final VectorSpecies<Long> SPECIES = LongVector.SPECIES_PREFERRED;
    private static final int STEP = SPECIES.vectorByteSize();
    private static final ValueLayout.OfLong LONG_LE =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Sums() {
    }

    /// RFC 1071 §4.1 to the letter: octet by octet, two to a word.
    static int pairs(ByteBuf buf, int at, int len) {
        long sum = 0;
        int i = 0;
        for (; i < len - 1; i += 2) {
            sum += buf.getUnsignedByte(at + i) << 8 | buf.getUnsignedByte(at + i + 1);
        }
        return Checksum.fold(i < len ? sum + (buf.getUnsignedByte(at + i) << 8) : sum);
    }

    /// 64 bits at a time, the carry added as it comes: no loop that could become vector code.
    static int carry(ByteBuf buf, int at, int len) {
        long from = buf.memoryAddress() + at;
        int words = len & ~7;
        long sum = 0;
        for (int i = 0; i < words; i += 8) {
            long word = MEMORY.get(LONG_LE, from + i);
            sum += word;
            sum += Long.compareUnsigned(sum, word) < 0 ? 1 : 0;
        }
        return rest(halves(sum), buf, at, len, words);
    }

    /// As [Checksum] does it, unrolled by hand with four sums.
    static int unrolled(ByteBuf buf, int at, int len) {
        long p = buf.memoryAddress() + at;
        int words = len & ~7;
        int wide = len & ~31;
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (int i = 0; i < wide; i += 32) {
            a += halves(MEMORY.get(LONG_LE, p + i));
            b += halves(MEMORY.get(LONG_LE, p + i + 8));
            c += halves(MEMORY.get(LONG_LE, p + i + 16));
            d += halves(MEMORY.get(LONG_LE, p + i + 24));
        }
        for (int i = wide; i < words; i += 8) {
            a += halves(MEMORY.get(LONG_LE, p + i));
        }
        return rest(a + b + c + d, buf, at, len, words);
    }

    /// As [Checksum] does it, over `int` indices from a base, which the JIT may judge otherwise than
    /// addresses.
    static int indexed(ByteBuf buf, int at, int len) {
        long p = buf.memoryAddress() + at;
        int words = len >>> 3;
        long sum = 0;
        for (int i = 0; i < words; i++) {
            sum += halves(MEMORY.get(LONG_LE, p + 8L * i));
        }
        return rest(sum, buf, at, len, len & ~7);
    }

    /// By `jdk.incubator.vector`, as wide as the processor prefers, four sums.
    static int vector(ByteBuf buf, int at, int len) {
        long p = buf.memoryAddress() + at;
        int words = len & ~7;
        int wide = len - len % (4 * STEP);
        LongVector a = LongVector.zero(SPECIES);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        int i = 0;
        for (; i < wide; i += 4 * STEP) {
            a = a.add(lanes(p + i));
            b = b.add(lanes(p + i + STEP));
            c = c.add(lanes(p + i + 2 * STEP));
            d = d.add(lanes(p + i + 3 * STEP));
        }
        for (; i + STEP <= words; i += STEP) {
            a = a.add(lanes(p + i));
        }
        long sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
        for (; i < words; i += 8) {
            sum += halves(MEMORY.get(LONG_LE, p + i));
        }
        return rest(sum, buf, at, len, words);
    }

    private static LongVector lanes(long address) {
        LongVector words = LongVector.fromMemorySegment(SPECIES, MEMORY, address, ByteOrder.LITTLE_ENDIAN);
        return words.and(LOW_HALF).add(words.lanewise(VectorOperators.LSHR, 32));
    }

    private static long halves(long word) {
        return (word & LOW_HALF) + (word >>> 32);
    }

    private static int rest(long sum, ByteBuf buf, int at, int len, int done) {
        int words = Checksum.fold(sum);
        int swapped = words >>> 8 | (words & 0xff) << 8;
        return Checksum.add(swapped, Checksum.sum(buf, at + done, len - done));
    }
}
