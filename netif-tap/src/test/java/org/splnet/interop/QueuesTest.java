package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A TAP with two queues: both carry, every octet is right, and no flow is reordered, as both ends count it.
@Tag("root")
class QueuesTest {
    private static final String TWO = Lab.CONFIG.replace("driver = \"tap\"\n",
            "driver = \"tap\"\nqueues = 2\n");
    private static final int CONNECTIONS = 24;
    private static final int SIZE = 8_000_000;
    private static final String URL = "http://" + Lab.SPLNET;
    /// Of the segments of each direction, a twentieth of a percent of those of an MTU: timers that run out
    /// because a processor was taken away.
    private static final long FEW = (long) CONNECTIONS * SIZE / 1448 / 2000;
    private static final java.util.regex.Pattern QUEUE = java.util.regex.Pattern.compile(
            "\"in-packets\":(\\d+),\"in-octets\":\\d+,\"out-packets\":(\\d+)");

    /// Prints counters of the namespace's kernel.
    private static final String KERNEL = """
            for name in ("/proc/net/snmp", "/proc/net/netstat"):
                lines = open(name).read().splitlines()
                for keys, values in zip(lines[::2], lines[1::2]):
                    for key, value in zip(keys.split()[1:], values.split()[1:]):
                        print('"%s":%s' % (key, value))
            """;

    @Test
    void manyConnectionsUseBothAndNoneIsReordered() throws IOException {
        assumeTrue(Wire.CHOSEN == Wire.TAP, "only a TAP has queues");
        try (Lab lab = Lab.start(TWO)) {
            // what a full queue of the kernel drops would be sent again, and look like reordering
            lab.run("ip", "link", "set", "splnet0", "txqueuelen", "20000").ok();
            transfer(lab);
            String dropped = lab.sh("cat /sys/class/net/splnet0/statistics/tx_dropped").ok();
            assertThat(dropped).isEqualToIgnoringWhitespace("0");
            String queues = get(lab, "interfaces");
            Matcher queue = QUEUE.matcher(queues);
            int from = queues.indexOf("\"queues\"", queues.indexOf("splnet0"));
            assertThat(queue.find(from)).as(queues).isTrue();
            assertThat(Long.parseLong(queue.group(1))).as(queues).isGreaterThan(100);
            assertThat(Long.parseLong(queue.group(2))).as(queues).isGreaterThan(100);
            assertThat(queue.find()).as(queues).isTrue();
            assertThat(Long.parseLong(queue.group(1))).as(queues).isGreaterThan(100);
            assertThat(Long.parseLong(queue.group(2))).as(queues).isGreaterThan(100);
            // Not what was sent again: timers of a busy machine run out too.
            few(lab.python(KERNEL).ok(), "TCPOFOQueue", "TCPSACKReorder", "TCPTSReorder");
            few(get(lab, "stats"), "out-of-order");
            lab.assertQuiet();
        }
    }

    /// All at once, in both directions.
    private static void transfer(Lab lab) {
        String dir = lab.dir().toString();
        lab.sh("head -c " + SIZE + " /dev/zero > " + dir + "/zeros").ok();
        String zeros = lab.sh("sha256sum < " + dir + "/zeros").ok().substring(0, 64);
        lab.sh("cd " + dir + "; for i in $(seq " + CONNECTIONS + "); do"
                + " { curl -sS -m 500 " + URL + "/bytes/" + SIZE + " | sha256sum > down.$i; } &"
                + " curl -sS -m 500 -T zeros " + URL + "/upload > up.$i & done; wait").ok();
        String pattern = Pattern.sha256(SIZE);
        for (int i = 1; i <= CONNECTIONS; i++) {
            assertThat(lab.text("down." + i)).startsWith(pattern);
            assertThat(lab.text("up." + i)).contains(zeros);
        }
    }

    private static String get(Lab lab, String what) {
        return lab.run("curl", "-sS", "-m", "20", "--unix-socket", lab.control().toString(),
                "http://x/v1/" + what).ok().replaceAll("\\s", "");
    }

    private static void few(String counters, String... names) {
        for (String name : names) {
            Matcher found = java.util.regex.Pattern.compile('"' + name + "\":(\\d+)").matcher(counters);
            assertThat(found.find()).as("%s in %s", name, counters).isTrue();
            assertThat(Long.parseLong(found.group(1))).as("%s in %s", name, counters)
                    .isLessThanOrEqualTo(FEW);
        }
    }
}
