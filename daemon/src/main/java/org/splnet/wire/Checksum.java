package org.splnet.wire;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/// The Internet checksum (RFC 1071), its pseudo headers, and its incremental update (RFC 1624).
///
/// A *sum* here is the one's complement sum of 16-bit words, folded to 0..0xffff and not complemented; 0 only
/// if every octet was 0. Sums are put together with [#add], and [#finish] makes the checksum of one:
/// ```java
/// int sum = Checksum.pseudo(srcHi, srcLo, dstHi, dstLo, IpProto.TCP, length);
/// sum = Checksum.add(sum, Checksum.sum(head, l4, headLen));
/// sum = Checksum.addAt(sum, Checksum.sum(piece, at, len), headLen);     // headLen may be odd
/// header.checksum(Checksum.finish(sum));
/// ```
/// Data is right if its sum, checksum included, is [#GOOD]. Every `ByteBuf` is borrowed; neither its indices
/// nor its internal NIO buffer are touched, so that two threads may sum slices of one buffer.
public final class Checksum {
    /// Sum of data together with its right checksum: 0xffff, one's complement's other zero.
    public static final int GOOD = 0xffff;

    private static final long LOW_HALF = 0xffff_ffffL;
    // Headers must not run through the loops for payload: the JIT judges a loop by its mean length, and would
    // leave one that is mostly short unvectorised, at a quarter of the speed.
    private static final int BULK = 128;
    // RFC 1071 §2 (B): the sum of swapped words is the swapped sum. Words are read little-endian, which on
    // the machines at hand costs nothing, and the result is swapped once.
    private static final ValueLayout.OfLong LONG_LE =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ARRAY_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    // A constant segment costs neither an object nor a bounds check per word, and the loop over it becomes
    // vector code; the bounds are checked once per call, against the buffer. That check is what makes up for
    // the restricted call.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Checksum() { }

    /// Sum of `len` octets from index `at`, as if they began at an even offset. Any alignment, any length;
    /// an odd one is padded with a zero octet (RFC 1071 §1).
    ///
    /// @throws IndexOutOfBoundsException if the range is not within the buffer
    public static int sum(ByteBuf buf, int at, int len) {
        Objects.checkFromIndexSize(at, len, buf.capacity());
        int words = len & ~7;
        long sum;
        if (words < BULK) {
            sum = any(buf, at, words);
        } else if (buf.hasMemoryAddress()) {
            sum = direct(buf.memoryAddress() + at, words);
        } else if (buf.hasArray()) {
            sum = heap(buf.array(), buf.arrayOffset() + at, words);
        } else {
            sum = any(buf, at, words);
        }
        sum += tail(buf, at + words, len & 7);
        return swap(fold(sum));
    }

    /// The sum of what `sum` and `more` are the sums of, one behind the other at an even offset.
    public static int add(int sum, int more) {
        int s = sum + more;
        return (s & 0xffff) + (s >>> 16);
    }

    /// The same for data that continues at `offset` octets from where the whole began: at an odd offset each
    /// octet stands in the other half of its word (RFC 1071 §2 (B)).
    public static int addAt(int sum, int more, int offset) {
        return add(sum, (offset & 1) == 0 ? more : swap(more));
    }

    /// Sum of the pseudo header of TCP and UDP, both families: RFC 9293 §3.1, RFC 768, RFC 8200 §8.1.
    ///
    /// One formula serves both. A mapped address differs from its 32 bits by a word of 0xffff, which is zero
    /// in one's complement, and the fields that are wider in IPv6 have the same sum.
    public static int pseudo(long srcHi, long srcLo, long dstHi, long dstLo, int proto, int length) {
        long sum = halves(srcHi) + halves(srcLo) + halves(dstHi) + halves(dstLo);
        return fold(sum + proto + (length & LOW_HALF));
    }

    /// Folds a sum of 16- or 32-bit words to 16 bits.
    public static int fold(long sum) {
        long s = (sum & LOW_HALF) + (sum >>> 32);
        s = (s & LOW_HALF) + (s >>> 32);
        s = (s & 0xffff) + (s >>> 16);
        s = (s & 0xffff) + (s >>> 16);
        return (int) s;
    }

    /// The checksum to send for data of this sum, the checksum field having been zero.
    public static int finish(int sum) {
        return ~sum & 0xffff;
    }

    /// As UDP sends it: a computed zero goes out as 0xffff, for zero means "none" (RFC 768).
    public static int udp(int checksum) {
        return checksum == 0 ? 0xffff : checksum;
    }

    /// The checksum after a 16-bit word of the data has changed (RFC 1624 §3, equation 3), unless there is
    /// nothing but zeros then: that it cannot know, and gives 0 where 0xffff were right.
    public static int update16(int checksum, int before, int after) {
        return finish(fold((long) (~checksum & 0xffff) + (~before & 0xffff) + (after & 0xffff)));
    }

    private static long direct(long address, int len) {
        long sum = 0;
        for (long p = address, end = address + len; p < end; p += 8) {
            sum += halves(MEMORY.get(LONG_LE, p));
        }
        return sum;
    }

    private static long heap(byte[] array, int at, int len) {
        long sum = 0;
        for (int i = 0; i < len; i += 8) {
            sum += halves((long) ARRAY_LE.get(array, at + i));
        }
        return sum;
    }

    private static long any(ByteBuf buf, int at, int len) {
        long sum = 0;
        for (int i = at, end = at + len; i < end; i += 8) {
            sum += halves(buf.getLongLE(i));
        }
        return sum;
    }

    /// The last 0 to 7 octets. A last single octet is the first of its word: the low half, read this way.
    private static long tail(ByteBuf buf, int at, int len) {
        long sum = 0;
        int i = at;
        if ((len & 4) != 0) {
            sum += buf.getUnsignedIntLE(i);
            i += 4;
        }
        if ((len & 2) != 0) {
            sum += buf.getUnsignedShortLE(i);
            i += 2;
        }
        return (len & 1) != 0 ? sum + buf.getUnsignedByte(i) : sum;
    }

    /// Two 32-bit halves added in 64 bits: carries collect in the upper half and are folded once at the end;
    /// 2^31 octets are far from overflowing it.
    private static long halves(long x) {
        return (x & LOW_HALF) + (x >>> 32);
    }

    private static int swap(int sum) {
        return sum >>> 8 | (sum & 0xff) << 8;
    }
}
