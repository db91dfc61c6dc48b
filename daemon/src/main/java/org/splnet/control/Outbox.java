package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.splnet.service.http.HttpCodec;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;

/// What a client is to be sent, which counts in its user's account. By the poller's thread.
final class Outbox {
    private final ArrayDeque<ByteBuf> all = new ArrayDeque<>();
    private final ByteBufAllocator allocator;
    private final int fd;
    private final Account account;
    private long counted;               // octets

    Outbox(ByteBufAllocator allocator, int fd, Account account) {
        this.allocator = allocator;
        this.fd = fd;
        this.account = account;
    }

    /// Adds octets, consuming them: direct, in one piece.
    void add(ByteBuf octets) {
        all.add(octets);
        counted += octets.readableBytes();
        account.unread(octets.readableBytes());
    }

    /// Adds an answer as `codec` writes it.
    ///
    /// @return false if there is no memory for it: nothing is left to say so with
    boolean add(HttpCodec codec, HttpObject answer) {
        try {
            add(codec.encode(answer));
            return true;
        } catch (OutOfMemoryError e) {              // of buffers: Netty's limit
            return false;
        }
    }

    /// Adds text of ASCII.
    void add(String text) {
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        add(allocator.directBuffer(octets.length, octets.length).writeBytes(octets));
    }

    private void gone() {
        account.unread(-counted);
        counted = 0;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /// Writes what the descriptor takes.
    ///
    /// @return 0 if everything is gone; octets that are if there is no room just now for the others; or
    ///     `-errno`: `-EAGAIN` if there is none for any
    int flush() {
        int went = 0;
        for (ByteBuf first; (first = all.peek()) != null; ) {
            int n = first.isReadable() ? Fd.mine().write(fd, first) : 0;
            if (n < 0 && n != -Errno.EINTR) {
                return n == -Errno.EAGAIN && went > 0 ? went : n;
            }
            went += Math.max(n, 0);
            if (!first.isReadable()) {
                all.remove().release();
            }
        }
        gone();
        return 0;
    }

    /// Everything that is left, in one buffer; null for nothing. The caller owns it.
    ByteBuf takeAll() {
        gone();
        if (all.size() <= 1) {
            return all.poll();
        }
        ByteBuf joined = allocator.directBuffer();
        for (ByteBuf each; (each = all.poll()) != null; ) {
            joined.writeBytes(each);
            each.release();
        }
        return joined;
    }

    void close() {
        gone();
        for (ByteBuf each; (each = all.poll()) != null; ) {
            each.release();
        }
    }
}
