package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A TAP of ours that is deleted or taken down under a running daemon comes back, and its connections go on.
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
            underWay(lab);
            lab.sh("ip link delete splnet0").ok();
            logged(lab, "tap is back device=splnet0 created");
            lab.run("ping", "-c", "1", "-W", "20", Lab.SPLNET).ok();
            transfer.endsWell();
            assertThat(lab.log()).containsOnlyOnce("tap was deleted device=splnet0: it is made anew")
                    .doesNotContain("device is gone");
            lab.assertQuiet();
        }
    }

    @Test
    void aTransferOutlivesATapThatIsTakenDownForAMoment() throws Exception {
        try (Lab lab = Lab.start(Lab.CONFIG)) {
            var transfer = new Endless(lab);
            underWay(lab);
            lab.sh("ip link set splnet0 down").ok();
            logged(lab, "tap is down device=splnet0");
            lab.sh("ip link set splnet0 up").ok();
            logged(lab, "tap is up device=splnet0");
            lab.run("ping", "-c", "1", "-W", "20", Lab.SPLNET).ok();
            transfer.endsWell();
            lab.assertQuiet();
        }
    }

    /// RFC 5227 §2.1: before that nobody would hear whether the address is free.
    @Test
    void anAddressIsTakenWhenATapThatWasDownAtTheStartIsUp() throws Exception {
        try (Lab lab = Lab.empty()) {
            lab.sh("ip tuntap add splnet0 mode tap && ip address add " + Lab.HOST + "/24 dev splnet0").ok();
            lab.spawnDaemon(Lab.CONFIG.replace("host-address = \"10.88.0.1/24\"\nprobe = false\n", ""));
            logged(lab, "tap is down device=splnet0");
            lab.sh("ip link set splnet0 up").ok();
            logged(lab, "address claimed interface=splnet0");
            assertThat(lab.log().indexOf("tap is up")).isBetween(0, lab.log().indexOf("address claimed"));
            lab.run("ping", "-c", "1", "-W", "20", Lab.SPLNET).ok();
            lab.assertQuiet();
        }
    }

    private static void underWay(Lab lab) {
        lab.sh("for i in $(seq 600); do test $(cat /sys/class/net/splnet0/statistics/rx_bytes) -gt 1000000"
                + " && exit 0; sleep 0.1; done; exit 1").ok();
    }

    private static void logged(Lab lab, String line) {
        lab.sh("for i in $(seq 600); do grep -q '" + line + "' " + lab.dir()
                + "/log && exit 0; sleep 0.1; done; exit 1").ok();
    }
}
