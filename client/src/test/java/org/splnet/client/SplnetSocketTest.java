package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `java.net.Socket` on splnet, the client's side.
class SplnetSocketTest extends MockTest {
    @Test
    void carriesOctetsBothWays() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            pair.socket().getOutputStream().write("question".getBytes());
            assertThat(pair.peer().getInputStream().readNBytes(8)).isEqualTo("question".getBytes());
            pair.peer().getOutputStream().write("answer".getBytes());
            assertThat(pair.socket().getInputStream().readNBytes(6)).isEqualTo("answer".getBytes());
        }
    }

    @Test
    void knowsBothEnds() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            Socket socket = pair.socket();
            assertThat(socket.getRemoteSocketAddress()).isEqualTo(pair.peer().getLocalSocketAddress());
            assertThat(socket.getLocalSocketAddress()).isEqualTo(pair.peer().getRemoteSocketAddress());
            assertThat(socket.getPort()).isEqualTo(pair.peer().getLocalPort());
            assertThat(socket.getInetAddress()).isEqualTo(Pair.LOOPBACK);
            assertThat(socket.isConnected()).isTrue();
            assertThat(socket.isBound()).isTrue();
            assertThat(socket.getChannel()).isNull();
            assertThat(socket.toString()).startsWith("Socket[addr=");
        }
    }

    @Test
    void eachDirectionHasItsEnd() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            pair.socket().shutdownOutput();
            assertThat(pair.peer().getInputStream().read()).isEqualTo(-1);
            pair.peer().getOutputStream().write(new byte[100_000]);
            pair.peer().shutdownOutput();
            assertThat(pair.socket().getInputStream().readAllBytes()).hasSize(100_000);
            assertThat(pair.socket().getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aFinCostsNoQuestion() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            pair.peer().shutdownOutput();
            assertThat(pair.socket().getInputStream().read()).isEqualTo(-1);
            assertThat(daemon.asked.get()).isZero();
        }
    }

    @Test
    void aResetIsOneAfterWhatCameBefore() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            pair.peer().getOutputStream().write(new byte[1000]);
            assertThat(pair.socket().getInputStream().readNBytes(900)).hasSize(900);
            pair.reset();
            until(() -> !daemon.errors.isEmpty());
            assertThat(pair.socket().getInputStream().readNBytes(100)).hasSize(100);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> pair.socket().getInputStream().read())
                        .isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
            }
        }
    }

    @Test
    void writingToAResetConnectionFails() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            pair.reset();
            assertThatThrownBy(() -> {
                while (true) {
                    pair.socket().getOutputStream().write(new byte[1000]);
                }
            }).isInstanceOf(SocketException.class).hasMessageMatching("Connection reset by peer|Broken pipe");
        }
    }

    @Test
    void aDaemonThatDiesResets() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            daemon.close();
            assertThatThrownBy(() -> pair.socket().getInputStream().read())
                    .isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
            daemon = new MockDaemon();
        }
    }

    @Test
    void refusedIsAConnectException() throws Exception {
        InetSocketAddress nobody = Pair.nobody();
        Socket socket = splnet.socket();
        assertThatThrownBy(() -> socket.connect(nobody)).isExactlyInstanceOf(ConnectException.class)
                .hasMessage("Connection refused").hasRootCauseMessage("Connection refused");
        assertThat(socket.isClosed()).isTrue();
    }

    @Test
    void noDaemonIsAConnectExceptionThatNamesTheSocket() {
        Splnet nowhere = Splnet.at(Path.of("/nowhere/control.sock"));
        assertThatThrownBy(() -> nowhere.socketFactory().createSocket("127.0.0.1", 80))
                .isExactlyInstanceOf(ConnectException.class).hasMessageContaining("/nowhere/control.sock");
    }

    @Test
    void anUnknownHostIsOne() throws Exception {
        try (Socket socket = splnet.socket()) {
            assertThatThrownBy(() -> socket.connect(InetSocketAddress.createUnresolved("nobody.invalid", 1)))
                    .isInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void ipVersion6IsRefusedInWords() throws Exception {
        try (Socket socket = splnet.socket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress("::1", 1)))
                    .isInstanceOf(SocketException.class).hasMessageContaining("IPv4");
        }
    }

    @Test
    void aConnectHasItsTimeout() throws Exception {
        // The mock takes the request and never answers.
        try (MockSilent silent = new MockSilent(); Socket socket = silent.splnet().socket()) {
            assertThatThrownBy(() -> socket.connect(Pair.nobody(), 50))
                    .isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Connect timed out");
            assertThat(socket.isClosed()).isTrue();
        }
    }

    @Test
    void anInterruptEndsTheConnectOfAVirtualThread() throws Exception {
        try (MockSilent silent = new MockSilent(); Socket socket = silent.splnet().socket()) {
            var connecting = Doing.by(kind(true), () -> {
                socket.connect(Pair.nobody());
                return null;
            }).untilItWaits();
            connecting.thread().interrupt();
            assertThat(connecting.thrown()).isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Closed by interrupt");
            assertThat(socket.isClosed()).isTrue();
        }
    }

    @Test
    void bindsBeforeItConnects() throws Exception {
        // An address that nobody else uses: the mock lets go of the port before it binds to it again.
        InetAddress from = InetAddress.getByName("127.0.0.3");
        try (Socket socket = splnet.socket()) {
            socket.bind(new InetSocketAddress(from, 0));
            int port = socket.getLocalPort();
            assertThat(port).isPositive();
            try (Pair pair = Pair.of(socket)) {
                assertThat(pair.peer().getRemoteSocketAddress()).isEqualTo(new InetSocketAddress(from, port));
            }
        }
    }

    @Test
    void anAddressInUseIsABindException() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, Pair.LOOPBACK); Socket socket = splnet.socket()) {
            assertThatThrownBy(() -> socket.bind(taken.getLocalSocketAddress()))
                    .isExactlyInstanceOf(BindException.class).hasMessage("Address already in use");
        }
    }

    @Test
    void aFactoryConnectsFromWhereItIsTold() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, Pair.LOOPBACK);
                Socket socket = splnet.socketFactory().createSocket("127.0.0.1", server.getLocalPort(),
                        InetAddress.getByName("127.0.0.1"), 0)) {
            assertThat(socket.getLocalSocketAddress()).isEqualTo(server.accept().getRemoteSocketAddress());
        }
    }

    @Test
    void anyAddressIsThisHost() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, Pair.LOOPBACK); Socket socket = splnet.socket()) {
            socket.connect(new InetSocketAddress("0.0.0.0", server.getLocalPort()));
            assertThat(socket.getRemoteSocketAddress()).isEqualTo(server.getLocalSocketAddress());
        }
    }

    // ---- timeouts

    @Test
    void aReadHasItsTimeoutAndGoesOnAfterIt() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            pair.socket().setSoTimeout(30);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> pair.socket().getInputStream().read())
                        .isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Read timed out");
            }
            pair.peer().getOutputStream().write(7);
            pair.socket().setSoTimeout(20_000);
            assertThat(pair.socket().getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void availableTellsAndTakesNothing() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            assertThat(pair.socket().getInputStream().available()).isZero();
            pair.peer().getOutputStream().write(new byte[] {1, 2, 3});
            until(() -> {
                try {
                    return pair.socket().getInputStream().available() == 3;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(pair.socket().getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
        }
    }

    // ---- close and interrupt

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeEndsAReadByAnother(boolean virtual) throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            var reading = Doing.by(kind(virtual), () -> pair.socket().getInputStream().read()).untilItWaits();
            pair.socket().close();
            assertThat(reading.thrown()).isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            assertThat(pair.peer().getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeEndsAWriteByAnother(boolean virtual) throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            var writing = Doing.by(kind(virtual), () -> {
                pair.socket().getOutputStream().write(new byte[64 << 20]);
                return null;
            }).untilItWaits();
            pair.socket().close();
            assertThat(writing.thrown()).isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
        }
    }

    @Test
    void shutdownInputEndsAReadByAnother() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            var reading = Doing.by(kind(true), () -> pair.socket().getInputStream().read()).untilItWaits();
            pair.socket().shutdownInput();
            assertThat(reading.value()).isEqualTo(-1);
        }
    }

    @Test
    void anInterruptClosesUnderAVirtualThread() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            var reading = Doing.by(kind(true), () -> pair.socket().getInputStream().read()).untilItWaits();
            reading.thread().interrupt();
            assertThat(reading.thrown()).isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Closed by interrupt");
            assertThat(pair.socket().isClosed()).isTrue();
            assertThat(pair.peer().getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void anInterruptIsNothingToAPlatformThread() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            var reading = Doing.by(kind(false), () -> {
                int octet = pair.socket().getInputStream().read();
                return Thread.currentThread().isInterrupted() ? octet : -2;
            }).untilItWaits();
            reading.thread().interrupt();
            pair.peer().getOutputStream().write(9);
            assertThat(reading.value()).isEqualTo(9);
        }
    }

    private static Thread.Builder kind(boolean virtual) {
        return virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    }

    // ---- options

    @Test
    void optionsAreKeptUntilThereIsASocketAndAskedThereAfter() throws Exception {
        try (Socket socket = splnet.socket()) {
            assertThat(socket.getTcpNoDelay()).isFalse();
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setSoLinger(true, 3);
            assertThat(socket.getTcpNoDelay()).isTrue();
            assertThat(daemon.open).isEmpty();
            try (Pair pair = Pair.of(socket)) {
                assertThat(pair.socket().isConnected()).isTrue();
                assertThat(socket.getTcpNoDelay()).isTrue();
                assertThat(socket.getKeepAlive()).isTrue();
                assertThat(socket.getSoLinger()).isEqualTo(3);
                socket.setSoLinger(false, 0);
                assertThat(socket.getSoLinger()).isEqualTo(-1);
                socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 77);
                assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(77);
                assertThat(daemon.options.get(1L).get()).containsEntry("TCP_KEEPIDLE", 77)
                        .containsEntry("TCP_NODELAY", 1);
                socket.setReceiveBufferSize(100_000);
                socket.setTrafficClass(8);
                assertThat(socket.getTrafficClass()).isEqualTo(8);
            }
        }
    }

    @Test
    void optionsThatAreNoneAreRefused() throws Exception {
        try (Socket socket = splnet.socket()) {
            assertThat(socket.supportedOptions()).contains(StandardSocketOptions.TCP_NODELAY,
                    ExtendedSocketOptions.TCP_KEEPINTERVAL, SplnetOptions.TCP_USER_TIMEOUT);
            assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.SO_SNDBUF, -1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Invalid send/receive buffer size");
            assertThatThrownBy(() -> socket.sendUrgentData(1)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void algorithmsOfCongestionControlHaveTheirNamesOnLinux() throws Exception {
        try (Socket socket = splnet.socket()) {
            assertThat(socket.getOption(SplnetOptions.TCP_CONGESTION)).isEqualTo("cubic");
            for (String none : new String[] {"", "new-reno", "reno or so"}) {
                assertThatThrownBy(() -> socket.setOption(SplnetOptions.TCP_CONGESTION, none))
                        .isExactlyInstanceOf(IllegalArgumentException.class)
                        .hasMessage("Invalid value '" + none + "'");
            }
            try (Pair pair = Pair.of(socket)) {
                assertThat(pair.socket().getOption(SplnetOptions.TCP_CONGESTION)).isEqualTo("cubic");
                socket.setOption(SplnetOptions.TCP_CONGESTION, "reno");
                assertThat(socket.getOption(SplnetOptions.TCP_CONGESTION)).isEqualTo("reno");
                assertThat(daemon.options.get(1L).get()).containsEntry("TCP_CONGESTION", "new-reno");
            }
        }
        try (Socket socket = splnet.socket()) {
            socket.setOption(SplnetOptions.TCP_CONGESTION, "reno");
            assertThat(socket.getOption(SplnetOptions.TCP_CONGESTION)).isEqualTo("reno");
            try (Pair pair = Pair.of(socket)) {
                assertThat(pair.socket().getOption(SplnetOptions.TCP_CONGESTION)).isEqualTo("reno");
            }
        }
    }

    @Test
    void whatTheDaemonHasRefusedIsNotRemembered() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            assertThatThrownBy(() -> pair.socket().setOption(SplnetOptions.TCP_USER_TIMEOUT, 5))
                    .isExactlyInstanceOf(SocketException.class).hasMessage("Protocol not available");
            assertThat(pair.socket().getOption(SplnetOptions.TCP_USER_TIMEOUT)).isZero();
        }
    }

    @Test
    void nothingIsLeftBehind() throws Exception {
        for (int i = 0; i < 20; i++) {
            Pair pair = Pair.of(splnet.socket());
            pair.socket().getOutputStream().write(new byte[100]);
            pair.close();
        }
        until(() -> daemon.open.isEmpty());
        assertThat(Arrays.asList(daemon.open.toArray())).isEmpty();
    }
}
