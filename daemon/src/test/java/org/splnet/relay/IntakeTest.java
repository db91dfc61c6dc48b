package org.splnet.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.wire.Endpoint;

/// A host that has half-closed, and waits for an answer.
@Timeout(60)
class IntakeTest {
    @TempDir
    private Path dir;

    private static void halfCloses(ServerSocketChannel server, Place place) throws Exception {
        var intake = new Intake();
        var reads = new LinkedBlockingQueue<Boolean>();
        try (Host host = new Host(PooledByteBufAllocator.DEFAULT, SelectorProvider.provider())) {
            EventLoop loop = host.next();
            var channel = host.connect(loop, place, Ways.SECOND, intake, new ChannelInboundHandlerAdapter() {
                @Override
                public void channelReadComplete(ChannelHandlerContext ctx) {
                    reads.add(intake.ended());
                    if (intake.ended()) {
                        Host.readNoMore(ctx.channel());
                    }
                }
            }).sync().channel();
            try (SocketChannel peer = server.accept()) {
                channel.read();
                peer.shutdownOutput();
                assertThat(reads.poll(20, TimeUnit.SECONDS)).isTrue();
                for (int i = 0; i < 100; i++) {
                    loop.submit(() -> { }).sync();          // each time the loop looks at its channels
                }
                assertThat(reads).as("told again of the end").hasSizeLessThan(2);
                assertThat(channel.isOpen()).isTrue();
            }
            channel.close().sync();
        }
    }

    @Test
    void isToldOnceByTcp() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(
                new InetSocketAddress("127.0.0.1", 0))) {
            halfCloses(server, new Place.Tcp(Endpoint.parse("127.0.0.1:"
                    + ((InetSocketAddress) server.getLocalAddress()).getPort())));
        }
    }

    @Test
    void isToldOnceByAUnixSocket() throws Exception {
        Path file = dir.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(file))) {
            halfCloses(server, new Place.Unix(file));
        }
    }
}
