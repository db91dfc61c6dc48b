package org.splnet.control;

import io.netty.buffer.ByteBuf;

/// A Unix connection that stops to be one of requests and answers. Whoever is handed it owns it: the
/// descriptor, which is watched and non-blocking, and the buffers.
///
/// @param fd the descriptor
/// @param key of its watch, see [org.splnet.unix.Poller#interest]
/// @param before octets that the client is still to be sent, the answer among them; null for none
/// @param early octets that the client has sent already; null for none
/// @param offered true if it has not asked for what this becomes: if it leaves `before` unread it has not
///     taken it
record Handover(int fd, long key, ByteBuf before, ByteBuf early, boolean offered) {
    /// What a session hands over. If there is no memory for what the client has sent, `out` keeps the rest.
    static Handover of(int fd, long key, Outbox out, Inbox in) {
        ByteBuf early = in.takeAll();
        try {
            return new Handover(fd, key, out.takeAll(), early, false);
        } catch (OutOfMemoryError e) {
            if (early != null) {
                early.release();
            }
            throw e;
        }
    }
}
