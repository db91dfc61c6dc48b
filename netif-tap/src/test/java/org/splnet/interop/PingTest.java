package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class PingTest {
    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.start(Lab.CONFIG);
    }

    @AfterAll
    static void stop() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void answersAThousandPingsInTwoSeconds() {
        assertThat(lab.run("ping", "-q", "-c", "1000", "-i", "0.002", Lab.SPLNET).ok())
                .contains("1000 received", " 0% packet loss");
        lab.assertQuiet();
    }

    @Test
    void answersSixtyFiveThousandOctetsInFragmentsBothWays() {
        assertThat(lab.run("ping", "-q", "-c", "5", "-i", "0.2", "-s", "65000", Lab.SPLNET).ok())
                .contains("5 received", " 0% packet loss");
        lab.assertQuiet();
    }

    @Test
    void answersTheLargestPing() {
        assertThat(lab.run("ping", "-q", "-c", "2", "-i", "0.2", "-s", "65507", Lab.SPLNET).ok())
                .contains("2 received");
    }

    /// RFC 1122, 3.2.2.6: an echo request to a broadcast address may be discarded, and we do.
    @Test
    void isSilentToABroadcastPing() {
        Lab.Result subnet = lab.run("ping", "-q", "-b", "-c", "2", "-i", "0.3", "-W", "1", "10.88.0.255");
        assertThat(subnet.out()).contains(" 0 received");
        Lab.Result limited = lab.run("ping", "-q", "-b", "-c", "2", "-i", "0.3", "-W", "1",
                "-I", "splnet0", "255.255.255.255");
        assertThat(limited.out()).contains(" 0 received");
    }

    /// The data comes back whole, whatever the pattern (ping itself compares it). For the last one ping waits
    /// no longer than the interval, which is not to be too short where other tests run.
    @Test
    void returnsTheDataWhole() {
        for (int size : new int[] {0, 1, 7, 8, 55, 1471, 1472, 1473, 1479, 1480, 1481, 2952, 2953, 9000}) {
            Lab.Result ping = lab.run("ping", "-c", "2", "-i", "0.1", "-p", "a5c3", "-s",
                    Integer.toString(size),
                    Lab.SPLNET);
            assertThat(ping.ok()).as("size %d", size).contains("2 received").doesNotContain("wrong data");
        }
    }
}
