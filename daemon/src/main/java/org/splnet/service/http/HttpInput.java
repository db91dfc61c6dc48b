package org.splnet.service.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.splnet.kern.Clock;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// The client's side of a connection as messages. Reads the socket only when nothing is left to be decoded,
/// so a client that pipelines waits for its answers, and what it has sent waits in its window.
final class HttpInput {
    private static final int MOST = 256 << 10;
    /// Octets read at once where they may go beyond the message that is awaited.
    private static final int PIECE = 4 << 10;

    private final StreamSocket socket;
    private final HttpCodec codec;
    private final Clock clock;
    private final long idleNs;
    private final HttpSession session;
    private boolean begun;
    private boolean bodyEnded = true;
    private long bodyLeft;              // octets of it to come, if they were counted in advance

    HttpInput(HttpSession session, StreamSocket socket, HttpCodec codec, Clock clock, long idleNs) {
        this.session = session;
        this.socket = socket;
        this.codec = codec;
        this.clock = clock;
        this.idleNs = idleNs;
    }

    /// The next request's header, waiting for it for the idle time in all, however slowly it drips in.
    ///
    /// @return null at the end of the stream, or if the time was up before anything came
    /// @throws HttpError 408 if only a part came
    HttpRequest request() throws SocketException, InterruptedException, HttpError {
        begun = false;
        long deadline = clock.nanoTime() + idleNs;
        while (true) {
            HttpObject message = read(deadline);
            if (message instanceof HttpRequest request) {
                bodyEnded = false;
                bodyLeft = length(request);
                return request;
            }
            if (message == null) {
                if (begun && clock.nanoTime() - deadline >= 0) {
                    throw new HttpError(HttpResponseStatus.REQUEST_TIMEOUT,
                            "The request took too long to arrive.");
                }
                return null;
            }
            ReferenceCountUtil.release(message);
        }
    }

    private static long length(HttpRequest request) {
        boolean counted = request.decoderResult().isSuccess() && !HttpUtil.isTransferEncodingChunked(request);
        return counted ? HttpUtil.getContentLength(request, 0L) : 0;
    }

    /// The next octets of the body, waiting for them; the caller releases them.
    ///
    /// @return null at its end
    /// @throws ClientGone if it ends early, or stands still for the idle time
    /// @throws HttpError if it is malformed
    ByteBuf body() throws HttpError, SocketException, InterruptedException {
        while (!bodyEnded) {
            HttpObject message = read(clock.nanoTime() + idleNs);
            if (message == null) {
                throw new ClientGone("body ended early");
            }
            HttpContent content = (HttpContent) message;
            if (content.decoderResult().isFailure()) {
                content.release();
                throw Requests.bad("The body is malformed.");
            }
            bodyEnded = content instanceof LastHttpContent;
            bodyLeft -= content.content().readableBytes();
            if (content.content().isReadable()) {
                return content.content();
            }
            content.release();
        }
        return null;
    }

    /// True if the request's body has been read to its end.
    boolean bodyEnded() {
        return bodyEnded;
    }

    /// @return null at the end of the stream or when the time is up
    private HttpObject read(long deadline) throws SocketException, InterruptedException {
        for (HttpObject message; ; ) {
            if ((message = codec.next()) != null) {
                return message;
            }
            ByteBuf octets = receive();
            if (octets == null) {
                long left = deadline - clock.nanoTime();
                if (left <= 0 || socket.await(Readiness.READABLE, left) == 0) {
                    return null;
                }
            } else if (!octets.isReadable()) {
                octets.release();
                return null;
            } else {
                begun = true;
                session.received(octets.readableBytes());
                codec.feed(octets);
            }
        }
    }

    /// What is the body's alone goes on in the buffer it came in. Anything else is copied: the rest of it
    /// waits until it is decoded, maybe for as long as a client takes for its answer, and would keep the
    /// whole buffer.
    private ByteBuf receive() throws SocketException {
        if (bodyLeft > 0) {
            return socket.receive((int) Math.min(bodyLeft, MOST));
        }
        ByteBuf octets = socket.receive(PIECE);
        if (octets == null || !octets.isReadable()) {
            return octets;
        }
        try {
            return octets.copy();
        } finally {
            octets.release();
        }
    }

    /// Reads and forgets until the client has ended the stream or the time is up: a close with unread octets
    /// would reset the connection and might take the last answer with it (RFC 9112 §9.6).
    void linger(long lingerNs) throws SocketException, InterruptedException {
        long deadline = clock.nanoTime() + lingerNs;
        for (long left; (left = deadline - clock.nanoTime()) > 0; ) {
            ByteBuf octets = socket.receive(MOST);
            if (octets == null) {
                if (socket.await(Readiness.READABLE, left) == 0) {
                    return;
                }
                continue;
            }
            boolean end = !octets.isReadable();
            octets.release();
            if (end) {
                return;
            }
        }
    }
}
