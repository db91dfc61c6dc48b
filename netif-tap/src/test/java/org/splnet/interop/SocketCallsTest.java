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
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.TestSeed;

/// A program that calls the socket functions and writes down what each gives (`preload/tests/calls`): with
/// the kernel's sockets and with splnet's the transcript is the same, line by line.
@Tag("root")
class SocketCallsTest {
    private static final Path CALLS = Path.of("../preload/build/calls").toAbsolutePath().normalize();
    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        Programs.need();
        assumeTrue(Files.isExecutable(CALLS), CALLS + " is not built (make -C preload build/calls)");
        lab = Lab.start(Lab.CONFIG);
    }

    @AfterAll
    static void stop() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"accept", "connect", "data", "ends", "life", "options", "udp", "inet6",
        "ports"})
    void giveWhatTheKernelGives(String part) {
        compare(part);
    }

    @Test
    void giveWhatTheKernelGivesAtRandom() {
        compare("random " + Math.floorMod(TestSeed.next(), 1_000_000));
    }

    private static void compare(String arguments) {
        String calls = "CALLS_NOBODY=10.88.0.99 " + CALLS + " " + arguments;
        String kernel = lab.sh(calls).ok();
        assertThat(kernel.lines().count()).as(kernel).isGreaterThan(20);
        String ours = new Programs(lab).sh("CALLS_ADDRESS=10.88.0.2 " + calls).ok();
        assertThat(ours).as(arguments).isEqualTo(kernel);
        lab.assertQuiet();
    }
}
