package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// HTTP libraries on splnet: the JDK's, which know nothing of it, and Netty's, which is handed a provider.
class HttpOnSplnetTest extends MockTest {
    private static final int REQUESTS = 200;

    @Test
    void theJdksServerAndClientUnmodifiedByTwoOptions() throws Exception {
        runUnmodified(false, List.of("--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED",
                "-Djava.nio.channels.spi.SelectorProvider=" + SplnetSelectorProvider.class.getName()));
    }

    @Test
    void theJdksServerAndClientUnmodifiedByTheAgent(@TempDir Path dir) throws Exception {
        runUnmodified(true, List.of("-javaagent:" + agent(dir)));
    }

    private void runUnmodified(boolean socketsToo, List<String> options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"),
                UnmodifiedProgram.class.getName(), "127.0.0.1", "0"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(Splnet.SOCKET_VARIABLE, splnet.path().toString());
        Process process = builder.start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(out).isZero();
            assertThat(out).contains("server at /127.0.0.1:", "large 3000000", "peer /127.0.0.1:", "many 50",
                    "socket hello");
            // Listeners, and both ends of every connection, were the mock's.
            assertThat(daemon.ids.get()).isGreaterThan(socketsToo ? 10 : 7);
            assertThat(daemon.ids.get() % 2 == 0).as("ids %d", daemon.ids.get()).isEqualTo(socketsToo);
        } finally {
            process.destroyForcibly();
        }
    }

    /// A jar like the one that is shipped.
    private static Path agent(Path dir) throws IOException {
        Path jar = dir.resolve("client.jar");
        Path classes = Path.of(URI_OF_CLASSES);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Premain-Class"), Agent.class.getName());
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> files = Files.walk(classes)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
                Files.copy(each, out);
            }
        }
        return jar;
    }

    private static final java.net.URI URI_OF_CLASSES = classes();

    private static java.net.URI classes() {
        try {
            return Splnet.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        } catch (java.net.URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    // ---- Netty

    @Test
    void nettysServerAndClientByAProvider() throws Exception {
        SelectorProvider provider = splnet.selectorProvider();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory(provider));
        try {
            Channel server = new ServerBootstrap().group(loops)
                    .channelFactory(() -> new NioServerSocketChannel(provider))
                    .childHandler(pipeline(new HttpServerCodec(), Echo::new))
                    .bind(new InetSocketAddress(Pair.LOOPBACK, 0)).sync().channel();
            Asking asking = new Asking();
            Channel client = new Bootstrap().group(loops)
                    .channelFactory(() -> new NioSocketChannel(provider))
                    .handler(pipeline(new HttpClientCodec(), () -> asking))
                    .connect(server.localAddress()).sync().channel();
            assertThat(asking.done.get(40, TimeUnit.SECONDS)).isEqualTo(REQUESTS);
            client.close().sync();
            server.close().sync();
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
        until(() -> daemon.open.size() <= 4);
    }

    private static ChannelInitializer<SocketChannel> pipeline(ChannelHandler codec,
            java.util.function.Supplier<ChannelHandler> handler) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                channel.config().setTcpNoDelay(true);
                channel.pipeline().addLast(codec, new HttpObjectAggregator(1 << 20), handler.get());
            }
        };
    }

    private static final class Echo extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                    HttpResponseStatus.OK, request.content().retain());
            response.headers().set("Content-Length", request.content().readableBytes());
            ctx.writeAndFlush(response);
        }
    }

    /// Sends a request, and the next when it is answered.
    private static final class Asking extends SimpleChannelInboundHandler<FullHttpResponse> {
        final CompletableFuture<Integer> done = new CompletableFuture<>();
        private int answered;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ask(ctx);
        }

        private void ask(ChannelHandlerContext ctx) {
            byte[] body = new byte[answered * 997];
            FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/",
                    Unpooled.wrappedBuffer(body));
            request.headers().set("Content-Length", body.length);
            ctx.writeAndFlush(request);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
            if (response.content().readableBytes() != answered * 997) {
                done.completeExceptionally(new AssertionError("answer " + answered + " has "
                        + response.content().readableBytes() + " octets"));
            } else if (++answered == REQUESTS) {
                done.complete(answered);
            } else {
                ask(ctx);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            done.completeExceptionally(cause);
        }
    }
}
