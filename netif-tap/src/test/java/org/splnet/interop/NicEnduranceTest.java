package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;

/// A daemon on a NIC, with an address of two minutes that is renewed every three seconds, a link that goes
/// down every few seconds at either end, a configuration that changes all the time, and transfers both ways;
/// now and then it is started anew. `-Dendurance.seconds=3600` for as long as that; half a minute otherwise.
@Tag("root")
class NicEnduranceTest {
    private static final long SECONDS = Long.getLong("endurance.seconds", 30);
    private static final long SECOND_NS = 1_000_000_000L;
    /// How long each daemon lives.
    private static final long LIFE_NS = Math.max(8, Math.min(600, SECONDS / 2 - 20)) * SECOND_NS;
    private static final long OCTETS = 4_000_000;
    private static final String ADDRESS = "10.88.0.50";
    /// What may come to be in use as time goes by without having been lost: pools, tables, compiled code.
    private static final long HEAP_ROOM_KIB = 4096;
    private static final int DESCRIPTOR_ROOM = 6;

    /// One transfer after another until told to end, each with its digest; a line for each. While the host's
    /// own end is down its kernel has no way to us, and none begins (7).
    private static final String TRANSFERS = """
            me=$1
            fetch() {
                until curl -sS -m 500 --connect-timeout 60 --limit-rate 2M "$@" >DIR/got$me 2>DIR/err$me; do
                    [ $? = 7 ] || return 0
                    sleep 0.2
                done
            }
            n=$me
            while [ -e DIR/going ]; do
                n=$((n + 1))
                case $n in
                *[02468]) fetch http://ADDRESS/bytes/OCTETS; sum=$(sha256sum <DIR/got$me) ;;
                *) fetch -T DIR/file http://ADDRESS/upload; sum=$(cat DIR/got$me) ;;
                esac
                case $sum in
                *DIGEST*) echo well ;;
                *) echo "failed: $n: $sum" $(cat DIR/err$me) ;;
                esac
            done
            """;

    private final List<String> lives = new ArrayList<>();
    private int flaps;
    private int reloads;
    private int life;

    private static String config(Lab lab, int number) {
        return """
                [[interface]]
                name = "lan0"
                driver = "pcap"
                device = "nic0"

                [interface.dhcp]
                hostname = "host-%d"
                state-dir = "%s/state"

                [services]
                status = true

                [tcp]
                no-delay = %s

                [control]
                socket = "%s"
                """.formatted(number, lab.dir(), number % 2 == 0, lab.control());
    }

    @Test
    void nothingIsLostAndNothingGrows() throws Exception {
        assumeTrue(Path.of("/usr/sbin/dnsmasq").toFile().canExecute(), "needs dnsmasq (dnsmasq-base)");
        assumeTrue(Wire.CHOSEN == Wire.TAP, "it is a NIC anyway");
        var random = new SplittableRandom(TestSeed.next());
        try (Lab lab = Lab.empty()) {
            network(lab);
            long end = System.nanoTime() + SECONDS * SECOND_NS;
            while (lives.size() < 2 || System.nanoTime() - end < 0) {
                life(lab, random);
            }
            System.out.println("endurance: " + lives.size() + " lives, " + flaps + " flaps, " + reloads
                    + " reloads\n" + String.join("\n", lives));
            assertThat(lab.text("dnsmasq")).contains("client provides name: host-" + reloads);
            lab.assertQuiet();
        }
    }

    private static void network(Lab lab) throws IOException {
        lab.sh("ip link add far0 type veth peer name nic0; ip address add 10.88.0.1/24 dev far0;"
                + " ip link set far0 up; ip link set nic0 up").ok();
        lab.spawn("dnsmasq", "/usr/sbin/dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0",
                "--interface=far0", "--bind-interfaces", "--no-ping",
                "--dhcp-range=" + ADDRESS + "," + ADDRESS + ",2m", "--log-dhcp", "--user=root",
                "--dhcp-leasefile=" + lab.dir().resolve("leases"), "--pid-file=", "--dhcp-option=58,3",
                "--dhcp-option=59,60");
        byte[] file = new byte[(int) OCTETS];
        for (int i = 0; i < file.length; i++) {
            file[i] = Pattern.at(i);
        }
        Files.write(lab.dir().resolve("file"), file);
    }

