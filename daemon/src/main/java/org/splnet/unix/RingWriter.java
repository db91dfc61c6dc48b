package org.splnet.unix;

import io.netty.buffer.ByteBuf;

/// Who writes into a [Ring]. By one thread at a time.
public final class RingWriter extends Ring {
    private long written;

    /// @param direction [#OUT] or [#IN]
    public RingWriter(SharedMemory shared, int direction, int capacity) {
        super(shared, direction, capacity);
    }

    /// Writes what there is room for of `from`, which is direct and in one piece, and moves its index. If
    /// there is none the reader will wake who asked, see [RingReader#writerMustBeWoken].
    ///
    /// @return octets, more than 0; `-EAGAIN` if there is no room; [#BROKEN]
    public int write(ByteBuf from) {
        long room = room();
        if (room == 0) {
            raise(WRITER_SLEEPS);
            room = room();
        }
        if (room <= 0 || room > capacity) {
            return room == 0 ? -Errno.EAGAIN : BROKEN;
        }
        int n = (int) Math.min(room, from.readableBytes());
        put(NativeAddress.of(from) + from.readerIndex(), written, n);
        written += n;
        position(WRITTEN, written);
        from.readerIndex(from.readerIndex() + n);
        return n;
    }

    /// Nothing more will be written.
    public void end() {
        raise(ENDED);
    }

    /// True, once, if the reader sleeps: after something was written, or the end of it.
    public boolean readerMustBeWoken() {
        return lower(READER_SLEEPS);
    }

    /// True if the reader has not taken all.
    public boolean unread() {
        return room() != capacity;
    }

    private long room() {
        return capacity - (written - position(READ));
    }
}
