package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.splnet.unix.Poller;

/// An answer without a known end on its way to a client, in chunks (RFC 9112 §7.1): the next piece is drawn
/// when the last one is gone, so a slow client costs one piece, and what it misses is for the stream to
/// count. By the poller's thread, but for the stream's wake-ups.
final class StreamedAnswer {
    private static final int FRAME = 16;
    private static final byte[] LAST = {'0', '\r', '\n', '\r', '\n'};

    private final Poller poller;
    private final ByteBufAllocator allocator;
    private final PullStream stream;
    private final Outbox out;
    private final boolean chunked;
    private final Runnable drawn;
    private final Again again;
    private byte[] piece;               // there was no memory for it yet
    private boolean over;

    /// @param chunked false for a client of HTTP/1.0, to whom the end of the connection is that of the answer
    /// @param drawn called when `out` has more to be written, or the stream is over
    StreamedAnswer(ControlServer server, PullStream stream, Outbox out, boolean chunked, Runnable drawn) {
        this.poller = server.poller();
        this.allocator = server.allocator();
        this.stream = stream;
        this.out = out;
        this.chunked = chunked;
        this.drawn = drawn;
        this.again = new Again(poller, drawn);
    }

    void start() {
        stream.start(() -> poller.execute(drawn));
    }

    /// Adds a piece to `out` if it is empty.
    ///
    /// @return false if there is none just now
    boolean draw() {
        if (over || !out.isEmpty() || again.awaited()) {
            return false;
        }
        piece = piece == null ? stream.next() : piece;
        if (piece == null && !stream.ended()) {
            return false;
        }
        try {
            if (piece != null && piece.length > 0) {
                out.add(chunk(piece));
            } else if (piece == null && chunked) {
                out.add(allocator.directBuffer(LAST.length).writeBytes(LAST));
            }
        } catch (OutOfMemoryError e) {              // of buffers: Netty's limit
            again.soon();
            return false;
        }
        over = piece == null;
        piece = null;
        return true;
    }

    private ByteBuf chunk(byte[] piece) {
        ByteBuf octets = allocator.directBuffer(piece.length + FRAME);
        if (!chunked) {
            return octets.writeBytes(piece);
        }
        octets.writeCharSequence(Integer.toHexString(piece.length) + "\r\n", StandardCharsets.US_ASCII);
        return octets.writeBytes(piece).writeByte('\r').writeByte('\n');
    }

    /// True once everything was drawn.
    boolean over() {
        return over;
    }

    void close() {
        over = true;
        stream.close();
    }
}
