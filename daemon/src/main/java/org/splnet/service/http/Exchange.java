package org.splnet.service.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.function.Supplier;
import org.splnet.service.Cycle;
import org.splnet.service.Pump;
import org.splnet.socket.SocketException;

/// One request and its answer, as a handler sees them.
public final class Exchange {
    private final HttpSession session;
    private final HttpRequest request;
    private final String path;

    Exchange(HttpSession session, HttpRequest request, String path) {
        this.session = session;
        this.request = request;
        this.path = path;
    }

    /// The decoded path without the query.
    public String path() {
        return path;
    }

    /// A field of the request's header; null if it is not there.
    public String field(CharSequence name) {
        return request.headers().get(name);
    }

    /// True if the answer has a header only.
    boolean head() {
        return HttpMethod.HEAD.equals(request.method());
    }

    /// Answers with a whole body, rendered when there is room for it.
    ///
    /// @throws HttpError 503 if too many answers wait for their clients to take them
    public void answer(String contentType, Supplier<byte[]> body)
            throws HttpError, SocketException, InterruptedException {
        session.respond(type(contentType), body, head());
    }

    /// Answers with the first `length` octets of `cycle`.
    public void stream(String contentType, Cycle cycle, long length) throws SocketException,
            InterruptedException {
        session.respondStream(type(contentType), length, head() ? null : new Pump(cycle, length));
    }

    /// The next octets of the request's body, waiting for them; the caller releases them.
    ///
    /// @return null at the end of the body
    /// @throws ClientGone if the client ends it early
    /// @throws HttpError if it is malformed
    public ByteBuf body() throws HttpError, SocketException, InterruptedException {
        return session.nextBody();
    }

    private static HttpHeaders type(String contentType) {
        return new DefaultHttpHeaders().set(HttpHeaderNames.CONTENT_TYPE, contentType);
    }
}
