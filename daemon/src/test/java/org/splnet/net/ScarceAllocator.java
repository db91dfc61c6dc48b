package org.splnet.net;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicInteger;

/// Netty's own, until there is no memory any more: then it fails as that does at its limit.
public final class ScarceAllocator extends AbstractByteBufAllocator {
    private int most = Integer.MAX_VALUE;
    private int left = Integer.MAX_VALUE;
    private final AtomicInteger refusals = new AtomicInteger();

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
        return refusals() > 0;
    }

    /// How often there was none. Any thread.
    public int refusals() {
        return refusals.get();
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        if (initialCapacity > most || left == 0) {
            refusals.incrementAndGet();
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
