package org.splnet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A daemon that says nothing, because it hangs, or because it waits itself.
@Timeout(60)
class SilentDaemonTest {
    private static final String CONNECT = "CONNECT 10.0.0.1:80 HTTP/1.1\r\n";

    @TempDir
    private Path dir;
    private ServerSocketChannel listener;
    private Path socket;

    @BeforeEach
    void listen() throws IOException {
        socket = dir.resolve("s");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void end() throws IOException {
        listener.close();
    }

    private static void answer(SocketChannel to, String text) throws IOException {
        to.read(ByteBuffer.allocate(8192));
        to.write(ByteBuffer.wrap(("HTTP/1.1 200 OK\r\n" + text).getBytes(StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest
    @ValueSource(strings = {CONNECT, "POST /v1/listen HTTP/1.1\r\n"})
    void oneThatHangsIsToldOf(String head) {
        ControlClient client = new ControlClient(socket, 20);
        assertThatThrownBy(() -> client.lent(head, "")).isInstanceOf(ControlClient.Unreachable.class)
                .hasMessageContaining("is the daemon well?");
        assertThatThrownBy(() -> client.ask("GET", "status", null))
                .isInstanceOf(ControlClient.Unreachable.class);
        assertThatThrownBy(() -> client.stream("/v1/events", octets -> true))
                .isInstanceOf(ControlClient.Unreachable.class);
    }

    @Test
    void oneThatIsWellIsWaitedForAsLongAsThePeerTakes() throws Exception {
        Thread daemon = Thread.ofVirtual().start(() -> {
            try (SocketChannel waiting = listener.accept()) {
                try (SocketChannel asking = listener.accept()) {
                    answer(asking, "Content-Length: 2\r\n\r\n{}");
                }
                answer(waiting, "Splnet-Socket: 7\r\nSplnet-Local: 10.0.0.2:5\r\n\r\n");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        try (ControlClient.Lent lent = new ControlClient(socket, 1000).lent(CONNECT, "")) {
            assertThat(lent.id()).isEqualTo(7);
        }
        daemon.join();
    }

    @Test
    void whatHasComeWhileItWasAskedWhetherItIsWellStays() throws Exception {
        Thread daemon = Thread.ofVirtual().start(() -> {
            try (SocketChannel waiting = listener.accept(); SocketChannel asking = listener.accept()) {
                answer(waiting, "Splnet-Socket: 7\r\nSplnet-Local: 10.0.0.2:5\r\n\r\n");
                while (asking.read(ByteBuffer.allocate(8192)) >= 0) {
                    Thread.onSpinWait();        // until it is given up
                }
                rounds(waiting);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        try (ControlClient.Lent lent = new ControlClient(socket, 100).lent(CONNECT, "")) {
            rounds(lent.channel());
        }
        daemon.join();
    }

    /// So many that whoever would close it comes to do so.
    private static void rounds(SocketChannel channel) throws IOException {
        for (int i = 0; i < 10_000; i++) {
            channel.write(ByteBuffer.allocate(1));
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(1);
        }
    }
}
