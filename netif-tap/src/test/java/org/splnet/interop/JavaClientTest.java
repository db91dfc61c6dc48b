package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.splnet.client.Splnet;
import org.splnet.client.SplnetOptions;

/// The Java client on a real daemon, with the kernel's stack at the other end.
@Tag("root")
@Timeout(600)
class JavaClientTest {
    private static final String PEER = """
            import socket, struct, threading
            def serve(port, what):
                l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                l.bind(("10.88.0.1", port)); l.listen(1024)
                def run():
                    while True:
                        c, _ = l.accept()
                        threading.Thread(target=what, args=(c,), daemon=True).start()
                threading.Thread(target=run, daemon=True).start()
            def echo(c):
                while True:
                    d = c.recv(65536)
                    if not d: break
                    c.sendall(d)
                c.close()
            def reset(c):
                c.sendall(b"abc")
                c.recv(1)
                c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                c.close()
            serve(7000, echo); serve(7001, reset); serve(7002, lambda c: c.recv(1 << 20, socket.MSG_WAITALL))
            u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("10.88.0.1", 7000))
            print("ready", flush=True)
            while True:
                d, a = u.recvfrom(65536); u.sendto(d, a)
            """;

    private static Lab lab;
    private static Splnet splnet;

    @BeforeAll
    static void start() throws Exception {
        lab = Lab.start(Lab.CONFIG);
        splnet = Splnet.at(lab.dir().resolve("control.sock"));
        lab.spawn("peer", "python3", "-c", PEER);
        awaitWord("peer", "ready");
    }

    @AfterEach
    void quiet() {
        lab.assertQuiet();
    }

    @AfterAll
    static void stop() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    private static void awaitWord(String file, String word) {
        lab.sh("for i in $(seq 600); do grep -q " + word + " " + lab.dir() + "/" + file
                + " && exit 0; sleep 0.1; done; cat " + lab.dir() + "/" + file + "; exit 1").ok();
    }

    private static Socket connect(int port) throws IOException {
        return splnet.socketFactory().createSocket(Lab.HOST, port);
    }

    @Test
    void carriesMuchBothWays() throws Exception {
        byte[] octets = new byte[20_000_000];
        new Random(1).nextBytes(octets);
        try (Socket socket = connect(7000);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(socket.getLocalAddress().getHostAddress()).isEqualTo(Lab.SPLNET);
            Future<?> writing = threads.submit(() -> {
                socket.getOutputStream().write(octets);
                socket.shutdownOutput();
                return null;
            });
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(octets);
            writing.get();
        }
    }

