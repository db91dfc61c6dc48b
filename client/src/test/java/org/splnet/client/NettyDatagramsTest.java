package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Netty's datagrams, of which the channel's `socket()` is where it asks for most.
class NettyDatagramsTest extends MockTest {
    /// What comes in first, or why nothing does.
    private static final class First extends ChannelInboundHandlerAdapter {
        final CompletableFuture<DatagramPacket> came = new CompletableFuture<>();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            came.complete((DatagramPacket) message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            came.completeExceptionally(cause);
        }
    }

    private final First first = new First();
    private EventLoopGroup loops;
    private Bootstrap bootstrap;

    @BeforeEach
    void prepare() {
        SelectorProvider provider = splnet.selectorProvider();
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory(provider));
        bootstrap = new Bootstrap().group(loops).option(ChannelOption.SO_BROADCAST, true).handler(first)
                .channelFactory(() -> new NioDatagramChannel(provider, SocketProtocolFamily.INET));
    }

    @AfterEach
    void shutDown() throws Exception {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private static ByteBuf text() {
        return Unpooled.copiedBuffer("text", StandardCharsets.US_ASCII);
    }

    @Test
    void goToAndFro() throws Exception {
        Channel channel = bootstrap.bind(new InetSocketAddress(Pair.LOOPBACK, 0)).sync().channel();
        InetSocketAddress own = (InetSocketAddress) channel.localAddress();
        assertThat(channel.isActive()).isTrue();
        channel.writeAndFlush(new DatagramPacket(text(), own)).sync();
        DatagramPacket packet = first.came.get(20, TimeUnit.SECONDS);
        assertThat(packet.content().toString(StandardCharsets.US_ASCII)).isEqualTo("text");
        assertThat(packet.sender()).isEqualTo(own);
        packet.release();
        channel.close().sync();
    }

    @Test
    void hearOfAPortThatIsNone() throws Exception {
        Channel channel = bootstrap.connect(Pair.nobody()).sync().channel();
        channel.writeAndFlush(text()).sync();
        assertThat(first.came).failsWithin(java.time.Duration.ofSeconds(20))
                .withThrowableThat().withCauseInstanceOf(PortUnreachableException.class);
        channel.close().sync();
    }
}
