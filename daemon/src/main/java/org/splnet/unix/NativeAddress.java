package org.splnet.unix;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;

/// Where a direct buffer lies in memory.
public final class NativeAddress {
    private NativeAddress() {
    }

    /// The address of index 0 of `buf`, which is direct and in one piece; borrowed, and the address good for
    /// as long as somebody holds a reference. Allocates only where Netty was denied its fast access to
    /// memory.
    public static long of(ByteBuf buf) {
        if (buf.hasMemoryAddress()) {
            return buf.memoryAddress();
        }
        return MemorySegment.ofBuffer(buf.internalNioBuffer(0, buf.capacity())).address();
    }

    /// True if [#of] may be asked.
    public static boolean known(ByteBuf buf) {
        return buf.hasMemoryAddress() || buf.isDirect() && buf.nioBufferCount() == 1;
    }
}
