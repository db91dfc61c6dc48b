package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A process that has as many descriptors as it may have, for a moment.
class DescriptorLimitTest extends MockTest {
    private static final String TEXT = "Too many open files";
    private final AtomicInteger refused = new AtomicInteger();

    @BeforeEach
    void limit() {
        splnet = splnet.maker(() -> {
            if (refused.getAndDecrement() > 0) {
                throw new SocketException(TEXT);
            }
            return UnixStream.SYSTEM.make();
        });
    }

    private void isRefused(ThrowingCallable call) {
        refused.set(1);
        assertThatThrownBy(call).isExactlyInstanceOf(SocketException.class).hasMessage(TEXT);
    }

    @Test
    void aConnectSaysSo() throws Exception {
        try (Socket socket = splnet.socket()) {
            isRefused(() -> socket.connect(Pair.nobody()));
        }
    }

    @Test
    void whatCannotBeAcceptedIsAcceptedNext() throws Exception {
        try (ServerSocket server = splnet.serverSocketFactory().createServerSocket(0, 0, Pair.LOOPBACK);
                Socket peer = new Socket(Pair.LOOPBACK, server.getLocalPort())) {
            isRefused(server::accept);
            server.setSoTimeout(20_000);
            try (Socket accepted = server.accept()) {
                assertThat(accepted.getRemoteSocketAddress()).isEqualTo(peer.getLocalSocketAddress());
            }
        }
    }

    @Test
    void andASelectorIsToldOfIt() throws Exception {
        try (Selector selector = splnet.selectorProvider().openSelector();
                ServerSocketChannel server = splnet.selectorProvider().openServerSocketChannel()) {
            server.bind(new InetSocketAddress(Pair.LOOPBACK, 0)).configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            try (Socket peer = new Socket(Pair.LOOPBACK, server.socket().getLocalPort())) {
                assertThat(selector.select(20_000)).isOne();
                isRefused(server::accept);
                selector.selectedKeys().clear();
                assertThat(selector.selectNow()).isOne();
                try (SocketChannel accepted = server.accept()) {
                    assertThat(accepted.getRemoteAddress()).isEqualTo(peer.getLocalSocketAddress());
                }
            }
        }
    }
}
