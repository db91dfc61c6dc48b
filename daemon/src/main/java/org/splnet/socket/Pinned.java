package org.splnet.socket;

import io.netty.buffer.ByteBuf;

/// What a reference to a slice really keeps from being reused.
public final class Pinned {
    private Pinned() { }

    /// The buffer that a slice, or a slice of a slice, lies in.
    public static ByteBuf root(ByteBuf buf) {
        ByteBuf root = buf;
        for (ByteBuf up; (up = root.unwrap()) != null; ) {
            root = up;
        }
        return root;
    }
}
