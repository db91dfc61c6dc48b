package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The peer is gone without a word: the connection's own timers end it.
@Tag("root")
class VanishTest {
    private static final String SHORT_PATIENCE = Lab.CONFIG + """

            [tcp]
            retransmit-timeout = "3s"
            """;

    @Test
    void endsAConnectionWhosePeerVanishesInMidTransfer() throws IOException {
        try (Lab lab = Lab.start(SHORT_PATIENCE)) {
            // The host's address goes while the transfer runs: no more segments, no reset, no ARP answer.
            lab.run("ip", "address", "add", "10.88.0.3/24", "dev", "splnet0").ok();
            lab.spawn("curl", "curl", "-sS", "--interface", "10.88.0.3", "--limit-rate", "1M", "-o",
                    "/dev/null",
                    "http://" + Lab.SPLNET + "/bytes/1000000000");
            String peer = "10.88.0.3:";
            awaitSockets(lab, peer, true);
            lab.run("ip", "address", "delete", "10.88.0.3/24", "dev", "splnet0").ok();
            awaitSockets(lab, peer, false);
            lab.assertQuiet();
        }
    }

    /// Asks for the sockets until one with `peer` is there, or is not. Bounded by curl's own times.
    private static void awaitSockets(Lab lab, String peer, boolean there) {
        String last = "";
        for (int i = 0; i < 100; i++) {
            last = lab.sh("sleep 0.2; curl -sS -m 20 --interface 10.88.0.1 http://" + Lab.SPLNET
                    + "/status.json")
                    .ok();
            if (last.contains(peer) == there) {
                return;
            }
        }
        assertThat(last.contains(peer)).as(last).isEqualTo(there);
    }
}
