package org.splnet.unix;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicInteger;

/// Who reads from a [Ring]: by copying, or by reference. Reads by one thread at a time; another may [#settle]
/// meanwhile, and any gives back what was lent.
///
/// What is read by reference stays in the ring until it is given back. It is lent in [RingBlock]s: the
/// writer gets room for the octets before the oldest block that somebody has.
public final class RingReader extends Ring {
    /// Octets for which lending is cheaper than copying.
    public static final int WORTH_LENDING = 16 << 10;

    private static final int BLOCK = 64 << 10;
    /// With fewer the writer would stand still until the last octets of a block are given back.
    private static final int LEAST_BLOCKS = 4;
    private static final RingBlock[] NONE = {};

    private final Runnable given;
    private final RingBlock[] blocks;
    private final AtomicInteger lent = new AtomicInteger();
    private long read;
    private RingBlock open;             // the one that is being read, if some of it was lent
    private volatile long taken;        // what `read` was before the last call
    private volatile long settled;      // what the writer was told

    /// @param direction [#OUT] or [#IN]
    /// @param given is run whenever a block has been given back, by whoever did; any locks may be held
    public RingReader(SharedMemory shared, int direction, int capacity, Runnable given) {
        super(shared, direction, capacity);
        this.given = given;
        this.blocks = capacity < LEAST_BLOCKS * BLOCK ? NONE : new RingBlock[capacity / BLOCK];
    }

    /// Octets that can be read.
    ///
    /// @return [#BROKEN] if that cannot be
    public int available() {
        long written = position(WRITTEN);           // before `settled`, which the writer has seen by then
        return written < read || written - settled > capacity ? BROKEN : (int) (written - read);
    }

    /// True if there are no octets, and there is no end either. Any thread; while one reads it may be wrong.
    public boolean quiet() {
        return position(WRITTEN) == taken && !ended();
    }

    /// The same, by one who will sleep then, until the writer wakes him, see
    /// [RingWriter#readerMustBeWoken].
    public boolean sleeps() {
        raise(READER_SLEEPS);
        return quiet();
    }

    /// Copies what there is and `to`, which is direct and in one piece, has room for; moves its index.
    ///
    /// @return octets; 0 if there are none; [#BROKEN]
    public int read(ByteBuf to) {
        int n = Math.min(available(), to.writableBytes());
        if (n > 0) {
            get(read, NativeAddress.of(to) + to.writerIndex(), n);
            to.writerIndex(to.writerIndex() + n);
            advance(n);
        }
        return n;
    }

    /// Reads by reference, at most `most` octets. The next call comes when the caller has nothing more to do
    /// with the indexes of what this one has given him.
    ///
    /// @return the caller's to release, like everything that is retained of it; null if there is too little
    ///     in one piece, and it is to be copied
    public ByteBuf lend(int most) {
        int n = Math.min(available(), most);
        int at = (int) read & capacity - 1;
        int from = at % BLOCK;
        n = Math.min(n, BLOCK - from);
        if (blocks.length == 0 || n < WORTH_LENDING) {
            return null;
        }
        RingBlock block = block(at / BLOCK);
        if (open == null) {
            block.begin();
            lent.incrementAndGet();
            open = block;
        }
        block.retain();
        block.setIndex(from, from + n);
        advance(n);
        return block;
    }

    /// Most connections are over before they lend anything.
    private RingBlock block(int number) {
        if (blocks[number] == null) {
            blocks[number] = new RingBlock(octets(number * BLOCK, BLOCK), this);
        }
        return blocks[number];
    }

    /// What is lent is marked so before it is taken, and what is taken is known before it is given back.
    private void advance(int n) {
        int left = BLOCK - (int) read % BLOCK;
        read += n;
        taken = read;
        if (open != null && n >= left) {
            open.release();
            open = null;
        }
    }

    void returned() {
        lent.decrementAndGet();
        given.run();
    }

    /// True if somebody has a reference to what is in the ring, and [#settle] will be due when he gives it
    /// back.
    public boolean lends() {
        return lent.get() > 0;
    }

    /// Octets that were read and that the writer has not been given the room of. On the reader's thread.
    public int unsettled() {
        return (int) (read - settled);
    }

    /// Tells the writer of the room there is. In whole blocks, if there are any: what was written round the
    /// ring into the beginning of a block could not be lent while somebody keeps its end, and he may wait for
    /// just that. By one thread at a time.
    public void settle() {
        long to = taken;
        long at = settled;
        if (blocks.length == 0) {
            at = to;
        }
        while (to - at >= BLOCK && !lent(blocks[((int) at & capacity - 1) / BLOCK])) {
            at += BLOCK;
        }
        if (at != settled) {
            settled = at;
            position(READ, at);
        }
    }

    /// @param block null if nothing of it was ever lent: seen by whoever sees that it was taken
    private static boolean lent(RingBlock block) {
        return block != null && block.lent();
    }

    /// True if the writer has said that all is written. To be asked before [#available]: what was written
    /// before that is seen then.
    public boolean ended() {
        return flag(ENDED);
    }

    /// True, once, if the writer sleeps and it is worth waking him: with half of the room he writes in few
    /// pieces. After [#settle].
    public boolean writerMustBeWoken() {
        return position(WRITTEN) - settled <= capacity / 2 && lower(WRITER_SLEEPS);
    }

    /// Reads no more. The memory is to stay as long as something is lent.
    public void close() {
        if (open != null) {
            open.release();
            open = null;
        }
    }
}
