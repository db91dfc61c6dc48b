package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the JDK's own channels and sockets promise, in corners.
class ChannelContractsTest extends MockTest {
    @AfterEach
    void isInterruptedNoMore() {
        Thread.interrupted();
    }

    private static void isClosedByInterrupt(AbstractInterruptibleChannel channel, ThrowingCallable call) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(call).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whoComesInterruptedFindsTheChannelClosedEvenWithoutWaiting() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, Pair.LOOPBACK)) {
            for (boolean writes : new boolean[] {true, false}) {
                try (SocketChannel channel = splnet.selectorProvider().openSocketChannel()) {
                    channel.connect(server.getLocalSocketAddress());
                    try (Socket peer = server.accept()) {
                        peer.getOutputStream().write(1);
                        until(() -> available(channel) > 0);
                        ByteBuffer octet = ByteBuffer.allocate(1);
                        isClosedByInterrupt(channel, () -> {
                            if (writes) {
                                channel.write(octet);
                            } else {
                                channel.read(octet);
                            }
                        });
                    }
                }
            }
            SocketChannel connecting = splnet.selectorProvider().openSocketChannel();
            isClosedByInterrupt(connecting, () -> connecting.connect(server.getLocalSocketAddress()));
        }
    }

    private static int available(SocketChannel channel) {
        try {
            return channel.socket().getInputStream().available();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void soItIsWithAcceptAndDatagrams() throws Exception {
        ServerSocketChannel server = splnet.selectorProvider().openServerSocketChannel();
        server.bind(new InetSocketAddress(Pair.LOOPBACK, 0));
        try (Socket peer = new Socket(Pair.LOOPBACK, server.socket().getLocalPort())) {
            assertThat(peer.isConnected()).isTrue();
            isClosedByInterrupt(server, server::accept);
        }
        DatagramChannel receiver = splnet.selectorProvider().openDatagramChannel();
        receiver.bind(new InetSocketAddress(Pair.LOOPBACK, 0));
        DatagramChannel sender = splnet.selectorProvider().openDatagramChannel();
        ByteBuffer octet = ByteBuffer.allocate(1);
        sender.send(octet, receiver.getLocalAddress());
        InetSocketAddress to = (InetSocketAddress) receiver.getLocalAddress();
        isClosedByInterrupt(sender, () -> sender.send(octet, to));
        isClosedByInterrupt(receiver, () -> receiver.receive(octet));
    }

    @Test
    void aConnectThatFailsBeforeItHasBegunClosesTheChannel() throws Exception {
        Splnet nowhere = Splnet.at(Path.of("/nowhere/control.sock"));
        try (SocketChannel channel = nowhere.selectorProvider().openSocketChannel()) {
            assertThatThrownBy(() -> channel.connect(Pair.nobody()))
                    .isExactlyInstanceOf(ConnectException.class);
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Test
    void theStreamsOfAChannelThatDoesNotBlockAreOfNoUse() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, Pair.LOOPBACK);
                SocketChannel channel = splnet.selectorProvider().openSocketChannel()) {
            channel.connect(server.getLocalSocketAddress());
            var in = channel.socket().getInputStream();
            var out = channel.socket().getOutputStream();
            channel.configureBlocking(false);
            assertThatThrownBy(in::read).isExactlyInstanceOf(IllegalBlockingModeException.class);
            assertThatThrownBy(() -> out.write(1)).isExactlyInstanceOf(IllegalBlockingModeException.class);
        }
    }

    @Test
    void aClosedSocketHasTheWildcardForAnAddress() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, Pair.LOOPBACK);
                SocketChannel channel = splnet.selectorProvider().openSocketChannel()) {
            channel.connect(server.getLocalSocketAddress());
            Socket plain = splnet.socketFactory().createSocket(Pair.LOOPBACK, server.getLocalPort());
            for (Socket socket : new Socket[] {plain, channel.socket()}) {
                assertThat(socket.getLocalAddress()).isEqualTo(Pair.LOOPBACK);
                socket.close();
                assertThat(socket.getLocalAddress().isAnyLocalAddress()).isTrue();
            }
        }
    }

    @Test
    void whatIsWrittenAfterTheEndIsABrokenPipe() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            var out = pair.socket().getOutputStream();
            pair.socket().shutdownOutput();
            assertThatThrownBy(() -> out.write(1)).isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Broken pipe");
            assertThat(pair.socket().isClosed()).isFalse();
        }
    }
}
