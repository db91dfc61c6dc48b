package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Channels and selectors on splnet.
class SplnetChannelsTest extends MockTest {
    private SelectorProvider provider;

    @BeforeEach
    void open() {
        provider = splnet.selectorProvider();
    }

    private static int select(Selector selector) throws Exception {
        selector.selectedKeys().clear();
        return selector.select(TimeUnit.SECONDS.toMillis(20));
    }

    @Test
    void connectsWithASelector() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, Pair.LOOPBACK);
                Selector selector = provider.openSelector();
                SocketChannel channel = provider.openSocketChannel()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, 0, "mine");
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            assertThat(channel.connect(server.getLocalSocketAddress())).isFalse();
            assertThat(channel.isConnectionPending()).isTrue();
            key.interestOps(SelectionKey.OP_CONNECT);
            assertThat(select(selector)).isOne();
            assertThat(selector.selectedKeys()).containsExactly(key);
            assertThat(key.isConnectable()).isTrue();
            // It stays so until it is taken.
            assertThat(select(selector)).isOne();
            assertThat(channel.finishConnect()).isTrue();
            assertThat(channel.isConnected()).isTrue();
            assertThat(selector.selectNow()).isZero();
            try (Socket peer = server.accept()) {
                assertThat(channel.getLocalAddress()).isEqualTo(peer.getRemoteSocketAddress());
                key.interestOps(SelectionKey.OP_READ);
                selector.selectedKeys().clear();
                assertThat(selector.selectNow()).isZero();
                peer.getOutputStream().write(new byte[] {1, 2, 3});
                assertThat(select(selector)).isOne();
                ByteBuffer in = ByteBuffer.allocate(10);
                assertThat(channel.read(in)).isEqualTo(3);
                assertThat(channel.read(in)).isZero();
                key.interestOps(SelectionKey.OP_WRITE);
                assertThat(select(selector)).isOne();
                assertThat(key.isWritable()).isTrue();
                assertThat(channel.write(new ByteBuffer[] {ByteBuffer.wrap(new byte[2]),
                    ByteBuffer.wrap(new byte[3])})).isEqualTo(5);
                assertThat(peer.getInputStream().readNBytes(5)).hasSize(5);
                key.interestOps(SelectionKey.OP_READ);
                peer.shutdownOutput();
                assertThat(select(selector)).isOne();
                assertThat(channel.read(in)).isEqualTo(-1);
            }
            assertThat(key.attachment()).isEqualTo("mine");
        }
    }

    @Test
    void aConnectThatIsRefusedIsReadyToBeAsked() throws Exception {
        try (Selector selector = provider.openSelector();
                SocketChannel channel = provider.openSocketChannel()) {
            channel.configureBlocking(false);
            channel.connect(Pair.nobody());
            channel.register(selector, SelectionKey.OP_CONNECT);
            assertThat(select(selector)).isOne();
            assertThatThrownBy(channel::finishConnect).isExactlyInstanceOf(ConnectException.class)
                    .hasMessage("Connection refused");
            assertThat(channel.isOpen()).isFalse();
            selector.selectNow();
            assertThat(selector.keys()).isEmpty();
        }
    }

    @Test
    void acceptsWithASelector() throws Exception {
        try (Selector selector = provider.openSelector();
                ServerSocketChannel server = provider.openServerSocketChannel()) {
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            server.bind(new InetSocketAddress(Pair.LOOPBACK, 0));
            assertThat(server.accept()).isNull();
            InetSocketAddress at = (InetSocketAddress) server.getLocalAddress();
            try (Socket one = new Socket(Pair.LOOPBACK, at.getPort());
                    Socket two = new Socket(Pair.LOOPBACK, at.getPort())) {
                for (Socket peer : new Socket[] {one, two}) {
                    assertThat(select(selector)).isOne();
                    try (SocketChannel accepted = server.accept(); Selector its = provider.openSelector()) {
                        assertThat(accepted.getRemoteAddress()).isEqualTo(peer.getLocalSocketAddress());
                        answersAfterAttach(its, accepted, peer);
                    }
                }
            }
            assertThat(selector.keys()).hasSize(1);
        }
    }

    /// The answer to the attach makes the Unix channel readable, and not the channel.
    private static void answersAfterAttach(Selector selector, SocketChannel accepted, Socket peer)
            throws Exception {
        accepted.configureBlocking(false);
        SelectionKey key = accepted.register(selector, SelectionKey.OP_READ);
        assertThat(selector.select(50)).isZero();
        peer.getOutputStream().write(4);
        assertThat(select(selector)).isOne();
        assertThat(key.isReadable()).isTrue();
        ByteBuffer in = ByteBuffer.allocate(1);
        assertThat(accepted.read(in)).isOne();
        assertThat(in.get(0)).isEqualTo((byte) 4);
        // As the JDK's HttpServer does: cancelled, and blocking at once.
        key.cancel();
        accepted.configureBlocking(true);
        peer.getOutputStream().write(5);
        assertThat(accepted.read(in.clear())).isOne();
        selector.selectNow();
        accepted.configureBlocking(false);
        accepted.register(selector, SelectionKey.OP_READ);
    }

    /// It has come to the Unix channel, and is of no interest: the selection goes on, without a limit.
    @Test
    void anAnswerThatComesLateDoesNotEndASelection() throws Exception {
        var answered = new CountDownLatch(1);
        daemon.beforeAttach = () -> {
            try {
                answered.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        try (Selector selector = provider.openSelector();
                ServerSocketChannel server = provider.openServerSocketChannel()) {
            server.bind(new InetSocketAddress(Pair.LOOPBACK, 0));
            try (Socket peer = new Socket(Pair.LOOPBACK, server.socket().getLocalPort());
                    SocketChannel accepted = server.accept()) {
                accepted.configureBlocking(false);
                accepted.register(selector, SelectionKey.OP_READ);
                var selecting = Doing.by(Thread.ofPlatform(), () -> selector.select()).untilItWaits();
                for (long from = System.nanoTime(); System.nanoTime() - from < 2_000_000; ) {
                    Thread.onSpinWait();        // so that there is a time that has passed
                }
                answered.countDown();
                peer.getOutputStream().write(4);
                assertThat(selecting.value()).isOne();
            }
        }
    }

    @Test
    void aConnectionThatIsGoneWhenItIsTakenIsReadable() throws Exception {
        try (Selector selector = provider.openSelector();
                ServerSocketChannel server = provider.openServerSocketChannel()) {
            server.bind(new InetSocketAddress(Pair.LOOPBACK, 0));
            try (Socket peer = new Socket(Pair.LOOPBACK, server.socket().getLocalPort())) {
                until(() -> !daemon.parked.isEmpty());
                daemon.parked.clear();
                try (SocketChannel accepted = server.accept()) {
                    assertThat(peer.isConnected()).isTrue();
                    accepted.configureBlocking(false);
                    SelectionKey key = accepted.register(selector, SelectionKey.OP_READ);
                    assertThat(select(selector)).isOne();
                    assertThat(key.isReadable()).isTrue();
                    assertThatThrownBy(() -> accepted.read(ByteBuffer.allocate(1)))
                            .isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
                }
            }
        }
    }

    @Test
    void aResetIsAnExceptionAndReadable() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, Pair.LOOPBACK);
                Selector selector = provider.openSelector();
                SocketChannel channel = provider.openSocketChannel()) {
            assertThat(channel.connect(server.getLocalSocketAddress())).isTrue();
            Socket peer = server.accept();
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            peer.setSoLinger(true, 0);
            peer.close();
            assertThat(select(selector)).isOne();
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(SocketException.class).hasMessage("Connection reset");
        }
    }

    @Test
    void wakeupEndsASelection() throws Exception {
        try (Selector selector = provider.openSelector()) {
            selector.wakeup();
            assertThat(selector.select()).isZero();
            var selecting = Doing.by(Thread.ofVirtual(), () -> selector.select()).untilItWaits();
            selector.wakeup();
            assertThat(selecting.value()).isZero();
            var again = Doing.by(Thread.ofVirtual(), () -> selector.select()).untilItWaits();
            again.thread().interrupt();
            assertThat(again.value()).isZero();
            long start = System.nanoTime();
            assertThat(selector.select(20)).isZero();
            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(15));
        }
    }

    @Test
    void closingASelectorEndsItsSelectionAndFreesItsChannels() throws Exception {
        try (ServerSocketChannel server = provider.openServerSocketChannel()) {
            server.bind(new InetSocketAddress(Pair.LOOPBACK, 0)).configureBlocking(false);
            Selector selector = provider.openSelector();
            SelectionKey key = server.register(selector, SelectionKey.OP_ACCEPT);
            var selecting = Doing.by(Thread.ofVirtual(), () -> selector.select()).untilItWaits();
            selector.close();
            assertThat(selecting.value()).isZero();
            assertThat(key.isValid()).isFalse();
            assertThat(server.isRegistered()).isFalse();
        }
    }

    @Test
    void pipesOfTheJdkCanBeRegisteredToo() throws Exception {
        Pipe pipe = provider.openPipe();
        try (Selector selector = provider.openSelector(); Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            source.configureBlocking(false);
            SelectionKey key = source.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            sink.write(ByteBuffer.wrap(new byte[1]));
            assertThat(select(selector)).isOne();
            assertThat(selector.selectedKeys()).isEqualTo(Set.of(key));
        }
    }

    @Test
    void aBlockingReadEndsByCloseAndByInterrupt() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 2, Pair.LOOPBACK)) {
            SocketChannel first = provider.openSocketChannel();
            first.connect(server.getLocalSocketAddress());
            var reading = Doing.by(Thread.ofVirtual(), () -> first.read(ByteBuffer.allocate(1)))
                    .untilItWaits();
            first.close();
            assertThat(reading.thrown()).isExactlyInstanceOf(AsynchronousCloseException.class);

            SocketChannel second = provider.openSocketChannel();
            second.connect(server.getLocalSocketAddress());
            var again = Doing.by(Thread.ofPlatform(), () -> second.read(ByteBuffer.allocate(1)))
                    .untilItWaits();
            again.thread().interrupt();
            assertThat(again.thrown()).isExactlyInstanceOf(ClosedByInterruptException.class);
            assertThat(second.isOpen()).isFalse();
        }
    }

    @Test
    void theSocketOfAChannelIsTheChannel() throws Exception {
        try (ServerSocketChannel server = provider.openServerSocketChannel();
                SocketChannel channel = provider.openSocketChannel()) {
            server.socket().bind(new InetSocketAddress(Pair.LOOPBACK, 0), 5);
            assertThat(server.socket().getLocalSocketAddress()).isEqualTo(server.getLocalAddress());
            Socket socket = channel.socket();
            assertThat(socket.isConnected()).isFalse();
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(NotYetConnectedException.class);
            socket.connect(server.getLocalAddress(), 20_000);
            assertThat(socket.isConnected()).isTrue();
            assertThat(socket.getChannel()).isSameAs(channel);
            socket.setTcpNoDelay(true);
            assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
            try (Socket accepted = server.socket().accept()) {
                accepted.getOutputStream().write(3);
                assertThat(socket.getInputStream().read()).isEqualTo(3);
                socket.shutdownOutput();
                assertThat(socket.isOutputShutdown()).isTrue();
                assertThat(accepted.getInputStream().read()).isEqualTo(-1);
                assertThat(accepted.getPort()).isEqualTo(socket.getLocalPort());
            }
            socket.close();
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Test
    void datagramsWithASelector() throws Exception {
        try (Selector selector = provider.openSelector();
                DatagramChannel one = provider.openDatagramChannel();
                DatagramChannel two = provider.openDatagramChannel()) {
            two.bind(new InetSocketAddress(Pair.LOOPBACK, 0)).configureBlocking(false);
            two.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            for (byte i = 0; i < 3; i++) {
                assertThat(one.send(ByteBuffer.wrap(new byte[] {i, i}), two.getLocalAddress())).isEqualTo(2);
            }
            for (byte i = 0; i < 3; i++) {
                assertThat(select(selector)).isOne();
                ByteBuffer in = ByteBuffer.allocate(10);
                assertThat(((InetSocketAddress) two.receive(in)).getPort())
                        .isEqualTo(((InetSocketAddress) one.getLocalAddress()).getPort());
                assertThat(in.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {i, i}));
            }
            assertThat(two.receive(ByteBuffer.allocate(1))).isNull();
        }
    }
}
