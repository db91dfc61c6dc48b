package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A TAP of ours that is deleted under a running daemon comes back, and its connections go on.
@Tag("root")
@Timeout(120)
class TapLifeTest {
    private static final long OCTETS = 12_000_000;

    @BeforeEach
    void once() {
        assumeTrue(Wire.CHOSEN == Wire.TAP, "there is no TAP of ours");
    }

    @Test
    void aTransferOutlivesATapThatIsDeleted() throws Exception {
        try (Lab lab = Lab.start(Lab.CONFIG)) {
            Process transfer = lab.spawn("sum", "sh", "-c", "curl -sS -m 100 --limit-rate 2M http://"
                    + Lab.SPLNET + "/bytes/" + OCTETS + " | sha256sum");
            lab.sh("for i in $(seq 100); do"
                    + " test $(cat /sys/class/net/splnet0/statistics/rx_bytes) -gt 1000000"
                    + " && exit 0; sleep 0.1; done; exit 1").ok();
            lab.sh("ip link delete splnet0").ok();
            lab.sh("for i in $(seq 100); do grep -q 'tap is back device=splnet0 created' " + lab.dir()
                    + "/log && exit 0; sleep 0.1; done; exit 1").ok();
            assertThat(transfer.isAlive()).as("during the transfer: %s", lab.text("sum")).isTrue();
            lab.run("ping", "-c", "1", "-W", "3", Lab.SPLNET).ok();
            assertThat(transfer.waitFor()).isZero();
            assertThat(lab.text("sum")).startsWith(Pattern.sha256(OCTETS));
            assertThat(lab.log()).containsOnlyOnce("tap was deleted device=splnet0: it is made anew")
                    .doesNotContain("device is gone");
            lab.assertQuiet();
        }
    }
}
