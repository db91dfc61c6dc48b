package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import jdk.net.ExtendedSocketOptions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// The same calls on the JDK's own channels and on splnet's, and the same to be seen, texts included.
class SameAsTheJdkTest extends MockTest {
    private interface Scene {
        List<Object> play(SelectorProvider provider) throws Exception;
    }

    private void same(Scene scene) throws Exception {
        List<String> ours = told(scene.play(splnet.selectorProvider()));
        assertThat(ours).isEqualTo(told(scene.play(NativeProvider.get())));
    }

    /// Without the numbers of ports, which are another each time.
    private static List<String> told(List<Object> seen) {
        return seen.stream().map(each -> String.valueOf(each).replaceAll(":\\d{4,5}", ":N")
                .replaceAll("port=\\d{4,5}", "port=N")).toList();
    }

    private static Object thrown(Callable<?> call) {
        try {
            return call.call();
        } catch (Exception e) {
            return e.getClass() + ": " + e.getMessage();
        }
    }

    private static Object thrown(NetworkChannel channel, SocketOption<?> option, Object value) {
        @SuppressWarnings("unchecked")
        SocketOption<Object> any = (SocketOption<Object>) option;
        Object refused = thrown(() -> channel.setOption(any, value));
        return refused == channel ? "taken" : refused;
    }

    private static InetSocketAddress here(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
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
        same(provider -> {
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                    Selector selector = provider.openSelector();
                    SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET)) {
                channel.connect(server.getLocalSocketAddress());
                try (Socket peer = server.accept()) {
                    peer.getOutputStream().write(7);
                    var input = channel.socket().getInputStream();
                    until(() -> (int) thrown(input::available) == 1);
                    channel.configureBlocking(false);
                    var key = channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    return List.of(selector.selectNow(), key.readyOps(), selector.selectNow(),
                            thrown(() -> selector.select(-1)));
                }
            }
        });
    }

    @Test
    void readsThatHaveNoRoom() throws Exception {
        same(provider -> {
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                    SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET)) {
                channel.connect(server.getLocalSocketAddress());
                server.accept().close();
                ByteBuffer none = ByteBuffer.allocate(0);
                return List.of(channel.read(ByteBuffer.allocate(1)), channel.read(none),
                        channel.read(ByteBuffer.allocate(1)), channel.shutdownInput().read(none));
            }
        });
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
    void datagramsToPortZero() throws Exception {
        same(provider -> {
            try (DatagramChannel channel = provider.openDatagramChannel(StandardProtocolFamily.INET)) {
                return List.of(thrown(() -> channel.send(ByteBuffer.allocate(1), here(0))),
                        thrown(() -> channel.connect(here(0))), channel.isConnected());
            }
        });
    }

    @Test
    void whatHadComeWhenInputWasShutDown() throws Exception {
        same(provider -> {
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                    SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET)) {
                channel.connect(server.getLocalSocketAddress());
                try (Socket peer = server.accept()) {
                    peer.getOutputStream().write(7);
                    var input = channel.socket().getInputStream();
                    until(() -> (int) thrown(input::available) == 1);
                    channel.shutdownInput();
                    return List.of(input.available(), channel.read(ByteBuffer.allocate(1)), input.read());
                }
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
    void whatAStrangerSentBeforeTheConnect() throws Exception {
        for (boolean socket : new boolean[] {true, false}) {
            same(provider -> {
                try (DatagramChannel channel = provider.openDatagramChannel(StandardProtocolFamily.INET);
                        Selector selector = provider.openSelector();
                        DatagramSocket stranger = new DatagramSocket(here(0));
                        DatagramSocket peer = new DatagramSocket(here(0))) {
                    SocketAddress at = channel.bind(here(0)).getLocalAddress();
                    channel.configureBlocking(false);
                    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
                    stranger.send(new DatagramPacket(new byte[] {1}, 1, at));
                    selector.select(20_000);
                    key.cancel();
                    selector.selectNow();
                    channel.configureBlocking(true);
                    channel.connect(peer.getLocalSocketAddress());
                    peer.send(new DatagramPacket(new byte[] {2}, 1, at));
                    byte[] in = new byte[1];
                    if (socket) {
                        channel.socket().receive(new DatagramPacket(in, 1));
                    } else {
                        channel.receive(ByteBuffer.wrap(in));
                    }
                    return List.of(in[0]);
                }
            });
        }
    }

    private static void state(List<Object> seen, DatagramSocket socket) {
        seen.add(List.of(socket.isBound(), socket.isConnected(), socket.isClosed(), socket.getPort(),
                Integer.signum(socket.getLocalPort()), String.valueOf(socket.getLocalAddress()),
                String.valueOf(socket.getInetAddress()), String.valueOf(socket.getLocalSocketAddress()),
                String.valueOf(socket.getRemoteSocketAddress())).toString().replaceAll("\\d{4,5}", "N"));
    }

    private static Object done(ThrowingCallable call) {
        try {
            call.call();
            return "done";
        } catch (Throwable e) {
            return e.getClass() + ": " + e.getMessage();
        }
    }

    /// An address of no kind that anybody knows.
    private static SocketAddress odd() {
        return new SocketAddress() { };
    }

    private static final InetSocketAddress UNKNOWN = InetSocketAddress.createUnresolved("nobody.invalid", 1);

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

    @Test
    void theSocketOfADatagramChannel() throws Exception {
        same(provider -> {
            List<Object> seen = new ArrayList<>();
            try (DatagramChannel channel = provider.openDatagramChannel(StandardProtocolFamily.INET);
                    DatagramSocket peer = new DatagramSocket(here(0))) {
                DatagramSocket socket = channel.socket();
                DatagramPacket packet = new DatagramPacket(new byte[9], 9);
                state(seen, socket);
                socket.bind(here(0));
                state(seen, socket);
                socket.setSoTimeout(1);
                seen.addAll(List.of(channel == socket.getChannel(), socket == channel.socket(),
                        done(() -> socket.bind(here(0))), done(() -> socket.send(packet)),
                        done(() -> socket.receive(packet)), done(() -> socket.connect(null)),
                        done(() -> socket.connect(here(0))), socket.getSoTimeout()));
                socket.send(new DatagramPacket(new byte[] {1, 2}, 2, peer.getLocalSocketAddress()));
                peer.receive(packet);
                peer.send(packet);
                socket.setSoTimeout(20_000);
                DatagramPacket back = new DatagramPacket(new byte[9], 9);
                socket.receive(back);
                seen.add(back.getLength());
                seen.add(back.getSocketAddress().equals(peer.getLocalSocketAddress()));
                socket.connect(peer.getLocalSocketAddress());
                state(seen, socket);
                seen.add(done(() -> socket.send(new DatagramPacket(new byte[2], 2))));
                seen.add(done(() -> socket.send(new DatagramPacket(new byte[2], 2, here(9)))));
                socket.disconnect();
                state(seen, socket);
                channel.configureBlocking(false);
                seen.add(done(() -> socket.receive(packet)));
                seen.add(done(() -> socket.send(packet)));
                channel.configureBlocking(true);
                socket.close();
                state(seen, socket);
                seen.addAll(List.of(channel.isOpen(), done(() -> socket.receive(packet)),
                        done(() -> socket.bind(here(0))), done(() -> socket.connect(here(9)))));
            }
            return seen;
        });
    }
}
