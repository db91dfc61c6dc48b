package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A TAP of ours that is deleted under a running daemon comes back, and its connections go on.
@Tag("root")
@Timeout(600)
class TapLifeTest {
    @BeforeEach
    void once() {
        assumeTrue(Wire.CHOSEN == Wire.TAP, "there is no TAP of ours");
    }

    @Test
    void aTransferOutlivesATapThatIsDeleted() throws Exception {
        try (Lab lab = Lab.start(Lab.CONFIG)) {
            var transfer = new Endless(lab);
            lab.sh("for i in $(seq 600); do"
                    + " test $(cat /sys/class/net/splnet0/statistics/rx_bytes) -gt 1000000"
                    + " && exit 0; sleep 0.1; done; exit 1").ok();
            lab.sh("ip link delete splnet0").ok();
            lab.sh("for i in $(seq 600); do grep -q 'tap is back device=splnet0 created' " + lab.dir()
                    + "/log && exit 0; sleep 0.1; done; exit 1").ok();
            lab.run("ping", "-c", "1", "-W", "20", Lab.SPLNET).ok();
            transfer.endsWell();
            assertThat(lab.log()).containsOnlyOnce("tap was deleted device=splnet0: it is made anew")
                    .doesNotContain("device is gone");
            lab.assertQuiet();
        }
    }
}
