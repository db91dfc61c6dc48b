package org.splnet.unix;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.nio.ByteBuffer;

/// A part of a [Ring]'s octets that can be kept by reference: one buffer for as long as the ring is there,
/// lent and given back again and again, so that lending makes no garbage.
///
/// Its indexes are the reader's thread's; who keeps it keeps offsets.
final class RingBlock extends UnpooledUnsafeDirectByteBuf {
    private final RingReader reader;
    private volatile boolean lent;

    RingBlock(ByteBuffer octets, RingReader reader) {
        super(UnpooledByteBufAllocator.DEFAULT, octets, octets.capacity());
        this.reader = reader;
    }

    /// It is the reader's, who releases it once all in it has been read. By the reader's thread.
    void begin() {
        resetRefCnt();
        lent = true;
    }

    /// True from [#begin] until everybody has released it.
    boolean lent() {
        return lent;
    }

    @Override
    protected void deallocate() {
        lent = false;
        reader.returned();
    }
}
