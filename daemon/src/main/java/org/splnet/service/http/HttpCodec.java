package org.splnet.service.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.ReferenceCountUtil;

/// Netty's HTTP codec without Netty's transport: octets in, messages out, and back. One per connection, one
/// thread.
public final class HttpCodec {
    /// RFC 9112 §3 recommends at least 8000 for the request line.
    static final int MAX_LINE = 8192;
    static final int MAX_HEADER = 16 << 10;
    static final int MAX_CHUNK = 256 << 10;

    private final ByteBufAllocator allocator;
    private EmbeddedChannel channel;    // once there is something to do: for many there never is

    /// @param allocator of what [#encode] gives
    public HttpCodec(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    private EmbeddedChannel channel() {
        if (channel == null) {
            channel = new EmbeddedChannel();
            channel.config().setAllocator(allocator);
            channel.pipeline().addLast(new HttpRequestDecoder(Requests.decoder()),
                    new HttpResponseEncoder());
        }
        return channel;
    }

    /// Decodes `octets`: consumes them. The messages wait for [#next].
    public void feed(ByteBuf octets) {
        channel().writeInbound(octets);
    }

    /// The next decoded message, null if there is none; the caller owns it.
    public HttpObject next() {
        return channel().readInbound();
    }

    /// Encodes messages that belong together: consumes them.
    ///
    /// @return the octets in one buffer, so that they leave in as few segments as they fit; the caller owns
    ///     it
    public ByteBuf encode(HttpObject... messages) {
        channel().writeOutbound((Object[]) messages);
        ByteBuf all = allocator.directBuffer();
        for (ByteBuf part; (part = channel.readOutbound()) != null; ) {
            all.writeBytes(part);
            part.release();
        }
        return all;
    }

    /// Frees what was decoded and not fetched.
    public void close() {
        if (channel == null) {
            return;
        }
        // Closing makes the decoder hand out what it has kept.
        channel.close();
        for (Object left; (left = channel.readInbound()) != null; ) {
            ReferenceCountUtil.release(left);
        }
    }
}
