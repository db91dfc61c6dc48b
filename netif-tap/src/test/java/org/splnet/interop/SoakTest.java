package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.TestSeed;
import org.splnet.kern.LockDiscipline;

/// Ten thousand clients at once that come, talk, leave, reset and vanish; afterwards the daemon is as it was
/// before; under both disciplines, as all tests are, and with and without the witness.
/// `-Dsoak.seconds=600` for longer.
@Tag("root")
class SoakTest {
    private static final int AT_ONCE = 10_000;
    private static final long SECONDS = Long.getLong("soak.seconds", 15);
    private static final String CONFIG = Lab.CONFIG.replace("echo = true\n", "")
            + "[services.echo]\nidle-timeout = \"5s\"\n[tcp]\nretransmit-timeout = \"5s\"\nmsl = \"1s\"\n"
            + "fin-wait-2 = \"5s\"\nhalf-open = 4096\nsyn-timeout = \"5s\"\n";

    @ParameterizedTest
    @ValueSource(strings = {"order", "off"})
    void leavesTheDaemonAsItWas(String witness) throws IOException {
        LockDiscipline locks = LockDiscipline.current();
        long seed = TestSeed.next();
        try (Lab lab = Lab.start(CONFIG, "-Dsplnet.witness=" + witness,
                "-Dio.netty.leakDetection.level=simple")) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
                    "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Crowd.class.getName(),
                    Lab.SPLNET, "7", Integer.toString(AT_ONCE), Long.toString(SECONDS), Long.toString(seed)));
            for (int i = 1; i <= 4; i++) {
                lab.run("ip", "address", "add", "10.88.0.10" + i + "/24", "dev", "splnet0").ok();
                command.add("10.88.0.10" + i);
            }
            Lab.Result crowd = lab.run(Duration.ofSeconds(SECONDS + 60), command.toArray(String[]::new));
            System.out.println(locks + " " + witness + ": " + crowd.out().strip() + ", seed " + seed);
            assertThat(crowd.exit()).as(crowd.out()).isZero();
            JsonNode end = settle(lab);
            lab.assertQuiet();
            balanced(end);
        }
    }

    /// Waits until no connection but the one that asks is left.
    private static JsonNode settle(Lab lab) throws IOException {
        JsonNode all = null;
        for (int i = 0; i < 60; i++) {
            all = new ObjectMapper().readTree(lab.run("curl", "-sS", "-m", "20", "--retry", "5",
                    "--retry-delay", "1", "--retry-max-time", "60", "--retry-all-errors",
                    "http://" + Lab.SPLNET + "/status.json").ok());
            int living = 0;
            for (JsonNode socket : all.get("sockets")) {
                boolean waits = List.of("LISTEN", "TIME-WAIT", "").contains(socket.get("state").asText(""));
                living += socket.get("protocol").asText().equals("tcp") && !waits ? 1 : 0;
            }
            if (living <= 1) {
                return all;
            }
            lab.run("ping", "-q", "-c", "1", "-W", "1", "-i", "1", "10.88.0.250");   // a moment, bounded
        }
        throw new AssertionError("connections that do not end: " + all.get("sockets").toPrettyString());
    }

    private static void balanced(JsonNode all) {
        JsonNode tcp = all.get("stats").get("tcp");
        long opened = tcp.path("connects").asLong() + tcp.path("accepts").asLong();
        assertThat(opened - tcp.path("closed").asLong()).as("opened = closed + this one").isOne();
        assertThat(tcp.path("accepts").asLong()).isGreaterThan(AT_ONCE);
        assertThat(all.get("locks").get("violations").asLong()).isZero();
    }
}
