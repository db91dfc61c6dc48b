package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `docs/lan.md` and `docs/troubleshooting.md`: their configurations are some, their commands do what they
/// should.
@Timeout(600)
class LanPageTest {
    private static final Page LAN = new Page("lan.md");
    private static final Page TROUBLE = new Page("troubleshooting.md");

    @TempDir
    private Path dir;

    @Test
    void everyConfigurationIsOne() throws IOException {
        List<String> all = LAN.configurations();
        assertThat(all).hasSizeGreaterThan(3);
        for (String each : all) {
            Lab.Result result = Page.check(each, dir.resolve("splnet.toml"));
            assertThat(result.exit()).as("%s%n%s", each, result.out()).isZero();
        }
    }

    /// In the order of the pages: the cable, the daemon on it, and what is asked of it.
    @Test
    @Tag("root")
    void theCommandsDoWhatTheyShould() throws Exception {
        assumeTrue(Wire.CHOSEN == Wire.TAP, "it is a NIC anyway");
        List<String> lan = LAN.runnable();
        try (Lab lab = Lab.empty()) {
            Page.install(lab);
            lab.sh(lan.get(0)).ok();
            lab.startDaemon(LAN.configurations().getFirst());
            String seen = run(lab, lan.get(1));
            assertThat(seen).contains("3 received", "<html", "lan0", Lab.HOST, "REACHABLE");
            for (String each : lan.subList(2, lan.size())) {
                run(lab, each);
            }
            Process ping = lab.spawn("ping", "ping", "-i", "0.2", Lab.SPLNET);
            for (String each : TROUBLE.runnable()) {
                run(lab, each);
            }
            Lab.end(ping);
            lab.sh("ip link delete nic0").ok();
            lab.assertQuiet();
        }
    }

    private static String run(Lab lab, String commands) {
        return lab.sh("set -e; cd " + lab.dir() + "\n" + commands).ok();
    }
}
