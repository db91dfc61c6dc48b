package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// curl against the status page: our TCP with the kernel's as its peer.
@Tag("root")
class HttpTest {
    /// A gibibyte, if nothing else is said.
    private static final long MUCH = Long.getLong("splnet.http.octets", 1L << 30);
    private static final String URL = "http://" + Lab.SPLNET;

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
    void servesThePageForPeople() {
        assertThat(lab.run("curl", "-sS", "-m", "10", URL + "/").ok()).contains("<html", "splnet0");
    }

    @Test
    void downloadsMuch() {
        String out = lab.sh("curl -sS -m 500 " + URL + "/bytes/" + MUCH + " | sha256sum").ok();
        assertThat(out).startsWith(Pattern.sha256(MUCH));
        lab.assertQuiet();
    }

    @Test
    void uploadsMuch() {
        lab.sh("head -c " + MUCH + " /dev/zero > " + lab.dir() + "/zeros").ok();
        String digest = lab.sh("sha256sum < " + lab.dir() + "/zeros").ok().substring(0, 64);
        String out = lab.run("curl", "-sS", "-m", "500", "-T", lab.dir() + "/zeros", URL + "/upload").ok();
        assertThat(out).contains(Long.toString(MUCH), digest);
        lab.assertQuiet();
    }

    @Test
    void serves200CurlsAtOnce() {
        Lab.Result result = lab.run("curl", "-sS", "-m", "60", "-Z", "--parallel-immediate",
                "--parallel-max", "200",
                "-o", "/dev/null", "-w", "%{http_code} %{size_download}\\n", URL + "/bytes/100000?n=[1-200]");
        assertThat(result.ok().lines().filter("200 100000"::equals).count()).isEqualTo(200);
        lab.assertQuiet();
    }

    @Test
    void serves2000ConnectionsInARow() {
        Lab.Result result = lab.run("curl", "-sS", "-m", "500", "-H", "Connection: close", "-o", "/dev/null",
                "-w", "%{http_code} %{num_connects}\\n", URL + "/bytes/10?n=[1-2000]");
        assertThat(result.ok().lines().filter("200 1"::equals).count()).isEqualTo(2000);
        lab.assertQuiet();
    }

    /// The kernel's own counters and tcpdump's opinion after traffic of every kind: no checksum it disliked,
    /// no reset.
    @Test
    void neverSendsABadChecksumNorAResetNobodyAskedFor() throws IOException, InterruptedException {
        Process tcpdump = lab.spawn("pcap.log", "tcpdump", "-i", "splnet0", "-U", "-s", "200", "-w",
                lab.dir() + "/reset.pcap", "host " + Lab.SPLNET + " and (tcp[tcpflags] & tcp-rst != 0)");
        lab.sh("until grep -q listening " + lab.dir() + "/pcap.log; do :; done").ok();
        lab.sh("for n in 1 100 1448 1460 1461 65536 3000000; do curl -sS -m 20 -o /dev/null " + URL
                + "/bytes/$n; done").ok();
        lab.sh("head -c 3000000 /dev/urandom | curl -sS -m 20 -T - " + URL + "/upload").ok();
        tcpdump.destroy();
        assertThat(tcpdump.waitFor()).isZero();
        assertThat(lab.run("tcpdump", "-r", lab.dir() + "/reset.pcap", "-nn").ok()).doesNotContain("Flags");
        String counters = lab.run("nstat", "-asz", "TcpInErrs", "TcpInCsumErrors", "UdpInErrors",
                "UdpInCsumErrors", "IpInHdrErrors", "IcmpInCsumErrors").ok();
        assertThat(counters.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("\\s+")[1]))
                .as(counters).containsOnly("0");
    }

    /// Offloads off on the way: every checksum is on the wire and tcpdump checks each.
    @Test
    void fillsInRightChecksumsWhereNoDeviceDoes() throws IOException, InterruptedException {
        try (Lab plain = Lab.start(Lab.CONFIG.replace("probe = false", "probe = false\noffload = false"))) {
            plain.run("ethtool", "-K", "splnet0", "tx", "off", "tso", "off", "gso", "off");
            Process tcpdump = plain.spawn("pcap.log", "tcpdump", "-i", "splnet0", "-U", "-w",
                    plain.dir() + "/all.pcap", "src host " + Lab.SPLNET);
            plain.sh("until grep -q listening " + plain.dir() + "/pcap.log; do :; done").ok();
            plain.run("curl", "-sS", "-m", "20", "-o", "/dev/null", URL + "/bytes/1000000").ok();
            plain.run("ping", "-q", "-c", "3", "-i", "0.01", "-s", "3000", Lab.SPLNET).ok();
            plain.python("""
                    import socket
                    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    s.settimeout(20)
                    for n in (1, 2, 1472, 20000):
                        s.sendto(bytes(n), ('10.88.0.2', 7))
                        s.recv(70000)
                    """).ok();
            tcpdump.destroy();
            tcpdump.waitFor();
            String text = plain.run("tcpdump", "-r", plain.dir() + "/all.pcap", "-nn", "-vv").ok();
            // as words: a checksum may well be 0xbadb
            assertThat(text).contains("cksum", "(correct)")
                    .doesNotContainPattern("\\b(incorrect|bad|wrong)\\b");
        }
    }

    @Test
    void keepsItsFootingInAPairOfTransfers() throws IOException, InterruptedException {
        Process down = lab.spawn("down", "curl", "-sS", "-m", "500", "-o", "/dev/null", "-w",
                "%{size_download}",
                URL + "/bytes/500000000");
        Lab.Result up = lab.run(Duration.ofSeconds(500), "sh", "-c",
                "head -c 500000000 /dev/zero | curl -sS -m 500 -T - " + URL + "/upload");
        assertThat(up.ok()).contains("500000000");
        assertThat(down.waitFor()).isZero();
        assertThat(lab.text("down")).isEqualTo("500000000");
    }
}
