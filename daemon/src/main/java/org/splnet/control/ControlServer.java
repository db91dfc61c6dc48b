package org.splnet.control;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Witness;
import org.splnet.service.http.Requests;
import org.splnet.service.status.Json;
import org.splnet.service.status.StackSource;

/// The control socket's server: one thread for the connections, a virtual one per request that is being done.
public final class ControlServer implements AutoCloseable {
    /// Bounds.
    ///
    /// @param connections at once; further ones wait in the kernel's backlog until one ends
    /// @param idleNs time for a request to arrive, and for its answer to be taken
    /// @param body octets of a request's body
    public record Limits(int connections, long idleNs, int body) {
        /// As it is if nothing else is said.
        public static final Limits DEFAULTS = new Limits(32, TimeUnit.SECONDS.toNanos(10), 4096);
    }

    private static final Logger LOG = LoggerFactory.getLogger("splnet.control");
    private static final long PATIENCE_S = 3;

    private final Limits limits;
    private final Paths paths;
    private final Json json = new Json();
    private final ExecutorService workers =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("control-", 0).factory());
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1,
            Thread.ofPlatform().name("control").daemon().factory(), NioIoHandler.newFactory());
    private final SocketFile file;

    private ControlServer(SocketFile file, StackSource source, Steering steering, Limits limits) {
        this.file = file;
        this.paths = new Paths(source, steering);
        this.limits = limits;
    }

    /// Listens at `path`.
    ///
    /// @param path made, its directory too if it is missing, and removed at the end; a stale socket is
    ///     replaced
    /// @throws ControlException if it cannot be had
    public static ControlServer open(Path path, StackSource source, Steering steering, Limits limits)
            throws ControlException {
        SocketFile file = SocketFile.at(path);
        ControlServer server = new ControlServer(file, source, steering, limits);
        try {
            server.listen();
            file.publish();
            LOG.debug("control socket open socket={}", path);
            return server;
        } catch (Exception e) {
            server.close();
            throw file.failure(e);
        }
    }

    private void listen() throws Exception {
        Future<?> bound = new ServerBootstrap().group(loop).channel(NioServerDomainSocketChannel.class)
                // One at a time, so that the limit is kept to the connection.
                .option(ChannelOption.RECVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator())
                .option(ChannelOption.SO_BACKLOG, limits.connections())
                .handler(new Doorkeeper(limits.connections()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec(Requests.decoder()),
                                new ControlSession(paths, json, workers, limits));
                    }
                })
                .bind(file.address());
        bound.sync();
    }

    /// Stops accepting while there are enough connections. By the event loop's thread.
    private static final class Doorkeeper extends ChannelInboundHandlerAdapter {
        private final int most;
        private int open;

        Doorkeeper(int most) {
            this.most = most;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            open++;
            ctx.channel().config().setAutoRead(open < most);
            ((Channel) message).closeFuture().addListener(closed -> {
                open--;
                ctx.channel().config().setAutoRead(true);
            });
            ctx.fireChannelRead(message);
        }
    }

    /// Ends it, and waits, but not for ever, for requests that are being done. Idempotent.
    @Override
    public void close() {
        Witness.beforeBlocking("closing the control socket");
        file.remove();
        workers.shutdown();
        try {
            boolean done = workers.awaitTermination(PATIENCE_S, TimeUnit.SECONDS);
            done &= loop.shutdownGracefully(0, PATIENCE_S, TimeUnit.SECONDS)
                    .await(PATIENCE_S, TimeUnit.SECONDS);
            if (!done) {
                LOG.warn("control requests do not end seconds={}", PATIENCE_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
