package org.splnet.client;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Streams and selectors beside the JDK's own.
class SameAsTheJdkTest extends OracleTest {
    private static Object thrown(NetworkChannel channel, SocketOption<?> option, Object value) {
        @SuppressWarnings("unchecked")
        SocketOption<Object> any = (SocketOption<Object>) option;
        Object refused = thrown(() -> channel.setOption(any, value));
        return refused == channel ? "taken" : refused;
    }

    @Test
    void whatAConnectionSaysOfItself() throws Exception {
        same(provider -> {
            List<Object> seen = new ArrayList<>();
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET);
                seen.add(channel.toString() + channel.socket());
                channel.connect(server.getLocalSocketAddress());
                seen.add(channel.toString() + channel.socket());
                channel.shutdownInput().shutdownOutput();
                seen.add(channel.toString());
                channel.close();
                seen.add(channel.toString() + channel.socket());
            }
            return seen;
        });
    }

    @Test
    void whatAServerSaysOfItself() throws Exception {
        same(provider -> {
            List<Object> seen = new ArrayList<>();
            ServerSocketChannel channel = provider.openServerSocketChannel(StandardProtocolFamily.INET);
            seen.add(nameless(channel) + channel.socket());
            channel.bind(here(0));
            seen.add(channel.socket());
            channel.close();
            seen.add(nameless(channel) + channel.socket());
            return seen;
        });
    }

    /// What it is called is the provider's own.
    private static String nameless(Object channel) {
        return channel.toString().replaceFirst("^[^\\[]*", "");
    }

    @Test
    void valuesThatNoOptionHas() throws Exception {
        same(provider -> {
            List<Object> seen = new ArrayList<>();
            SocketOption<?>[] options = {StandardSocketOptions.TCP_NODELAY, StandardSocketOptions.IP_TOS,
                StandardSocketOptions.SO_LINGER, StandardSocketOptions.SO_RCVBUF,
                ExtendedSocketOptions.TCP_KEEPIDLE, ExtendedSocketOptions.TCP_KEEPINTERVAL,
                ExtendedSocketOptions.TCP_KEEPCOUNT};
            for (SocketOption<?> option : options) {
                for (Object value : new Object[] {null, -5, 256, 70_000, "x", true}) {
                    try (SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET)) {
                        seen.add(option + " " + value + ": " + thrown(channel, option, value));
                    }
                }
            }
            try (SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET)) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 70_000);
                seen.add(channel.getOption(StandardSocketOptions.SO_LINGER));
                channel.setOption(StandardSocketOptions.SO_LINGER, -5);
                seen.add(channel.getOption(StandardSocketOptions.SO_LINGER));
            }
            return seen;
        });
    }

    @Test
    void whatASelectionCounts() throws Exception {
        sameWithAnOctet((provider, channel) -> {
            try (Selector selector = provider.openSelector()) {
                channel.configureBlocking(false);
                var key = channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return List.of(selector.selectNow(), key.readyOps(), selector.selectNow(),
                        thrown(() -> selector.select(-1)));
            }
        });
    }

    @Test
    void whatHadComeWhenInputWasShutDown() throws Exception {
        sameWithAnOctet((provider, channel) -> {
            var input = channel.socket().getInputStream();
            channel.shutdownInput();
            return List.of(input.available(), channel.read(ByteBuffer.allocate(1)), input.read());
        });
    }

    @Test
    void readsThatHaveNoRoom() throws Exception {
        same(provider -> {
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET);
                ByteBuffer none = ByteBuffer.allocate(0);
                ByteBuffer[] nones = {none, none};
                List<Object> seen = new ArrayList<>(List.of(thrown(() -> channel.read(nones))));
                channel.connect(server.getLocalSocketAddress());
                server.accept().close();
                seen.addAll(List.of(channel.read(ByteBuffer.allocate(1)), channel.read(none),
                        channel.read(nones), channel.read(ByteBuffer.allocate(1))));
                channel.shutdownInput();
                seen.addAll(List.of(channel.read(none), channel.read(nones)));
                channel.close();
                seen.add(thrown(() -> channel.read(nones)));
                return seen;
            }
        });
    }

    @Test
    void whatTheStreamsOfAChannelThatIsClosedThrow() throws Exception {
        for (boolean virtual : new boolean[] {true, false}) {
            sameWithAnOctet((provider, channel) -> {
                var input = channel.socket().getInputStream();
                var output = channel.socket().getOutputStream();
                var reading = Doing.by(virtual ? Thread.ofVirtual() : Thread.ofPlatform(),
                        () -> input.readNBytes(2));
                channel.close();
                // Which of two it is depends on whether the reader has begun.
                return List.of(reading.thrown() instanceof ClosedChannelException, done(input::read),
                        done(input::available), done(() -> output.write(1)));
            });
        }
    }

    @Test
    void whereAConnectGoesThatIsPending() throws Exception {
        same(provider -> {
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                    SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET)) {
                List<Object> seen = new ArrayList<>(List.of(String.valueOf(channel.getRemoteAddress())));
                channel.configureBlocking(false);
                channel.connect(server.getLocalSocketAddress());
                seen.add(channel.getRemoteAddress());
                return seen;
            }
        });
    }

    @Test
    void whoIsInterruptedAtTheSocketOfAChannel() throws Exception {
        for (boolean virtual : new boolean[] {true, false}) {
            same(provider -> {
                try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                        SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET)) {
                    channel.connect(server.getLocalSocketAddress());
                    var reading = Doing.by(virtual ? Thread.ofVirtual() : Thread.ofPlatform(),
                            () -> channel.socket().getInputStream().read());
                    reading.thread().interrupt();
                    return List.of(reading.thrown().getClass(), channel.isOpen(),
                            channel.socket().isClosed());
                }
            });
        }
    }

    @Test
    void whatTheSocketOfAChannelThrows() throws Exception {
        same(provider -> {
            List<Object> seen = new ArrayList<>();
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                SocketAddress at = server.getLocalSocketAddress();
                Socket closed = provider.openSocketChannel(StandardProtocolFamily.INET).socket();
                for (ThrowingCallable call : new ThrowingCallable[] {() -> closed.connect(UNKNOWN, 1),
                    () -> closed.connect(UNKNOWN), () -> closed.bind(null), closed::shutdownInput,
                    closed::getInputStream}) {
                    seen.add(done(call) + " " + closed.isClosed());
                }
                Socket fresh = provider.openSocketChannel(StandardProtocolFamily.INET).socket();
                for (ThrowingCallable call : new ThrowingCallable[] {() -> fresh.connect(null),
                    () -> fresh.connect(null, 1), () -> fresh.connect(at, -1), () -> fresh.connect(odd()),
                    () -> fresh.bind(odd()), () -> fresh.bind(UNKNOWN), fresh::shutdownInput,
                    fresh::shutdownOutput, fresh::getOutputStream, () -> fresh.bind(here(0)),
                    () -> fresh.bind(here(0)), fresh::close}) {
                    seen.add(done(call) + " " + fresh.isClosed());
                }
                Socket socket = provider.openSocketChannel(StandardProtocolFamily.INET).socket();
                for (ThrowingCallable call : new ThrowingCallable[] {() -> socket.connect(at, 20_000),
                    () -> socket.connect(at, 20_000), () -> socket.connect(at), () -> socket.connect(UNKNOWN),
                    () -> socket.bind(here(0)), socket::shutdownInput, socket::shutdownInput,
                    socket::getInputStream, socket::shutdownOutput, socket::getOutputStream, socket::close}) {
                    seen.add(done(call) + " " + socket.isClosed());
                }
            }
            return seen;
        });
    }

    @Test
    void whoConnectsASecondTime() throws Exception {
        same(provider -> {
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                    SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET)) {
                SocketAddress at = server.getLocalSocketAddress();
                channel.configureBlocking(false);
                channel.connect(at);
                Object refused = done(() -> channel.socket().connect(at, 20_000));
                channel.configureBlocking(true);
                return List.of(refused, done(() -> channel.socket().connect(at, 20_000)), channel.isOpen(),
                        channel.finishConnect());
            }
        });
    }

    @Test
    void whatTheSocketOfAServersChannelThrows() throws Exception {
        same(provider -> {
            List<Object> seen = new ArrayList<>();
            try (ServerSocketChannel channel = provider.openServerSocketChannel(StandardProtocolFamily.INET);
                    Selector selector = provider.openSelector()) {
                ServerSocket socket = channel.socket();
                seen.addAll(List.of(done(socket::accept), done(() -> socket.bind(odd())),
                        done(() -> socket.bind(UNKNOWN)), done(() -> socket.bind(here(0))),
                        done(() -> socket.bind(here(0)))));
                channel.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
                seen.add(done(socket::accept));
                try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), socket.getLocalPort())) {
                    selector.select(20_000);
                    socket.setSoTimeout(20_000);
                    seen.add(done(socket::accept));
                    socket.setSoTimeout(0);
                    try (Socket accepted = socket.accept()) {
                        seen.add(accepted.getRemoteSocketAddress().equals(peer.getLocalSocketAddress()));
                    }
                }
                socket.close();
                seen.addAll(List.of(done(socket::accept), done(() -> socket.bind(here(0)))));
            }
            return seen;
        });
    }
}
