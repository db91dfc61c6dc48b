package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A C program (`preload/tests/ring.c`) that shares a connection's octets with the daemon in memory, and
/// kernel TCP that echoes them.
@Tag("root")
class RingTest {
    private static final Path RING = Path.of("../preload/build/ring").toAbsolutePath().normalize();
    private static final String ECHO = """
            import socket, threading
            def serve(peer):
                while data := peer.recv(1 << 18):
                    peer.sendall(data)
                peer.close()
            with socket.create_server(("10.88.0.1", 7777), backlog=100) as server:
                while True:
                    threading.Thread(target=serve, args=[server.accept()[0]], daemon=True).start()
            """;
    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Files.isExecutable(RING), RING + " is not built (make -C preload build/ring)");
        lab = Lab.start(Lab.CONFIG);
        lab.spawn("echo.log", "python3", "-c", ECHO);
        new Programs(lab).awaitListener("10.88.0.1", 7777);
    }

    @AfterAll
    static void stop() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 65536", "100000, 65536", "20000000, 65536", "50000000, 1048576", "50000000, 4194304"})
    void whatIsSentComesBack(int octets, int ring) {
        assertThat(lab.run(RING.toString(), lab.control().toString(), "10.88.0.1:7777",
                Integer.toString(octets), Integer.toString(ring)).ok()).isEqualTo(octets + " octets\n");
        lab.assertQuiet();
    }

    @Test
    void twentyAtOnce() {
        String one = RING + " " + lab.control() + " 10.88.0.1:7777 1000000 65536";
        String all = lab.sh("for i in $(seq 20); do " + one + " & done; wait").out();
        lab.assertQuiet();
        assertThat(all.lines()).as(all + lab.log()).hasSize(20).containsOnly("1000000 octets");
    }

    @ParameterizedTest
    @CsvSource({"10.88.0.1:1, Connection refused", "10.88.0.77:1, No route to host"})
    void whyThereIsNoConnectionIsSaid(String to, String why) {
        Lab.Result result = lab.run(RING.toString(), lab.control().toString(), to, "1", "65536");
        assertThat(result.exit()).isOne();
        assertThat(result.out()).contains(why);
    }
}