    @Test
    void failsAsJavaNetDoes() throws Exception {
        assertThatThrownBy(() -> connect(81)).isExactlyInstanceOf(ConnectException.class)
                .hasMessage("Connection refused");
        assertThatThrownBy(() -> splnet.socketFactory().createSocket("192.0.2.1", 80))
                .isExactlyInstanceOf(SocketException.class).hasMessage("Network is unreachable");
        try (Socket socket = splnet.socket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress("10.88.0.78", 80), 100))
                    .isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Connect timed out");
        }
        try (ServerSocket first = splnet.serverSocketFactory().createServerSocket(8100);
                ServerSocket second = splnet.serverSocket()) {
            InetSocketAddress taken = new InetSocketAddress(first.getLocalPort());
            assertThatThrownBy(() -> second.bind(taken)).isExactlyInstanceOf(BindException.class)
                    .hasMessage("Address already in use");
        }
    }

    @Test
    void aResetIsTold() throws Exception {
        try (Socket socket = connect(7001)) {
            assertThat(socket.getInputStream().readNBytes(3)).isEqualTo("abc".getBytes());
            socket.getOutputStream().write(1);
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
        }
    }

    @Test
    void timesOutClosesAndHasOptions() throws Exception {
        try (Socket socket = connect(7002)) {
            socket.setSoTimeout(30);
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isExactlyInstanceOf(SocketTimeoutException.class);
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 77);
            socket.setOption(SplnetOptions.TCP_CONGESTION, "reno");
            assertThat(socket.getOption(SplnetOptions.TCP_CONGESTION)).isEqualTo("reno");
            socket.setSoLinger(true, 5);
            assertThat(socket.getTcpNoDelay()).isTrue();
            assertThat(socket.getKeepAlive()).isTrue();
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(77);
            assertThat(socket.getSoLinger()).isEqualTo(5);
            assertThat(socket.getReceiveBufferSize()).isPositive();
            socket.setSoTimeout(0);
            Thread closes = Thread.ofVirtual().unstarted(() -> close(socket));
            closes.start();
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessageMatching("Socket (is )?closed");
            closes.join();
        }
    }

    @Test
    void openSocketsOfEachKindTakeOptions() throws Exception {
        try (DatagramSocket datagrams = splnet.datagramSocket();
                ServerSocket server = splnet.serverSocketFactory().createServerSocket(8101)) {
            assertThat(datagrams.getBroadcast()).isTrue();
            datagrams.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName("10.88.0.255"), 9));
            datagrams.setBroadcast(false);
            datagrams.setReceiveBufferSize(5000);
            datagrams.setSendBufferSize(6000);
            datagrams.setTrafficClass(8);
            datagrams.setReuseAddress(true);
            assertThat(datagrams.getBroadcast()).isFalse();
            assertThat(datagrams.getReceiveBufferSize()).isEqualTo(5000);
            assertThat(datagrams.getSendBufferSize()).isEqualTo(6000);
            assertThat(datagrams.getTrafficClass()).isEqualTo(8);
            assertThat(datagrams.getReuseAddress()).isTrue();
            server.setReceiveBufferSize(70_000);
            assertThat(server.getReceiveBufferSize()).isEqualTo(70_000);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void acceptsFromTheKernel() throws Exception {
        try (ServerSocket server = splnet.serverSocketFactory().createServerSocket(8200, 100)) {
            lab.spawn("clients", "python3", "-c", """
                    import socket
                    for i in range(100):
                        s = socket.create_connection(("10.88.0.2", 8200))
                        s.sendall(b"question %d" % i); s.shutdown(socket.SHUT_WR)
                        d = b""
                        while True:
                            r = s.recv(1000)
                            if not r: break
                            d += r
                        assert d == b"question %d" % i, d
                        s.close()
                    print("all right")
                    """);
            for (int i = 0; i < 100; i++) {
                try (Socket accepted = server.accept()) {
                    assertThat(accepted.getInetAddress().getHostAddress()).isEqualTo(Lab.HOST);
                    accepted.getInputStream().transferTo(accepted.getOutputStream());
                }
            }
            awaitWord("clients", "right");
        }
    }

    @Test
    void whoAcceptsAndGoesAtOnceResetsNobody() throws Exception {
        Socket last;
        try (ServerSocket server = splnet.serverSocketFactory().createServerSocket(8201, 100)) {
            lab.spawn("readers", "python3", "-c", """
                    import socket
                    for i in range(101):
                        s = socket.create_connection(("10.88.0.2", 8201))
                        d = b""
                        while True:
                            r = s.recv(1000)
                            if not r: break
                            d += r
                        assert d == b"answer", d
                        s.close()
                    print("all right")
                    """);
            for (int i = 0; i < 100; i++) {
                try (Socket accepted = server.accept()) {
                    accepted.getOutputStream().write("answer".getBytes());
                }
            }
            last = server.accept();
        }
        try (last) {
            last.getOutputStream().write("answer".getBytes());
        }
        awaitWord("readers", "right");
    }

    @Test
    void whoDoesNotLingerResetsAlsoUnderASelector() throws Exception {
        try (ServerSocketChannel server = splnet.selectorProvider().openServerSocketChannel();
                Selector selector = splnet.selectorProvider().openSelector()) {
            server.bind(new InetSocketAddress(8202)).socket().setSoTimeout(20_000);
            lab.spawn("reset", "python3", "-c", """
                    import socket
                    for i in range(50):
                        s = socket.create_connection(("10.88.0.2", 8202))
                        s.sendall(b"question")
                        try:
                            assert False, s.recv(1000)
                        except ConnectionResetError:
                            s.close()
                    print("all right")
                    """);
            for (int i = 0; i < 50; i++) {
                SocketChannel accepted = server.socket().accept().getChannel();
                accepted.setOption(StandardSocketOptions.SO_LINGER, 0);
                assertThat(accepted.read(ByteBuffer.allocate(8))).isEqualTo(8);
                accepted.configureBlocking(false).register(selector, SelectionKey.OP_READ);
                selector.selectNow();
                accepted.close();
                selector.selectNow();
            }
            awaitWord("reset", "right");
        }
    }

    @Test
    void aThousandVirtualThreads() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                byte[] mine = ("thread " + i).getBytes();
                results.add(threads.submit(() -> {
                    try (Socket socket = connect(7000)) {
                        boolean right = true;
                        for (int j = 0; j < 5; j++) {
                            socket.getOutputStream().write(mine);
                            right &= new String(socket.getInputStream().readNBytes(mine.length))
                                    .equals(new String(mine));
                        }
                        return right;
                    }
                }));
            }
            for (Future<Boolean> each : results) {
                assertThat(each.get(100, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void datagrams() throws Exception {
        try (DatagramSocket socket = splnet.datagramSocket()) {
            socket.setSoTimeout(20_000);
            InetAddress host = InetAddress.getByName(Lab.HOST);
            for (int size : new int[] {0, 10, 1400, 30_000}) {
                socket.send(new DatagramPacket(new byte[size], size, host, 7000));
                DatagramPacket in = new DatagramPacket(new byte[65536], 65536);
                socket.receive(in);
                assertThat(in.getLength()).isEqualTo(size);
                assertThat(in.getAddress()).isEqualTo(host);
                assertThat(in.getPort()).isEqualTo(7000);
            }
            socket.connect(host, 7999);
            socket.send(new DatagramPacket(new byte[1], 1));
            assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[1], 1)))
                    .isInstanceOf(PortUnreachableException.class);
        }
    }

    @Test
    void theJdksHttpServerAnswersCurlAndItsHttpClient() throws Exception {
        Process server = program("server", Lab.SPLNET, "8300");
        try {
            awaitWord("server", "ready");
            lab.sh("head -c 2000000 /dev/urandom > " + lab.dir() + "/body").ok();
            assertThat(lab.sh("cd " + lab.dir() + " && curl -sf --data-binary @body http://10.88.0.2:8300/x"
                    + " | cmp - body && echo same").ok()).contains("same");
            assertThat(lab.run("curl", "-sfi", "http://10.88.0.2:8300/x").ok()).contains("Peer: 10.88.0.1");
            Process client = program("client", "http://" + Lab.SPLNET + ":8300/y");
            assertThat(client.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(lab.text("client")).contains("answer 200 10 from 10.88.0.2",
                    "answer 200 1000 from 10.88.0.2", "answer 200 3000000 from 10.88.0.2");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    /// Outside of the namespace: it reaches 10.88.0.0/24 by the daemon's socket or not at all.
    private static Process program(String output, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED",
                "-Djava.nio.channels.spi.SelectorProvider=org.splnet.client.SplnetSelectorProvider",
                "-Dsplnet.socket=" + splnet.path(), "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"), HttpProgram.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(lab.dir().resolve(output).toFile()).start();
    }
}
