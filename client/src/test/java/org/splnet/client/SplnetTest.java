package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/// The way to the daemon.
class SplnetTest extends MockTest {
    @Test
    void aControlSocketWithoutANameIsTheUsualOne() {
        System.setProperty(Splnet.SOCKET_PROPERTY, "");
        try {
            assertThat(Splnet.local().path()).isEqualTo(Splnet.DEFAULT_SOCKET);
        } finally {
            System.clearProperty(Splnet.SOCKET_PROPERTY);
        }
    }

    /// Meanwhile the daemon has ended the connection on which it said so, as it does with what rests.
    @Test
    void whoCouldNotBindMayTryAgain() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, Pair.LOOPBACK); Socket socket = splnet.socket()) {
            assertThatThrownBy(() -> socket.bind(taken.getLocalSocketAddress()))
                    .isInstanceOf(BindException.class);
            for (SocketChannel each : daemon.open) {
                each.close();
            }
            socket.bind(new InetSocketAddress(Pair.LOOPBACK, 0));
            assertThat(socket.getLocalPort()).isPositive();
        }
    }
}
