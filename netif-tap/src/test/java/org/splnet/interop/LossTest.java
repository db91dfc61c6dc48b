package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;

/// Fifty megabytes each way over a wire that loses one frame in a hundred and reorders others.
@Tag("root")
class LossTest {
    private static final String BRIDGED = Lab.CONFIG
            .replace("host-address = \"10.88.0.1/24\"", "bridge = \"lan\"");
    private static final int SIZE = 50_000_000;
    private static final String URL = "http://" + Lab.SPLNET;

    @Test
    void carries50MegabytesBothWaysOverALossyReorderingWire() throws IOException {
        long seed = TestSeed.next();
        try (Lab lab = Lab.empty()) {
            // kernel 10.88.0.1 on tapb ─ lossy wire ─ tapa ─ bridge ─ splnet0 ─ splnet
            lab.run("ip", "link", "add", "lan", "type", "bridge").ok();
            lab.run("ip", "link", "set", "lan", "up").ok();
            lab.spawn("wire", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                    "-Dio.netty.noUnsafe=false", "-XX:+UseSerialGC", "-cp",
                    System.getProperty("java.class.path"),
                    LossyWire.class.getName(), "tapa", "tapb", Long.toString(seed), "0.01", "0.02", "500");
            lab.sh("for i in $(seq 600); do grep -q 'wire is up' " + lab.dir()
                    + "/wire && exit 0; sleep 0.1; done;"
                    + " cat " + lab.dir() + "/wire; exit 1").ok();
            lab.run("ip", "link", "set", "tapa", "master", "lan", "up").ok();
            lab.run("ip", "address", "add", "10.88.0.1/24", "dev", "tapb").ok();
            lab.run("ip", "link", "set", "tapb", "up").ok();
            lab.startDaemon(BRIDGED);

            String down = lab.sh("curl -sS -m 500 " + URL + "/bytes/" + SIZE + " | sha256sum").ok();
            assertThat(down).as("seed %d", seed).startsWith(Pattern.sha256(SIZE));

            lab.sh("head -c " + SIZE + " /dev/zero > " + lab.dir() + "/zeros").ok();
            String digest = lab.sh("sha256sum < " + lab.dir() + "/zeros").ok().substring(0, 64);
            String up = lab.run("curl", "-sS", "-m", "500", "-T", lab.dir() + "/zeros", URL + "/upload").ok();
            assertThat(up).as("seed %d", seed).contains(Integer.toString(SIZE), digest);
            lab.assertQuiet();
        }
    }
}
