package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `java.net.ServerSocket` on splnet.
class SplnetServerSocketTest extends MockTest {
    private ServerSocket listening() throws Exception {
        return splnet.serverSocketFactory().createServerSocket(0, 0, Pair.LOOPBACK);
    }

    @Test
    void acceptsAndKnowsBothEnds() throws Exception {
        try (ServerSocket server = listening();
                Socket peer = new Socket(Pair.LOOPBACK, server.getLocalPort());
                Socket accepted = server.accept()) {
            assertThat(accepted).isInstanceOf(SplnetSocket.class);
            assertThat(accepted.getRemoteSocketAddress()).isEqualTo(peer.getLocalSocketAddress());
            assertThat(accepted.getLocalSocketAddress()).isEqualTo(peer.getRemoteSocketAddress());
            // Written before the answer to the attach is read.
            accepted.getOutputStream().write(5);
            assertThat(peer.getInputStream().read()).isEqualTo(5);
            peer.getOutputStream().write(6);
            assertThat(accepted.getInputStream().read()).isEqualTo(6);
            accepted.setTcpNoDelay(true);
            assertThat(accepted.getTcpNoDelay()).isTrue();
        }
    }

    @Test
    void severalWaitAtOnceAndComeInTheirOrder() throws Exception {
        try (ServerSocket server = listening()) {
            List<Socket> peers = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                peers.add(new Socket(Pair.LOOPBACK, server.getLocalPort()));
            }
            for (Socket peer : peers) {
                try (peer; Socket accepted = server.accept()) {
                    assertThat(accepted.getPort()).isEqualTo(peer.getLocalPort());
                }
            }
        }
    }

    @Test
    void acceptHasItsTimeout() throws Exception {
        try (ServerSocket server = listening()) {
            server.setSoTimeout(30);
            assertThatThrownBy(server::accept).isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Accept timed out");
            try (Socket peer = new Socket(Pair.LOOPBACK, server.getLocalPort())) {
                server.setSoTimeout(20_000);
                assertThat(server.accept().getPort()).isEqualTo(peer.getLocalPort());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeEndsAnAcceptByAnother(boolean virtual) throws Exception {
        ServerSocket server = listening();
        int port = server.getLocalPort();
        Callable<Socket> accept = server::accept;
        var accepting = Doing.by(virtual ? Thread.ofVirtual() : Thread.ofPlatform(), accept).untilItWaits();
        server.close();
        assertThat(accepting.thrown()).isExactlyInstanceOf(SocketException.class).hasMessage("Socket closed");
        until(() -> daemon.open.isEmpty());
        // From another address: to its own, the kernel may choose this very port and connect it to itself.
        InetAddress other = InetAddress.getByName("127.0.0.2");
        assertThatThrownBy(() -> new Socket(Pair.LOOPBACK, port, other, 0))
                .isInstanceOf(SocketException.class);
    }

    @Test
    void anInterruptClosesUnderAVirtualThread() throws Exception {
        try (ServerSocket server = listening()) {
            Callable<Socket> accept = server::accept;
            var accepting = Doing.by(Thread.ofVirtual(), accept).untilItWaits();
            accepting.thread().interrupt();
            assertThat(accepting.thrown()).isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Closed by interrupt");
            assertThat(server.isClosed()).isTrue();
        }
    }

    @Test
    void aConnectionThatIsGoneWhenItIsTakenIsReset() throws Exception {
        try (ServerSocket server = listening();
                Socket peer = new Socket(Pair.LOOPBACK, server.getLocalPort())) {
            until(() -> !daemon.parked.isEmpty());
            daemon.parked.clear();
            try (Socket accepted = server.accept()) {
                assertThat(peer.isConnected()).isTrue();
                assertThatThrownBy(() -> accepted.getInputStream().read())
                        .isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
            }
        }
    }

    @Test
    void whatWasAcceptedOutlivesItsServer() throws Exception {
        daemon.beforeAttach = () -> until(() -> daemon.options.isEmpty());      // the listener's have gone
        ServerSocket server = listening();
        try (Socket peer = new Socket(Pair.LOOPBACK, server.getLocalPort());
                Socket accepted = server.accept()) {
            server.close();
            accepted.getOutputStream().write(5);
            assertThat(peer.getInputStream().read()).isEqualTo(5);
        }
    }

    @Test
    void aBindThatFailsLeavesNothing() throws Exception {
        try (ServerSocket server = listening(); ServerSocket second = splnet.serverSocket()) {
            InetSocketAddress taken = new InetSocketAddress(Pair.LOOPBACK, server.getLocalPort());
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> second.bind(taken)).isInstanceOf(BindException.class);
            }
            until(() -> daemon.open.size() == 1);
            second.bind(new InetSocketAddress(Pair.LOOPBACK, 0));
            assertThat(second.getLocalPort()).isPositive();
        }
    }

    @Test
    void anAddressInUseIsABindException() throws Exception {
        try (ServerSocket server = listening(); ServerSocket second = splnet.serverSocket()) {
            InetSocketAddress taken = new InetSocketAddress(Pair.LOOPBACK, server.getLocalPort());
            assertThatThrownBy(() -> second.bind(taken)).isExactlyInstanceOf(BindException.class)
                    .hasMessage("Address already in use");
        }
    }

    @Test
    void knowsItsAddress() throws Exception {
        try (ServerSocket server = splnet.serverSocket()) {
            assertThat(server.isBound()).isFalse();
            assertThat(server.getReuseAddress()).isTrue();
            server.setReceiveBufferSize(32_768);
            server.bind(null);
            assertThat(server.getLocalPort()).isPositive();
            assertThat(server.getInetAddress().isAnyLocalAddress()).isTrue();
            assertThat(server.getReuseAddress()).isTrue();
        }
    }
}
