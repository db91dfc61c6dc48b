package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.splnet.TestSeed;

/// Addresses from dnsmasq, in the namespace that is the network.
///
/// All at once, for they mostly wait: each has a network of its own.
@Tag("root")
@Execution(ExecutionMode.CONCURRENT)
class DhcpTest {
    private static final java.util.regex.Pattern ADDRESS =
            java.util.regex.Pattern.compile("\"address\":\"([0-9.]+)/");
    private static final String REQUEST = "DHCPREQUEST\\(far0\\) ";

    /// T1 and T2 of seconds: dnsmasq's shortest lease is two minutes.
    private static final String[] SHORT = {"--dhcp-option=58,5", "--dhcp-option=59,30"};

    @BeforeEach
    void hasDnsmasq() {
        assumeTrue(Path.of("/usr/sbin/dnsmasq").toFile().canExecute(), "needs dnsmasq (dnsmasq-base)");
    }

    private static String config(Lab lab, String more) {
        return """
                [[interface]]
                name = "splnet0"
                driver = "tap"
                bridge = "lan"

                [interface.dhcp]
                hostname = "guest"
                state-dir = "%s/state"
                %s
                """.formatted(lab.dir(), more);
    }

    /// The network: a bridge, the router's address on it or behind it, nobody else yet.
    private static Lab lan(boolean router) throws IOException {
        Lab lab = Lab.empty();
        lab.run("ip", "link", "add", "lan", "type", "bridge").ok();
        lab.run("ip", "link", "set", "lan", "up").ok();
        if (router) {
            lab.run("ip", "address", "add", "10.88.0.1/24", "dev", "lan").ok();
        }
        return lab;
    }

    private Process serve(Lab lab, String device, String range, String... more) throws IOException {
        var command = new ArrayList<>(List.of("/usr/sbin/dnsmasq", "--no-daemon",
                "--conf-file=/dev/null", "--port=0", "--interface=" + device, "--bind-interfaces",
                "--no-ping",
                "--dhcp-range=" + range + ",2m", "--dhcp-sequential-ip", "--log-dhcp", "--user=root",
                "--dhcp-leasefile=" + lab.dir().resolve("dnsmasq.leases"), "--pid-file=",
                "--dhcp-option=option:dns-server,10.88.0.53", "--domain=example.net",
                "--dhcp-option=option:ntp-server,10.88.0.9", "--dhcp-option=option:mtu,1400"));
        command.addAll(List.of(more));
        served++;
        return lab.spawn("dnsmasq" + served, command.toArray(String[]::new));
    }

    /// How many servers there were: each writes a file of its own.
    private int served;

    private String server(Lab lab) {
        return lab.text("dnsmasq" + served);
    }

