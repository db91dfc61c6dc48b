package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class PingTest {
    private static final java.util.regex.Pattern RECEIVED =
            java.util.regex.Pattern.compile("(\\d+) received");

    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.start(Lab.CONFIG);
        // or the kernel's queue overflows while the daemon has no processor
        lab.run("ip", "link", "set", "splnet0", "txqueuelen", "20000").ok();
    }

    @AfterAll
    static void stop() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    /// Pings until so many replies have come, and checks that none is missing. Not by what ping says of loss:
    /// it does not wait for the last ones. The kernel counts what comes after it as well.
    private static String ping(int times, String... more) {
        List<String> command = new ArrayList<>(List.of("ping", "-w", "60", "-c", Integer.toString(times)));
        command.addAll(List.of(more));
        command.add(Lab.SPLNET);
        int before = unanswered();
        String said = lab.run(command.toArray(String[]::new)).ok();
        int after = unanswered();
        for (int i = 0; i < 200 && after != before; i++) {
            lab.sh("sleep 0.1");
            after = unanswered();
        }
        assertThat(after).as(said).isEqualTo(before);
        Matcher received = RECEIVED.matcher(said);
        assertThat(received.find()).as(said).isTrue();
        assertThat(Integer.parseInt(received.group(1))).as(said).isGreaterThanOrEqualTo(times);
        return said;
    }

    private static int unanswered() {
        return Integer.parseInt(lab.python("""
                lines = [l.split() for l in open("/proc/net/snmp") if l.startswith("Icmp:")]
                all = dict(zip(*lines))
                print(int(all["OutEchos"]) - int(all["InEchoReps"]))
                """).ok().strip());
    }

    @Test
    void answersAThousandPingsInTwoSeconds() {
        ping(1000, "-q", "-i", "0.002");
        lab.assertQuiet();
    }

    @Test
    void answersSixtyFiveThousandOctetsInFragmentsBothWays() {
        ping(5, "-q", "-i", "0.2", "-s", "65000");
        lab.assertQuiet();
    }

    @Test
    void answersTheLargestPing() {
        ping(2, "-q", "-i", "0.2", "-s", "65507");
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

    /// The data comes back whole, whatever the pattern (ping itself compares it).
    @Test
    void returnsTheDataWhole() {
        for (int size : new int[] {0, 1, 7, 8, 55, 1471, 1472, 1473, 1479, 1480, 1481, 2952, 2953, 9000}) {
            assertThat(ping(2, "-i", "0.1", "-p", "a5c3", "-s", Integer.toString(size)))
                    .as("size %d", size).doesNotContain("wrong data");
        }
    }
}
