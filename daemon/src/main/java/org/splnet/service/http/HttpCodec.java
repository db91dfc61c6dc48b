package org.splnet.service.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.EncoderException;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;

/// Netty's HTTP codec without Netty's transport: octets in, messages out, and back. One per connection, one
/// thread.
///
/// A message is decoded when it is asked for, not before: the shortest request has 18 octets, and takes
/// hundreds once it is decoded.
public final class HttpCodec {
    /// RFC 9112 §3 recommends at least 8000 for the request line.
    static final int MAX_LINE = 8192;
    static final int MAX_HEADER = 16 << 10;
    static final int MAX_CHUNK = 256 << 10;
    /// Of a header, or of a trailer: one field of four octets takes a hundred.
    static final int MAX_FIELDS = 100;

    private final ByteBufAllocator allocator;
    private EmbeddedChannel channel;    // once there is something to do: for many there never is
    private boolean more;               // may be in what is not decoded yet

    /// @param allocator of what [#encode] gives
    public HttpCodec(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    private EmbeddedChannel channel() {
        if (channel == null) {
            channel = new EmbeddedChannel();
            channel.config().setAllocator(allocator);
            HttpRequestDecoder decoder = new HttpRequestDecoder(Requests.decoder());
            decoder.setSingleDecode(true);
            channel.pipeline().addLast(decoder, new HttpResponseEncoder());
        }
        return channel;
    }

    /// Takes octets to be decoded by [#next]: consumes them.
    public void feed(ByteBuf octets) {
        more = channel().writeInbound(octets);
    }

    /// The next message, null if it has not come as a whole; the caller owns it.
    public HttpObject next() {
        HttpObject next = channel().readInbound();
        if (next == null && more) {
            feed(Unpooled.EMPTY_BUFFER);
            next = channel.readInbound();
        }
        return next;
    }

    /// Encodes messages that belong together: consumes them.
    ///
    /// @return the octets in one buffer, so that they leave in as few segments as they fit; the caller owns
    ///     it
    /// @throws OutOfMemoryError if there is no memory for them: Netty's limit
    public ByteBuf encode(HttpObject... messages) {
        try {
            channel().writeOutbound((Object[]) messages);
        } catch (EncoderException e) {
            if (e.getCause() instanceof OutOfMemoryError none) {
                throw none;
            }
            throw e;
        }
        ByteBuf all = allocator.directBuffer();
        try {
            for (ByteBuf part; (part = channel.readOutbound()) != null; ) {
                try {
                    all.writeBytes(part);
                } finally {
                    part.release();
                }
            }
            return all;
        } catch (Throwable t) {
            all.release();
            throw t;
        }
    }

    /// Frees what was fed and not fetched; there is no next message.
    public void close() {
        if (channel == null) {
            return;
        }
        more = false;
        // Closing makes the decoder hand out what it has kept.
        channel.close();
        channel.releaseInbound();
        channel.releaseOutbound();
    }
}
