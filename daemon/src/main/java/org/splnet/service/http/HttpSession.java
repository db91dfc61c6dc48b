package org.splnet.service.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Clock;
import org.splnet.kern.FaultLog;
import org.splnet.service.Pump;
import org.splnet.service.ServiceStats;
import org.splnet.service.Session;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// One connection of an HTTP client: requests in, answers out, in order, until one side ends it.
///
/// A virtual thread does it all, except for a streamed body: that is pushed by the socket's readiness while
/// the thread waits for the end.
public final class HttpSession extends Session {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.http");
    /// When whoever was told 503 should come again.
    private static final int RETRY_S = 1;

    /// A body on its way, pushed by the socket's readiness.
    private record Streaming(Pump pump, CountDownLatch done) { }

    private final Executor threads;
    private final Router router;
    private final AnswerBudget answers;
    private final HttpLimits limits;
    private final HttpCodec codec;
    private final HttpInput input;
    private final HttpOutput output;
    private volatile Streaming streaming;
    private volatile Thread thread;
    private boolean keepAlive;
    private boolean answered;
    private boolean continueOwed;

    /// @param threads gives the connection its virtual thread
    /// @param router who answers
    /// @param answers the server's, for all its connections
    public HttpSession(StreamSocket socket, ServiceStats stats, Executor threads, Router router,
            AnswerBudget answers, HttpLimits limits, Clock clock, ByteBufAllocator allocator) {
        super(socket, stats);
        this.threads = threads;
        this.router = router;
        this.answers = answers;
        this.limits = limits;
        this.codec = new HttpCodec(allocator);
        this.input = new HttpInput(this, socket, codec, clock, limits.idleNs());
        this.output = new HttpOutput(this, socket, codec, clock, limits.idleNs());
    }

    @Override
    protected void start() {
        try {
            threads.execute(this::run);
        } catch (RejectedExecutionException e) {
            // The server is being closed.
            abort();
            codec.close();
        }
    }

    private void run() {
        thread = Thread.currentThread();
        try {
            while (serve()) {
                moved();
            }
            socket.shutdownOutput();
            input.linger(limits.lingerNs());
            close();
        } catch (SocketException e) {
            stats.errors.increment();
        } catch (ClientGone e) {
            LOG.debug("http connection given up peer={} cause={}", socket.remote(), e.getMessage());
        } catch (InterruptedException e) {
            LOG.debug("http connection ended peer={}", socket.remote());
        } catch (RuntimeException | Error fault) {
            FaultLog.system().record(fault);
        } finally {
            abort();
            codec.close();
        }
    }

    /// One request.
    ///
    /// @return false if the connection is to be ended
    private boolean serve() throws SocketException, InterruptedException {
        keepAlive = false;
        answered = false;
        continueOwed = false;
        boolean head = false;
        try {
            HttpRequest request = input.request();
            if (request == null) {
                return false;
            }
            head = HttpMethod.HEAD.equals(request.method());
            Requests.checkDecoded(request.decoderResult());
            Requests.checkHeader(request);
            keepAlive = HttpUtil.isKeepAlive(request);
            continueOwed = HttpUtil.is100ContinueExpected(request);
            dispatch(request);
        } catch (HttpError e) {
            refuse(e, head);
        }
        return settle();
    }

    private void dispatch(HttpRequest request) throws HttpError, SocketException, InterruptedException {
        String path = Requests.path(request);
        if (path.equals("*")) {
            options("GET, HEAD, OPTIONS, POST, PUT");
            return;
        }
        Router.Route route = router.route(request.method(), path);
        if (HttpMethod.OPTIONS.equals(request.method())) {
            options(route.allow());
            return;
        }
        if (!route.body() && HttpUtil.getContentLength(request, 0L) > limits.body()) {
            throw new HttpError(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "This resource wants no body.");
        }
        if (route.body() && !Requests.hasLength(request)) {
            throw new HttpError(HttpResponseStatus.LENGTH_REQUIRED,
                    "The request needs a Content-Length or the chunked transfer coding.");
        }
        handle(route, new Exchange(this, request, path));
    }

