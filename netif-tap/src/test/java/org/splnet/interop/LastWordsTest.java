package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What commands still say that a signal ends, also while the daemon hangs.
@Tag("root")
class LastWordsTest {
    /// Blocks of a file of pcapng, and frames among them; fails where they do not fill it.
    private static final String FRAMES = """
            import struct, sys
            all = open(sys.argv[1], "rb").read()
            at = frames = 0
            while at < len(all):
                kind, length = struct.unpack_from("<II", all, at)
                assert struct.unpack_from("<I", all, at + length - 4)[0] == length
                at += length
                frames += kind == 6
            print(frames)
            """;

    private Lab lab;

    @BeforeEach
    void start() throws IOException {
        lab = Lab.start(Lab.CONFIG);
    }

    @AfterEach
    void stop() throws IOException {
        lab.assertQuiet();
        lab.close();
    }

    private Process splnet(String output, String... arguments) throws IOException {
        // whoever runs the tests in the background has SIGINT ignored, and so would be what they start
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), "org.splnet.Main"));
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("--socket", lab.control().toString()));
        return lab.spawn(output, command.toArray(String[]::new));
    }

    private void until(String condition) {
        lab.sh("for i in $(seq 600); do " + condition + " && exit 0; sleep 0.1; done; exit 1").ok();
    }

    @ParameterizedTest
    @CsvSource({"INT, 130, false", "TERM, 143, false", "INT, 130, true"})
    void pingsAreSummedUp(String signal, int code, boolean hangs) throws Exception {
        Process ping = splnet("ping", "ping", "-c", "0", "-i", "0.05", Lab.HOST);
        until("grep -q '^3: ' " + lab.dir() + "/ping");
        if (hangs) {
            lab.sh("kill -STOP " + lab.pid()).ok();
        }
        lab.sh("kill -" + signal + " " + ping.pid()).ok();
        assertThat(ping.waitFor(5, TimeUnit.SECONDS)).as("at once").isTrue();
        lab.sh("kill -CONT " + lab.pid()).ok();
        assertThat(ping.exitValue()).isEqualTo(code);
        String[] lines = lab.text("ping").split("\n");
        String count = Integer.toString(lines.length - 1);
        assertThat(lines[lines.length - 1]).startsWith(count + " sent, " + count + " answered, 0 lost, ");
    }

    @Test
    void aCaptureIsWholeAndItsFramesAreCounted() throws Exception {
        Path file = lab.dir().resolve("x.pcapng");
        Process capture = splnet("capture", "capture", "-w", file.toString());
        until("ping -c 1 -W 1 " + Lab.SPLNET + " && test -s " + file);
        lab.run("ping", "-c", "20", "-i", "0.01", Lab.SPLNET).ok();
        lab.sh("kill -INT " + capture.pid()).ok();
        assertThat(capture.waitFor(5, TimeUnit.SECONDS)).as("at once").isTrue();
        assertThat(capture.exitValue()).isEqualTo(130);
        int frames = Integer.parseInt(lab.python(FRAMES, file.toString()).ok().strip());
        assertThat(frames).isGreaterThan(1);
        assertThat(lab.text("capture")).isEqualTo(frames + " frames\n");
    }
}
