package org.splnet.control;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.service.http.HttpError;
import org.splnet.service.http.Requests;
import org.splnet.service.status.Json;

/// One connection: reads one request, has it done elsewhere, answers, and ends. Whoever has more to ask comes
/// again; so nothing is ever told from what came before, and a broken request has no successor to spoil.
///
/// Everything here is by the event loop's thread, except [#work].
final class ControlSession extends SimpleChannelInboundHandler<HttpObject> {
    private enum Phase { READING, WORKING, ENDING }

    private static final Logger LOG = LoggerFactory.getLogger("splnet.control");
    private static final HttpResponseStatus OK = HttpResponseStatus.OK;
    private static final byte[] NOTHING = {};

    private final Paths paths;
    private final Json json;
    private final Executor workers;
    private final ControlServer.Limits limits;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Phase phase = Phase.READING;
    private Paths.Action action;
    private ScheduledFuture<?> deadline;

    /// @param workers runs what may block
    ControlSession(Paths paths, Json json, Executor workers, ControlServer.Limits limits) {
        this.paths = paths;
        this.json = json;
        this.workers = workers;
        this.limits = limits;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // For the whole request: a client that sends an octet now and then is as slow as one that sends none.
        deadline = ctx.executor().schedule(() -> late(ctx), limits.idleNs(), TimeUnit.NANOSECONDS);
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        phase = Phase.ENDING;
        deadline.cancel(false);
        ctx.fireChannelInactive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (phase != Phase.READING) {
            return;
        }
        try {
            Requests.checkDecoded(message.decoderResult());
            if (message instanceof HttpRequest request) {
                begin(ctx, request);
            }
            if (message instanceof HttpContent content) {
                take(content);
                if (message instanceof LastHttpContent) {
                    submit(ctx);
                }
            }
        } catch (HttpError e) {
            refuse(ctx, e);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) throws HttpError {
        Requests.checkHeader(request);
        action = paths.action(request.method(), Requests.path(request));
        if (HttpUtil.getContentLength(request, 0L) > limits.body()) {
            throw tooLarge();
        }
        if (HttpUtil.is100ContinueExpected(request)) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE,
                    Unpooled.EMPTY_BUFFER));
        }
    }

    private void take(HttpContent content) throws HttpError {
        int length = content.content().readableBytes();
        if (body.size() + length > limits.body()) {
            throw tooLarge();
        }
        byte[] octets = new byte[length];
        content.content().readBytes(octets);
        body.writeBytes(octets);
    }

    private HttpError tooLarge() {
        return new HttpError(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                "The body is longer than " + limits.body() + " octets.");
    }

    private void submit(ChannelHandlerContext ctx) throws HttpError {
        phase = Phase.WORKING;
        deadline.cancel(false);
        // A client may shut down its side after the request; that must not look as if it had left.
        ctx.channel().config().setAutoRead(false);
        try {
            workers.execute(() -> work(ctx));
        } catch (RejectedExecutionException e) {
            throw new HttpError(HttpResponseStatus.SERVICE_UNAVAILABLE, "The daemon is stopping.");
        }
    }

    /// By a thread of its own, holding nothing.
    private void work(ChannelHandlerContext ctx) {
        Runnable answer;
        try {
            Object value = action.run(body.toByteArray());
            byte[] octets = value == null ? NOTHING : json.octets(value);
            answer = () -> answer(ctx, value == null ? HttpResponseStatus.NO_CONTENT : OK, Json.TYPE, octets,
                    null);
        } catch (HttpError e) {
            answer = () -> refuse(ctx, e);
        } catch (RuntimeException | Error e) {
            LOG.error("control request met a fault of ours", e);
            answer = () -> refuse(ctx, new HttpError(HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    "This is a fault of the daemon; its log has more."));
        }
        try {
            ctx.executor().execute(answer);
        } catch (RejectedExecutionException e) {
            LOG.debug("control request answered too late, the daemon is stopping");
        }
    }

    private void late(ChannelHandlerContext ctx) {
        if (phase == Phase.READING) {
            refuse(ctx, new HttpError(HttpResponseStatus.REQUEST_TIMEOUT, "The request takes too long."));
        } else {
            ctx.close();
        }
    }

    private void refuse(ChannelHandlerContext ctx, HttpError error) {
        answer(ctx, error.status(), Problem.TYPE, json.octets(Problem.of(error)), error.allow());
    }

    private void answer(ChannelHandlerContext ctx, HttpResponseStatus status, String type, byte[] octets,
            String allow) {
        if (!ctx.channel().isActive()) {
            return;
        }
        phase = Phase.ENDING;
        deadline.cancel(false);
        deadline = ctx.executor().schedule(() -> late(ctx), limits.idleNs(), TimeUnit.NANOSECONDS);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
                Unpooled.wrappedBuffer(octets));
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (octets.length > 0) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, type)
                    .set(HttpHeaderNames.CONTENT_LENGTH, octets.length);
        }
        if (allow != null) {
            response.headers().set(HttpHeaderNames.ALLOW, allow);
        }
        ctx.writeAndFlush(response).addListener(written -> linger(ctx, (ChannelFuture) written));
    }

    /// Waits for the client to end the connection, throwing away what it still sends: ended at once, with
    /// octets unread, the connection would look broken to it before it has read the answer.
    private static void linger(ChannelHandlerContext ctx, ChannelFuture written) {
        if (written.isSuccess() && ctx.channel() instanceof DuplexChannel channel) {
            channel.shutdownOutput();
            channel.config().setAutoRead(true);
        } else {
            ctx.close();
        }
    }

    /// What the client did to the connection is its own affair.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("control connection broken cause={}", cause.toString());
        ctx.close();
    }
}
