package org.splnet.net;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.util.ArrayDeque;

/// Gives each buffer out again and again and is not watched for leaks, so that what is left to measure is the
/// garbage of the code under test. For one thread.
public final class RecyclingAllocator extends AbstractByteBufAllocator {
    private final ArrayDeque<Recycled> free = new ArrayDeque<>(1024);

    private final class Recycled extends UnpooledUnsafeDirectByteBuf {
        Recycled() {
            super(RecyclingAllocator.this, 2048, 2048);
        }

        Recycled again() {
            resetRefCnt();
            return this;
        }

        @Override
        protected void deallocate() {
            free.push(this);
        }
    }

    public RecyclingAllocator() {
        super(true);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        if (initialCapacity > 2048) {
            throw new IllegalArgumentException(initialCapacity + " octets");
        }
        Recycled next = free.poll();
        return next == null ? new Recycled() : next.again();
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }
}