    private void handle(Router.Route route, Exchange exchange)
            throws HttpError, SocketException, InterruptedException {
        try {
            route.handler().handle(exchange);
        } catch (ClientGone e) {
            throw e;
        } catch (RuntimeException e) {
            FaultLog.system().record(e);
            throw new HttpError(HttpResponseStatus.INTERNAL_SERVER_ERROR, "This is a fault of the server.");
        }
    }

    private void options(String allow) throws SocketException, InterruptedException {
        output.answer(HttpResponseStatus.NO_CONTENT,
                new DefaultHttpHeaders().set(HttpHeaderNames.ALLOW, allow), -1,
                null, keepAlive);
        answered = true;
    }

    private void refuse(HttpError error, boolean head) throws SocketException, InterruptedException {
        if (answered) {
            throw new ClientGone("answer broken off");
        }
        int code = error.status().code();
        // After any other the rest of the stream cannot be told from the next request, or is not worth
        // reading.
        keepAlive &= code == 404 || code == 405;
        HttpHeaders headers = new DefaultHttpHeaders()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        if (error.allow() != null) {
            headers.set(HttpHeaderNames.ALLOW, error.allow());
        }
        if (code == 503) {
            headers.set(HttpHeaderNames.RETRY_AFTER, RETRY_S);
        }
        byte[] body = (error.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
        answered = true;
        output.answer(error.status(), headers, body.length, head ? null : body, keepAlive);
    }

    /// Skips what is left of the body.
    private boolean settle() throws SocketException, InterruptedException {
        if (!keepAlive || input.bodyEnded()) {
            return keepAlive;
        }
        if (continueOwed) {
            // The client may or may not send its body; only ending the connection is clear to both.
            return false;
        }
        long skipped = 0;
        try {
            for (ByteBuf octets; (octets = input.body()) != null; ) {
                skipped += octets.readableBytes();
                octets.release();
                if (skipped > limits.body()) {
                    return false;
                }
            }
            return true;
        } catch (HttpError malformed) {
            // The request was answered already.
            return false;
        }
    }

    /// Sends a whole answer.
    void respond(HttpHeaders headers, Supplier<byte[]> rendered, boolean head)
            throws HttpError, SocketException, InterruptedException {
        byte[] body = answers.render(rendered);
        if (body == null) {
            stats.answersRefused.increment();
            throw HttpError.unavailable("Too many answers wait for clients that do not take them.");
        }
        try {
            answered = true;
            output.answer(HttpResponseStatus.OK, headers, body.length, head ? null : body, keepAlive);
        } finally {
            answers.sent(body);
        }
    }

    /// Sends an answer whose body `pump` pushes.
    ///
    /// @param pump null for the header alone
    void respondStream(HttpHeaders headers, long length, Pump pump) throws SocketException,
            InterruptedException {
        answered = true;
        output.answer(HttpResponseStatus.OK, headers, length, null, keepAlive);
        if (pump == null) {
            return;
        }
        Streaming now = new Streaming(pump, new CountDownLatch(1));
        streaming = now;
        socket.listener(this);
        now.done.await();
        socket.listener(null);
        streaming = null;
        if (ended()) {
            throw new ClientGone("connection ended in mid-stream");
        }
    }

    /// Pushes the streamed body; there is nothing else to be done outside the thread.
    @Override
    protected void work() throws SocketException {
        Streaming now = streaming;
        if (now == null) {
            return;
        }
        long before = now.pump.sent();
        boolean done = now.pump.push(socket);
        if (now.pump.sent() != before) {
            sent(now.pump.sent() - before);
        }
        if (done) {
            now.done.countDown();
        }
    }

    /// The next octets of the request's body; the first call sends the "100 Continue" the client may wait
    /// for.
    ByteBuf nextBody() throws HttpError, SocketException, InterruptedException {
        if (continueOwed) {
            continueOwed = false;
            output.goOn();
        }
        return input.body();
    }

    void received(int octets) {
        stats.octetsIn.add(octets);
        moved();
    }

    void sent(long octets) {
        stats.octetsOut.add(octets);
        moved();
    }

    /// Gets the thread out of whatever it waits for.
    @Override
    protected void released() {
        Streaming now = streaming;
        if (now != null) {
            now.done.countDown();
        }
        Thread running = thread;
        if (running != null && running != Thread.currentThread()) {
            running.interrupt();
        }
    }
}