    private static void end(Process process) {
        try {
            process.destroy();
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String leases(Lab lab) {
        return lab.run("curl", "-sS", "--unix-socket", lab.dir().resolve("control.sock").toString(),
                "http://x/v1/leases").out().replaceAll("\\s", "");
    }

    /// Waits until the interface has a lease in a state, and returns its address.
    private String await(Lab lab, String state) {
        return await(lab, state, "");
    }

    private String await(Lab lab, String state, String other) {
        String seen = "";
        for (int i = 0; i < 960; i++) {
            seen = leases(lab);
            Matcher address = ADDRESS.matcher(seen);
            if (seen.contains("\"state\":\"" + state + "\"") && address.find()
                    && !address.group(1).equals(other)) {
                return address.group(1);
            }
            lab.sh("sleep 0.25");
        }
        throw new AssertionError("not " + state + ": " + seen + "\n" + lab.log() + "\n" + server(lab));
    }

    private static void ping(Lab lab, String address) {
        Lab.Result result = lab.run("ping", "-c", "3", "-W", "20", address);
        assertThat(result.exit()).as("%s\n%s\n%s", result.out(), leases(lab), lab.log()).isZero();
    }

    private void awaitLog(Lab lab, String wanted, int times) {
        for (int i = 0; i < 960; i++) {
            if (lab.log().split(wanted, -1).length > times) {
                return;
            }
            lab.sh("sleep 0.25");
        }
        throw new AssertionError("not " + times + " times '" + wanted + "':\n" + lab.log() + "\n"
                + server(lab));
    }

    @Test
    void getsKeepsAndRemembersAnAddress() throws IOException {
        try (Lab lab = lan(true)) {
            Process first = serve(lab, "lan", "10.88.0.50,10.88.0.60", SHORT);
            lab.spawnDaemon(config(lab, ""));
            String address = await(lab, "bound");
            assertThat(address).isEqualTo("10.88.0.50");
            ping(lab, address);
            assertThat(leases(lab)).contains("\"dns\":[\"10.88.0.53\"]", "\"domain\":\"example.net\"",
                    "\"ntp\":[\"10.88.0.9\"]", "\"routers\":[\"10.88.0.1\"]", "\"mtu\":1400");
            assertThat(server(lab)).contains("client provides name: guest");
            awaitLog(lab, "lease renewed", 2);
            // The server comes and goes.
            end(first);
            lab.sh("sleep 7");
            serve(lab, "lan", "10.88.0.50,10.88.0.60", SHORT);
            awaitLog(lab, "lease renewed", 3);
            // So do we: asked for again, not searched for.
            end(lab.daemon());
            lab.spawnDaemon(config(lab, ""));
            assertThat(await(lab, "bound")).isEqualTo(address);
            assertThat(server(lab)).contains("DHCPREQUEST(lan) 10.88.0.50").doesNotContain("DHCPDISCOVER");
            lab.assertQuiet();
        }
    }

    private static final String NIC = """
            [[interface]]
            name = "lan0"
            driver = "pcap"
            device = "nic0"
            %s

            [services]
            status = true
            """;

    private static String nic(Lab lab, String more) {
        return NIC.formatted("[interface.dhcp]\nstate-dir = \"" + lab.dir() + "/state\"\n" + more);
    }

    /// Two NICs back to back: at one end the network, at the other we.
    private static Lab cable() throws IOException {
        assumeTrue(Wire.CHOSEN == Wire.TAP, "it is a NIC anyway");
        Lab lab = Lab.empty();
        lab.sh("ip link add far0 type veth peer name nic0; ip address add 10.88.0.1/24 dev far0;"
                + " ip link set far0 up; ip link set nic0 up").ok();
        return lab;
    }

    private static void dhcp(Lab lab, String what) {
        lab.run("curl", "-sS", "--fail", "-X", "POST", "--unix-socket",
                lab.dir().resolve("control.sock").toString(), "http://x/v1/leases/lan0/" + what).ok();
    }

    private static int times(String text, String what) {
        return text.split(what, -1).length - 1;
    }

    private void awaitServer(Lab lab, String wanted, int times) {
        for (int i = 0; i < 960; i++) {
            if (times(server(lab), wanted) >= times) {
                return;
            }
            lab.sh("sleep 0.25");
        }
        throw new AssertionError("not " + times + " times '" + wanted + "':\n" + lab.log() + "\n"
                + server(lab));
    }

    /// One end of the cable goes down and comes back, and the lease is renewed.
    private void pull(Lab lab, String end, String said) {
        int asked = times(server(lab), REQUEST);
        int renewed = times(lab.log(), "lease renewed");
        lab.run("ip", "link", "set", end, "down").ok();
        awaitLog(lab, said, 1);
        lab.run("ip", "link", "set", end, "up").ok();
        awaitServer(lab, REQUEST, asked + 1);
        awaitLog(lab, "lease renewed", renewed + 1);
    }

    /// Each of them asks the server again; without an end the lease is an hour from being renewed.
    @Test
    void verifiesWhatItHasWhenTheCableIsBackAndRenewsAndReleasesWhenTold() throws IOException {
        try (Lab lab = cable()) {
            serve(lab, "far0", "10.88.0.50,10.88.0.60", "--dhcp-option=58,3000", "--dhcp-option=59,3100");
            lab.spawnDaemon(nic(lab, ""));
            String address = await(lab, "bound");
            pull(lab, "far0", "nic has no carrier device=nic0");
            pull(lab, "nic0", "nic is down device=nic0");
            assertThat(await(lab, "bound")).isEqualTo(address);
            ping(lab, address);
            assertThat(lab.log()).doesNotContain("lease lost");
            int asked = times(server(lab), REQUEST);
            dhcp(lab, "renew");
            awaitServer(lab, REQUEST, asked + 1);
            dhcp(lab, "release");
            awaitServer(lab, "DHCPRELEASE\\(far0\\) " + address, 1);
            assertThat(lab.run("ping", "-c", "1", "-W", "1", address).exit()).isNotZero();
            dhcp(lab, "renew");
            assertThat(await(lab, "bound")).isEqualTo(address);
            lab.assertQuiet();
        }
    }

    /// A transfer lives through all of it, also where a static address takes over the lease's.
    @Test
    void aReloadChangesHowItAsksAndConnectionsGoOn() throws Exception {
        try (Lab lab = cable()) {
            serve(lab, "far0", "10.88.0.50,10.88.0.60");
            lab.spawnDaemon(nic(lab, "hostname = \"one\""));
            String address = await(lab, "bound");
            Process transfer = lab.spawn("sum", "sh", "-c", "curl -sS -m 500 --limit-rate 2M http://"
                    + address + "/bytes/24000000 | sha256sum");
            reload(lab, nic(lab, "hostname = \"two\""));
            awaitServer(lab, "client provides name: two", 1);
            reload(lab, NIC.formatted("addresses = [\"" + address + "/24\"]"));
            ping(lab, address);
            assertThat(lab.log()).contains("interface lan0.dhcp: ended", "address " + address
                    + "/24 dev lan0: added").doesNotContain("is probed for");
            assertThat(leases(lab)).doesNotContain(address);
            reload(lab, nic(lab, "hostname = \"three\""));
            assertThat(await(lab, "bound")).isEqualTo(address);
            assertThat(transfer.waitFor()).isZero();
            assertThat(lab.text("sum")).as(lab.log()).startsWith(Pattern.sha256(24_000_000));
            lab.assertQuiet();
        }
    }

    private void reload(Lab lab, String config) throws IOException {
        int before = times(lab.log(), "configuration changed");
        Files.writeString(lab.dir().resolve("splnet.toml"), config + "\n[control]\nsocket = \""
                + lab.control() + "\"\n");
        lab.sh("kill -HUP " + lab.pid()).ok();
        awaitLog(lab, "configuration changed", before + 1);
    }

    @Test
    void leavesAnAddressThatIsRefused() throws IOException {
        try (Lab lab = lan(true)) {
            Process first = serve(lab, "lan", "10.88.0.50,10.88.0.60", SHORT);
            lab.spawnDaemon(config(lab, "release = true"));
            await(lab, "bound");
            end(first);
            lab.sh("rm " + lab.dir().resolve("dnsmasq.leases") + "; ip address flush dev lan;"
                    + " ip address add 10.77.0.1/24 dev lan").ok();
            serve(lab, "lan", "10.77.0.50,10.77.0.60", "--dhcp-authoritative", SHORT[0], SHORT[1]);
            // Its own server is out of reach; the others refuse what is none of this network.
            String address = await(lab, "bound", "10.88.0.50");
            assertThat(address).isEqualTo("10.77.0.50");
            assertThat(lab.log()).contains("reason=refused by 10.77.0.1");
            assertThat(server(lab)).contains("DHCPNAK");
            ping(lab, address);
            end(lab.daemon());
            awaitServer(lab, "DHCPRELEASE\\(lan\\) 10.77.0.50", 1);
            lab.assertQuiet();
        }
    }

    @Test
    void declinesAnAddressThatSomebodyHas() throws IOException {
        try (Lab lab = lan(true)) {
            lab.run("ip", "address", "add", "10.88.0.50/24", "dev", "lan").ok();
            serve(lab, "lan", "10.88.0.50,10.88.0.60");
            lab.spawnDaemon(config(lab, ""));
            String address = await(lab, "bound");
            assertThat(address).isNotEqualTo("10.88.0.50");
            assertThat(server(lab)).contains("DHCPDECLINE(lan) 10.88.0.50");
            ping(lab, address);
        }
    }

    /// Two of ten frames are lost and three of ten come twice, in both directions.
    @Test
    void getsAndKeepsAnAddressOverABadWire() throws IOException {
        long seed = TestSeed.next();
        try (Lab lab = lan(false)) {
            // The kernel is on both sides of the wire: the bridge must not answer for what is behind it.
            lab.run("sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=1").ok();
            lab.spawn("wire", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                    "-Dio.netty.noUnsafe=false", "-XX:+UseSerialGC", "-cp",
                    System.getProperty("java.class.path"), LossyWire.class.getName(), "tapa", "tapb",
                    Long.toString(seed), "0.2", "0.3", "500", "0.3");
            lab.sh("for i in $(seq 600); do grep -q 'wire is up' " + lab.dir()
                    + "/wire && exit 0; sleep 0.1; done; exit 1").ok();
            lab.run("ip", "link", "set", "tapa", "master", "lan", "up").ok();
            lab.run("ip", "address", "add", "10.88.0.1/24", "dev", "tapb").ok();
            lab.run("ip", "link", "set", "tapb", "up").ok();
            serve(lab, "tapb", "10.88.0.50,10.88.0.60", SHORT);
            lab.spawnDaemon(config(lab, ""));
            String address = await(lab, "bound");
            awaitLog(lab, "lease renewed", 2);
            assertThat(leases(lab)).as("seed %d", seed).contains("\"address\":\"" + address + "/24\"");
            assertThat(lab.log()).as("seed %d", seed).doesNotContain("lease lost");
            lab.assertQuiet();
        }
    }
}
