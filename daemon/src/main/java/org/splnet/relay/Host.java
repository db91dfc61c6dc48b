package org.splnet.relay;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Witness;

/// The host's sockets: Netty's channels on a few event loops. Any thread, holding nothing.
final class Host implements AutoCloseable {
    /// Octets that wait for the host to take them, before the stack is no longer read.
    static final int HIGH = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger("splnet.relay");
    private static final int LOW = 64 << 10;
    private static final int BACKLOG = 1024;
    private static final int LARGEST = 1 << 16;
    private static final int MOST_LOOPS = 4;
    private static final long PATIENCE_S = 3;
    private static final long NS_PER_MS = 1_000_000;

    private final ByteBufAllocator allocator;
    private final SelectorProvider sockets;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, MOST_LOOPS),
            Thread.ofPlatform().name("relay-", 0).daemon().factory(), NioIoHandler.newFactory());

    /// @param allocator of what is read
    /// @param sockets where those come from that connect
    Host(ByteBufAllocator allocator, SelectorProvider sockets) {
        this.allocator = allocator;
        this.sockets = sockets;
    }

    /// The loop for one more connection.
    EventLoop next() {
        return loops.next();
    }

    /// Connects to `to`. Where not even a channel can be had, as without descriptors, what is returned has
    /// failed already, and its channel is none, whose listeners another thread than the loop's would call.
    ///
    /// @param intake of the channel
    ChannelFuture connect(EventLoop loop, Place to, long timeoutNs, Intake intake, ChannelHandler handler) {
        Bootstrap bootstrap = new Bootstrap().group(loop)
                .channelFactory((ChannelFactory<Channel>) () -> to instanceof Place.Unix
                        ? new NioDomainSocketChannel(sockets) : new NioSocketChannel(sockets))
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.RECVBUF_ALLOCATOR, intake)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW, HIGH))
                .handler(handler);
        if (to instanceof Place.Tcp) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) (timeoutNs / NS_PER_MS));
        }
        return bootstrap.connect(to.host());
    }

    /// Sees that this process may have sockets to `to`: else only those would find out who come in.
    ///
    /// @param key of the configuration, under which another place is chosen
    /// @param sockets where they come from
    /// @throws HostException if it may not
    static void require(Place to, String key, SelectorProvider sockets) throws HostException {
        if (to instanceof Place.Unix) {
            return;
        }
        try {
            sockets.openSocketChannel().close();
        } catch (IOException e) {
            throw HostException.listening(to, key, e);
        }
    }

    /// A socket for datagrams to `to`. It is not connected: Java sends no empty datagram from one that is. By
    /// the loop's thread, which it does not keep waiting.
    ///
    /// @param allocator of what is read
    /// @param handler is given what comes, from whomever
    static Channel toward(EventLoop loop, InetSocketAddress to, ByteBufAllocator allocator,
            ChannelHandler handler) throws IOException {
        assert loop.inEventLoop();
        boolean six = to.getAddress() instanceof Inet6Address;
        DatagramChannel socket = DatagramChannel.open(six ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET);
        try {
            String local = to.getAddress().isLoopbackAddress() ? six ? "::1" : "127.0.0.1"
                    : six ? "::" : "0.0.0.0";
            socket.bind(new InetSocketAddress(local, 0));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        NioDatagramChannel channel = new NioDatagramChannel(socket);
        channel.config().setAllocator(allocator).setRecvByteBufAllocator(datagrams())
                .setWriteBufferWaterMark(new WriteBufferWaterMark(LOW, HIGH));
        channel.pipeline().addLast(handler);
        loop.register(channel);
        return channel;
    }

    /// A socket for datagrams from anybody; nothing is read from it by itself.
    ///
    /// @param key of the configuration, under which another place is chosen
    /// @param handler is given what comes
    /// @throws HostException if it cannot be had
    Channel bound(EventLoop loop, Place.Udp at, String key, ChannelHandler handler) throws HostException {
        Witness.beforeBlocking("binding a port of the host");
        ChannelFuture bound = new Bootstrap().group(loop).channel(NioDatagramChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.RECVBUF_ALLOCATOR, datagrams())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW, HIGH))
                .handler(handler).bind(at.host()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw HostException.listening(at, key, bound.cause());
        }
        return bound.channel();
    }

    /// Netty's own buffers would cut datagrams off.
    private static RecvByteBufAllocator datagrams() {
        return new FixedRecvByteBufAllocator(LARGEST).maxMessagesPerRead(Flows.BURST);
    }

    /// Listens at `at`.
    ///
    /// @param key of the configuration, under which another place is chosen
    /// @param each initialises a channel that has come in; nothing is read from it by itself
    /// @throws HostException if it cannot be had
    Relay.Door listen(Place at, String key, ChannelHandler each) throws HostException {
        Witness.beforeBlocking("listening on the host");
        return switch (at) {
            case Place.Tcp tcp -> {
                ChannelFuture bound = bind(tcp, tcp.host(), each);
                if (!bound.isSuccess()) {
                    throw HostException.listening(at, key, bound.cause());
                }
                int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
                yield new Listening(bound.channel(), null, tcp.withPort(port).toString());
            }
            case Place.Unix unix -> {
                SocketFile file = SocketFile.at(unix.path(), key);
                ChannelFuture bound = bind(unix, file.address(), each);
                Listening listening = new Listening(bound.channel(), file, unix.toString());
                try {
                    if (!bound.isSuccess()) {
                        throw file.failure(bound.cause());
                    }
                    file.publish();
                    yield listening;
                } catch (IOException e) {
                    listening.close();
                    throw file.failure(e);
                } catch (HostException e) {
                    listening.close();
                    throw e;
                }
            }
            case Place.Udp udp -> throw new IllegalArgumentException(udp + " has no connections");
        };
    }

    private ChannelFuture bind(Place at, SocketAddress address, ChannelHandler each) {
        ServerBootstrap bootstrap = new ServerBootstrap().group(loops)
                .channel(at instanceof Place.Unix ? NioServerDomainSocketChannel.class
                        : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW, HIGH))
                .childHandler(each);
        if (at instanceof Place.Tcp) {
            bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (bound.isSuccess()) {
            bound.channel().pipeline().addLast(new Refusals(at));
        }
        return bound;
    }

    /// Says in a line that nobody can be let in, as where no descriptors are left. It comes last: Netty has
    /// paused for a second then, in which the kernel keeps those who come.
    private static final class Refusals extends ChannelInboundHandlerAdapter {
        private final Place at;

        private Refusals(Place at) {
            this.at = at;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.warn("nobody is let in for a second listen={} cause={}", at, cause.getMessage());
        }
    }

    /// Prepares a channel that has come in for being read.
    static Intake intake(Channel channel) {
        Intake intake = new Intake();
        channel.config().setRecvByteBufAllocator(intake);
        return intake;
    }

    /// A channel has been read to its end, which looks to Netty like nothing to read ([Intake]): it would be
    /// told of that again and again. From here on a reset is noticed only by whoever writes to it. By the
    /// loop's thread.
    static void readNoMore(Channel channel) {
        ((DuplexChannel) channel).shutdownInput();
    }

    /// Closes a channel with a reset where there is such a thing; a Unix socket's other end sees an end.
    static void reset(Channel channel) {
        if (channel instanceof SocketChannel tcp && tcp.isOpen()) {
            tcp.config().setSoLinger(0);
        }
        channel.close();
    }

    private record Listening(Channel channel, SocketFile file, String place) implements Relay.Door {
        @Override
        public void start() {
            // the host lets in who comes as soon as it listens
        }

        @Override
        public void close() {
            Witness.beforeBlocking("closing a socket of the host");
            channel.close().awaitUninterruptibly();
            if (file != null) {
                file.remove();
            }
        }
    }

    /// Ends the loops, and waits, but not for ever, for what they have in hand. Idempotent.
    @Override
    public void close() {
        Witness.beforeBlocking("closing the host's sockets");
        if (!loops.shutdownGracefully(0, PATIENCE_S, TimeUnit.SECONDS)
                .awaitUninterruptibly(PATIENCE_S, TimeUnit.SECONDS)) {
            LOG.warn("relays do not end seconds={}", PATIENCE_S);
        }
    }
}
