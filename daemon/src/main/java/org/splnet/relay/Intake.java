package org.splnet.relay;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/// How a channel of the host is read: into buffers that grow with what comes, and so that its end does not
/// end both directions.
///
/// Netty closes a channel that was read to its end, unless half-closing is allowed, which its NIO channels
/// for Unix sockets lack (4.2). Here the end is remembered and looks to Netty like nothing to read, for
/// channels of either kind.
///
/// One per channel; used by its event loop's thread.
final class Intake implements RecvByteBufAllocator {
    /// Octets of a buffer: at least, at first, at most.
    private static final int LEAST = 2 << 10;
    private static final int FIRST = 16 << 10;
    private static final int MOST = 256 << 10;

    private static final RecvByteBufAllocator SIZES = new AdaptiveRecvByteBufAllocator(LEAST, FIRST, MOST);

    private boolean ended;

    /// True once the other end has said that nothing more comes.
    boolean ended() {
        return ended;
    }

    @Override
    public DelegatingHandle newHandle() {
        return new Reading();
    }

    private final class Reading extends DelegatingHandle {
        Reading() {
            super(SIZES.newHandle());
        }

        @Override
        public void lastBytesRead(int octets) {
            ended |= octets < 0;
            super.lastBytesRead(Math.max(0, octets));
        }
    }
}
