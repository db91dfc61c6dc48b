package org.splnet.net;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/// Netty's own, until there is no memory any more: then it fails as that does at its limit.
public final class ScarceAllocator extends AbstractByteBufAllocator {
    private int most = Integer.MAX_VALUE;
    private int left = Integer.MAX_VALUE;
    private volatile boolean refused;

    public ScarceAllocator() {
        super(true);
    }

    /// From now on there is none for buffers of more than so many octets.
    public void most(int octets) {
        most = octets;
    }

    /// From now on there is memory for so many buffers more.
    public void left(int buffers) {
        left = buffers;
    }

    /// True if there ever was none. Any thread.
    public boolean refused() {
        return refused;
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        if (initialCapacity > most || left == 0) {
            refused = true;
            throw new OutOfMemoryError("on purpose");
        }
        left--;
        return PooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return PooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }
}
