package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;

/// Random and mutated frames, as fast as they can be sent. `-Dhostile.seconds=600` for longer.
@Tag("root")
class HostileTest {
    private static final int SECONDS = Integer.getInteger("hostile.seconds", 30);

    @Test
    void survivesRandomAndMutatedFrames() throws IOException {
        long seed = TestSeed.next();
        try (Lab lab = Lab.start(Lab.CONFIG, "-Xmx256m", "-XX:MaxDirectMemorySize=256m")) {
            String mac = mac(lab);
            flood(lab, mac, seed, 5);
            long before = lab.heapAfterCollection();
            long sent = flood(lab, mac, seed + 1, SECONDS);
            long after = lab.heapAfterCollection();

            // Noise that tells of 10.88.0.1 at another station, when the true one's answer is lost in it,
            // may cost the first reply, which is the reason to find out the truth.
            Lab.Result ping = lab.run("ping", "-q", "-w", "60", "-c", "5", "-i", "0.2", Lab.SPLNET);
            assertThat(ping.exit()).as("seed %d: %s", seed, ping.out()).isZero();
            assertThat(lab.run("curl", "-sS", "-m", "10", "http://" + Lab.SPLNET + "/bytes/100000", "-o",
                    "/dev/null")
                    .exit()).isZero();
            lab.assertQuiet();
            assertThat(sent).isGreaterThan(100_000);
            assertThat(after - before).as("live heap grew from %d to %d KiB, seed %d", before, after, seed)
                    .isLessThan(8 << 10);
        }
    }

    private static String mac(Lab lab) {
        String neighbor = lab.run("ip", "neighbor", "show", Lab.SPLNET).ok();
        Matcher found = Pattern.compile("lladdr (\\S+)").matcher(neighbor);
        assertThat(found.find()).as(neighbor).isTrue();
        return found.group(1);
    }

    private static long flood(Lab lab, String mac, long seed, int seconds) throws IOException {
        try (InputStream script = HostileTest.class.getResourceAsStream("frames.py")) {
            String text = new String(script.readAllBytes(), StandardCharsets.UTF_8);
            return Long.parseLong(lab.run(Duration.ofSeconds(seconds + 300), "python3", "-c",
                    text, "splnet0", mac,
                    Long.toString(Math.abs(seed)), Integer.toString(seconds)).ok().strip());
        }
    }
}