    /// One daemon from start to end.
    private void life(Lab lab, SplittableRandom random) throws Exception {
        Path going = lab.dir().resolve("going");
        lab.spawnDaemon(config(lab, reloads));
        awaitPing(lab);
        String transfers = "transfers" + life++;
        String script = TRANSFERS.replace("DIR", lab.dir().toString()).replace("ADDRESS", ADDRESS)
                .replace("OCTETS", Long.toString(OCTETS)).replace("DIGEST", Pattern.sha256(OCTETS));
        String get = "curl -sS -m 500 http://" + ADDRESS;
        lab.sh(get + "/bytes/" + OCTETS + " | sha256sum; " + get + "/upload -T " + lab.dir() + "/file").ok();
        trouble(lab, random, 1);
        Size before = Size.of(lab);
        Files.createFile(going);
        Process down = lab.spawn(transfers, "sh", "-c", script, "sh", "0");
        Process up = lab.spawn(transfers + "b", "sh", "-c", script, "sh", "1");
        for (long end = System.nanoTime() + LIFE_NS; System.nanoTime() - end < 0; ) {
            trouble(lab, random, 1);
        }
        Files.delete(going);
        assertThat(down.waitFor(100, TimeUnit.SECONDS) && up.waitFor(100, TimeUnit.SECONDS)).isTrue();
        Size after = Size.of(lab);
        String done = lab.text(transfers) + lab.text(transfers + "b");
        lives.add("  " + done.lines().count() + " transfers; " + before + " -> " + after);
        assertThat(done).as("%s\n%s", done, lab.log()).contains("well").doesNotContain("failed");
        assertThat(after.heapKib()).as("heap: %s", lives).isLessThan(before.heapKib() + HEAP_ROOM_KIB);
        assertThat(after.descriptors()).as("descriptors: %s", lives)
                .isLessThan(before.descriptors() + DESCRIPTOR_ROOM);
        cutOff(lab);
    }

    /// It ends with a transfer under way, which may fail; by its own will or not.
    private void cutOff(Lab lab) throws Exception {
        Process lost = lab.spawn("lost", "curl", "-sS", "-m", "20", "--limit-rate", "1M", "-o", "/dev/null",
                "http://" + ADDRESS + "/bytes/100000000");
        lab.sh("until ss -tn | grep -q " + ADDRESS + ":80; do sleep 0.1; done");
        if (life % 2 == 0) {
            lab.killDaemon();
        } else {
            Lab.end(lab.daemon());
        }
        Lab.end(lost);
    }

    private void trouble(Lab lab, SplittableRandom random, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            String end = random.nextBoolean() ? "far0" : "nic0";
            lab.sh("ip link set " + end + " down; sleep 0." + (1 + random.nextInt(9)) + "; ip link set " + end
                    + " up; sleep " + (2 + random.nextInt(2))).ok();
            flaps++;
            reloads++;
            Files.writeString(lab.dir().resolve("splnet.toml"), config(lab, reloads));
            lab.sh("kill -HUP " + lab.pid() + "; sleep 0.5").ok();
        }
    }

    /// After a start: probing takes seven seconds, and nobody there is asked.
    private static void awaitPing(Lab lab) {
        for (int i = 0; i < 60; i++) {
            if (lab.run("ping", "-c", "1", "-W", "1", ADDRESS).exit() == 0) {
                return;
            }
            lab.sh("sleep 0.25");
        }
        throw new AssertionError("no answer from " + ADDRESS + "\n" + lab.log() + lab.text("dnsmasq"));
    }

    /// What must not grow.
    private record Size(long heapKib, int descriptors, int threads) {
        static Size of(Lab lab) {
            return new Size(lab.heapAfterCollection(), lab.descriptors(), lab.threads());
        }
    }
}
