package org.splnet.unix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/// One direction of octets between two processes, in [SharedMemory]: a writer and a reader, each of whom
/// believes the other's position only if it can be true.
///
/// The memory begins with a page of words, in the machine's byte order: at 0 the version, at 4 the octets of
/// each direction, a power of two, at 8 the error number with which the connection ended; from 512 those of
/// the direction to the client, from 1024 those of the other. Then come the octets of the first and of the
/// second. Of each direction there are, a cache line each: how many octets were written (64 bits), how many
/// were read (64 bits), whether the reader sleeps, whether the writer sleeps, whether all was written (32
/// bits each). Octet n lies at n modulo the capacity.
///
/// Who finds nothing to do says so in his word, looks once more, and sleeps; who gives him something to do
/// takes the word back, and wakes him if it was there. Both are writes and reads that all processors see in
/// one order (C's `memory_order_seq_cst`), so one of the two sees the other.
public abstract sealed class Ring permits RingReader, RingWriter {
    /// What is in the first word.
    public static final int VERSION = 1;
    /// Octets that a direction may have.
    public static final int LEAST = 1 << 16;
    /// Octets that a direction may have.
    public static final int MOST = 1 << 22;
    /// Octets before those of the first direction.
    public static final int PAGE = 4096;

    /// The direction from who has made the memory.
    public static final int OUT = 0;
    /// The direction to who has made the memory.
    public static final int IN = 1;

    /// The other's position cannot be.
    public static final int BROKEN = -Errno.EPROTO;

    static final int WRITTEN = 0;
    static final int READ = 64;
    static final int READER_SLEEPS = 128;
    static final int WRITER_SLEEPS = 192;
    static final int ENDED = 256;

    private static final int CAPACITY_AT = 4;
    private static final int ERROR_AT = 8;
    private static final int FIELDS = 512;
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();
    /// For copies between places that are known by their addresses: a segment each would be garbage.
    @SuppressWarnings("restricted") // every address given to it lies in a mapping or a buffer that is held
    private static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    final int capacity;
    private final MemorySegment memory;
    private final long fields;
    private final long octets;

    Ring(SharedMemory shared, int direction, int capacity) {
        this.capacity = capacity;
        this.memory = shared.octets();
        this.fields = (long) FIELDS * (1 + direction);
        this.octets = memory.address() + PAGE + (long) direction * capacity;
    }

    /// Octets of memory for both directions.
    public static long size(int capacity) {
        return PAGE + 2L * capacity;
    }

    /// Writes the first words.
    public static void begin(SharedMemory shared, int capacity) {
        shared.octets().set(JAVA_INT, CAPACITY_AT, capacity);
        shared.octets().set(JAVA_INT, 0, VERSION);
    }

    /// Says why the connection has ended, before that it has.
    ///
    /// @param number an error number of Linux
    public static void fail(SharedMemory shared, int number) {
        INT.setVolatile(shared.octets(), (long) ERROR_AT, number);
    }

    /// What [#fail] has said, 0 for nothing.
    public static int failure(SharedMemory shared) {
        return (int) INT.getVolatile(shared.octets(), (long) ERROR_AT);
    }

    final long position(int which) {
        return (long) LONG.getVolatile(memory, fields + which);
    }

    final void position(int which, long now) {
        LONG.setVolatile(memory, fields + which, now);
    }

    final boolean flag(int which) {
        return (int) INT.getVolatile(memory, fields + which) != 0;
    }

    final void raise(int which) {
        INT.setVolatile(memory, fields + which, 1);
    }

    /// @return true if it was raised
    final boolean lower(int which) {
        return flag(which) && (int) INT.getAndSet(memory, fields + which, 0) != 0;
    }

    /// A part of the octets. The memory is to stay as long as that is used.
    final ByteBuffer octets(int from, int length) {
        return memory.asSlice(octets - memory.address() + from, length).asByteBuffer();
    }

    /// Copies `length` octets from `address` to position `to` and those behind it.
    final void put(long address, long to, int length) {
        int at = (int) to & capacity - 1;
        int first = Math.min(length, capacity - at);
        MemorySegment.copy(EVERYTHING, address, EVERYTHING, octets + at, first);
        if (first < length) {
            MemorySegment.copy(EVERYTHING, address + first, EVERYTHING, octets, length - first);
        }
    }

    /// Copies `length` octets from position `from` to `address`.
    final void get(long from, long address, int length) {
        int at = (int) from & capacity - 1;
        int first = Math.min(length, capacity - at);
        MemorySegment.copy(EVERYTHING, octets + at, EVERYTHING, address, first);
        if (first < length) {
            MemorySegment.copy(EVERYTHING, octets, EVERYTHING, address + first, length - first);
        }
    }
}
