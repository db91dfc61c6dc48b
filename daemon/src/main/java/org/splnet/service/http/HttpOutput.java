package org.splnet.service.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.splnet.kern.Clock;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// The answers' way to the client: encodes, sends, waits while the socket takes no more.
final class HttpOutput {
    /// Octets of a body that go with the header, in as few segments as they fit; a longer one is not copied.
    private static final int GATHERED = 16 << 10;
    private static final byte[] NONE = {};

    private final HttpSession session;
    private final StreamSocket socket;
    private final HttpCodec codec;
    private final Clock clock;
    private final long idleNs;

    HttpOutput(HttpSession session, StreamSocket socket, HttpCodec codec, Clock clock, long idleNs) {
        this.session = session;
        this.socket = socket;
        this.codec = codec;
        this.clock = clock;
        this.idleNs = idleNs;
    }

    /// Sends a header, and a body if there is one.
    ///
    /// @param length of the body, that of the answer to HEAD and of one that is sent otherwise included;
    ///     negative if the answer has none by definition
    /// @param body null if none is sent here
    /// @param keepAlive false if the connection ends after it
    void answer(HttpResponseStatus status, HttpHeaders headers, long length, byte[] body, boolean keepAlive)
            throws SocketException, InterruptedException {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
        HttpHeaders all = response.headers().add(headers);
        all.set(HttpHeaderNames.SERVER, "splnet");
        // RFC 9110 §6.6.1: a server with a clock sends it.
        all.set(HttpHeaderNames.DATE, DateTimeFormatter.RFC_1123_DATE_TIME
                .format(Instant.ofEpochMilli(clock.wallMillis()).atOffset(ZoneOffset.UTC)));
        if (length >= 0) {
            all.set(HttpHeaderNames.CONTENT_LENGTH, length);
            all.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
            all.set("x-content-type-options", "nosniff");
        }
        all.set(HttpHeaderNames.CONNECTION, keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
        byte[] octets = body == null ? NONE : body;
        int first = Math.min(octets.length, GATHERED);
        send(codec.encode(response, new DefaultLastHttpContent(Unpooled.wrappedBuffer(octets, 0, first))));
        send(Unpooled.wrappedBuffer(octets, first, octets.length - first));
    }

    /// Tells the client to send its body (RFC 9110 §15.2.1).
    void goOn() throws SocketException, InterruptedException {
        send(codec.encode(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE),
                LastHttpContent.EMPTY_LAST_CONTENT));
    }

    /// Sends all of `octets`, waiting for room: consumes them.
    ///
    /// @throws ClientGone if the client takes nothing for the idle time
    private void send(ByteBuf octets) throws SocketException, InterruptedException {
        try {
            while (octets.isReadable()) {
                int taken = socket.send(octets);
                if (taken > 0) {
                    session.sent(taken);
                } else if (socket.await(Readiness.WRITABLE, idleNs) == 0) {
                    throw new ClientGone("nothing is taken");
                }
            }
        } finally {
            octets.release();
        }
    }
}
