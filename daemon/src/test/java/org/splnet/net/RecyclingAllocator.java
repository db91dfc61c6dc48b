package org.splnet.net;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.util.ArrayDeque;

/// Gives each buffer out again and again and is not watched for leaks, so that what is left to measure is the
/// garbage of the code under test. For one thread.
public final class RecyclingAllocator extends AbstractByteBufAllocator {
    private static final int SMALL = 2048;
    private static final int LARGE = 1 << 16;
    private final ArrayDeque<Recycled> small = new ArrayDeque<>(1024);
    private final ArrayDeque<Recycled> large = new ArrayDeque<>(64);

    private final class Recycled extends UnpooledUnsafeDirectByteBuf {
        Recycled(int capacity) {
            super(RecyclingAllocator.this, capacity, capacity);
        }

        Recycled again() {
            resetRefCnt();
            return this;
        }

        @Override
        protected void deallocate() {
            (capacity() == SMALL ? small : large).push(this);
        }
    }

    public RecyclingAllocator() {
        super(true);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        if (initialCapacity > LARGE) {
            throw new IllegalArgumentException(initialCapacity + " octets");
        }
        boolean fits = initialCapacity <= SMALL;
        Recycled next = (fits ? small : large).poll();
        return next == null ? new Recycled(fits ? SMALL : LARGE) : next.again();
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
