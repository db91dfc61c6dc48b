package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.splnet.TestSeed;
import org.splnet.kern.LockDiscipline;

/// Ten thousand clients at once that come, talk, leave, reset and vanish; afterwards the daemon is as it was
/// before; under both disciplines, as all tests are, and with and without the witness.
/// `-Dsoak.seconds=600` for longer.
@Tag("root")
class SoakTest {
    private static final int AT_ONCE = 10_000;
    private static final long SECONDS = Long.getLong("soak.seconds", 7);
    /// For those that gather, and those that are still there at the end.
    private static final long MORE_SECONDS = 180;
    private static final int SETTLE_SECONDS = 90;
    private static final long MOST_GROWTH_KIB = 32 << 10;
    private static final int MOST_THREADS = 16;
    private static final String SERVICE = "idle-timeout = \"12s\"\nmax-connections = 20000\n";
    private static final String CONFIG = Lab.CONFIG.substring(0, Lab.CONFIG.indexOf("[services]"))
            + "[services.echo]\n" + SERVICE + "[services.discard]\n" + SERVICE
            + "[services.chargen]\n" + SERVICE + "[services.status]\n" + SERVICE
            + "[tcp]\nretransmit-timeout = \"10s\"\nmsl = \"1s\"\n"
            + "fin-wait-2 = \"5s\"\nhalf-open = 4096\nsyn-timeout = \"5s\"\n";
    private static final List<String> OF_CONNECTIONS = List.of("org.splnet.tcp.Tcb",
            "org.splnet.tcp.TcpSocket", "org.splnet.tcp.TimeWait", "org.splnet.tcp.HalfOpen",
            "org.splnet.service.EchoSession",
            "org.splnet.service.DiscardSession", "org.splnet.service.ChargenSession",
            "org.splnet.service.http.HttpSession");

    /// One mode after the other, or the one that `-Dsoak.witness` names.
    static List<String> modes() {
        String one = System.getProperty("soak.witness");
        return one == null ? List.of("order", "off") : List.of(one);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void leavesTheDaemonAsItWas(String witness) throws IOException {
        long seed = TestSeed.next();
        try (Lab lab = Lab.start(CONFIG, "-Dsplnet.witness=" + witness,
                "-Dsplnet.witness.sites=false",
                "-Dio.netty.leakDetection.level=simple")) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
                    "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                    Crowd.class.getName(),
                    Lab.SPLNET, Integer.toString(AT_ONCE), Long.toString(SECONDS), Long.toString(seed)));
            for (int i = 1; i <= 4; i++) {
                lab.run("ip", "address", "add", "10.88.0.10" + i + "/24", "dev", "splnet0").ok();
                command.add("10.88.0.10" + i);
            }
            // The kernel's TIME-WAITs, each with a port, last a minute: a long run would use up all ports.
            lab.run("sysctl", "-qw", "net.ipv4.ip_local_port_range=10000 65000",
                    "net.ipv4.tcp_max_tw_buckets=4096").ok();
            settle(lab);
            int threads = lab.threads();
            long heap = lab.heapAfterCollection();
            Lab.Result crowd = lab.run(Duration.ofSeconds(SECONDS + MORE_SECONDS),
                    command.toArray(String[]::new));
            System.out.println(LockDiscipline.current() + ", witness " + witness + ", " + crowd.out().strip()
                    + ", seed " + seed);
            assertThat(crowd.exit()).as(crowd.out()).isZero();
            JsonNode end = settle(lab);
            lab.assertQuiet();
            balanced(end);
            nothingLeft(lab, threads, heap);
        }
    }

    /// Waits until no connection but the one that asks is left, and no TIME-WAIT but its predecessors'.
    private static JsonNode settle(Lab lab) throws IOException {
        JsonNode all = null;
        for (int i = 0; i < SETTLE_SECONDS; i++) {
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
        JsonNode stats = all.get("stats");
        JsonNode tcp = stats.get("tcp");
        long opened = tcp.path("connects").asLong() + tcp.path("accepts").asLong();
        assertThat(opened - tcp.path("closed").asLong()).as("opened = closed + this one").isOne();
        assertThat(tcp.path("accepts").asLong()).isGreaterThan(AT_ONCE);
        assertThat(stats.get("drops").get("internal-error").asLong()).isZero();
        assertThat(all.get("locks").get("violations").asLong()).isZero();
        long gaveUp = tcp.get("timeouts").asLong();
        for (String service : List.of("echo-tcp", "discard-tcp", "chargen-tcp", "status")) {
            JsonNode each = stats.get(service);
            assertThat(each.get("open").asLong()).as(service).isEqualTo(service.equals("status") ? 1 : 0);
            assertThat(each.get("accepted").asLong()).as(service).isPositive();
            assertThat(each.get("refused").asLong()).as(service).isZero();
            gaveUp += each.get("idle-timeouts").asLong();
        }
        assertThat(tcp.get("timeouts").asLong()).as("some vanished with something on its way").isPositive();
        assertThat(tcp.get("window-probes").asLong()).as("some never read").isPositive();
        System.out.println("accepts " + tcp.get("accepts") + ", timeouts " + tcp.get("timeouts")
                + ", with idle ones " + gaveUp + ", window probes " + tcp.get("window-probes"));
    }

    private static void nothingLeft(Lab lab, int threads, long heap) {
        Map<String, Long> objects = lab.objects();
        assertThat(objects).as("the histogram").containsKey("org.splnet.tcp.Tcp");
        // Those that ask for the status, and what lasts a moment.
        OF_CONNECTIONS.forEach(each -> assertThat(objects.getOrDefault(each, 0L)).as(each)
                .isLessThanOrEqualTo(SETTLE_SECONDS));
        long after = lab.heapAfterCollection();
        assertThat(after - heap).as("heap of %d KiB, %d before", after, heap).isLessThan(MOST_GROWTH_KIB);
        assertThat(lab.threads()).as("threads, %d before", threads)
                .isLessThanOrEqualTo(threads + MOST_THREADS + Runtime.getRuntime().availableProcessors());
    }
}
