package org.splnet.service;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// An endless stream of octets that repeats itself, kept in direct memory once for all who send it: sending
/// is referring to it, nothing is copied. Blocks are made when first needed and stay for the life of the
/// process.
public final class Cycle {
    /// Fills a block.
    @FunctionalInterface
    public interface Filler {
        /// The octet at `position`, which is less than the period.
        byte at(long position);
    }

    private final int blockLength;
    private final Filler filler;
    private final AtomicReferenceArray<ByteBuf> blocks;

    /// @param blocks how many blocks are a period
    public Cycle(int blockLength, int blocks, Filler filler) {
        this.blockLength = blockLength;
        this.filler = filler;
        this.blocks = new AtomicReferenceArray<>(blocks);
    }

    int blockLength() {
        return blockLength;
    }

    int blockAt(long position) {
        return (int) (position / blockLength % blocks.length());
    }

    /// A view of one block with indexes of its own; borrows the block's reference, which is never given up.
    ByteBuf view(int block) {
        ByteBuf made = blocks.get(block);
        if (made == null) {
            made = make(block);
        }
        return made.duplicate();
    }

    private ByteBuf make(int block) {
        ByteBuffer octets = ByteBuffer.allocateDirect(blockLength);
        long from = (long) block * blockLength;
        for (int i = 0; i < blockLength; i++) {
            octets.put(i, filler.at(from + i));
        }
        blocks.compareAndSet(block, null, Unpooled.wrappedBuffer(octets));
        return blocks.get(block);
    }
}
