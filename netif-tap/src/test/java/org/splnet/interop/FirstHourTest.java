package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What goes wrong in an administrator's first hour with a NIC: one line each, which names the cure, and
/// which `docs/troubleshooting.md` has.
@Tag("root")
class FirstHourTest {
    private static final int UNAVAILABLE = 69;
    private static final int NOPERM = 77;

    private static final int CONFIG = 78;
    private static final Page PAGE = new Page("troubleshooting.md");

    private static final String TAP = """
            [[interface]]
            name = "lan0"
            driver = "tap"
            addresses = ["192.0.2.8/24"]
            """;

    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.empty();
        lab.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1").ok();
        lab.run("ip", "link", "set", "eth0", "up").ok();
        lab.run("ip", "link", "set", "eth1", "up").ok();
        lab.run("ip", "address", "add", "192.0.2.7/24", "dev", "eth0").ok();
    }

    @AfterAll
    static void stop() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    private static String nic(String device, String address) {
        return """
                [[interface]]
                name = "lan0"
                driver = "pcap"
                device = "%s"
                addresses = ["%s"]
                probe = false
                """.formatted(device, address);
    }

    private static String refusal(int exit, String device, String address, List<String> before,
            String... jvmOptions) throws IOException {
        return refusal(exit, nic(device, address), before, jvmOptions);
    }

    // the one line that the daemon ends with, without where it is from
    private static String refusal(int exit, String config, List<String> before, String... jvmOptions)
            throws IOException {
        Path file = lab.dir().resolve("first.toml");
        Files.writeString(file, config + "[control]\nsocket = \"" + lab.dir().resolve("first.sock") + "\"\n");
        var command = new ArrayList<>(Page.command("daemon", "--config", file.toString()));
        command.addAll(1, List.of(jvmOptions));
        command.addAll(0, before);
        Lab.Result result = lab.run(command.toArray(String[]::new));
        assertThat(result.exit()).as(result.out()).isEqualTo(exit);
        assertThat(result.out()).doesNotContain("Exception", "\tat ");
        List<String> lines = result.out().lines().filter(line -> !line.contains(" INFO ")
                && !line.contains(" WARN ")).toList();
        assertThat(lines).as(result.out()).hasSize(1);
        String line = lines.getFirst().replaceFirst("^(splnet: )?(/[^ ]*first.toml:[0-9]+: )?", "")
                .replaceFirst("process [0-9]+ ", "process 4711 ").replace("pcap-that-is-not-there", "pcap");
        assertThat(PAGE.lines()).as("docs/troubleshooting.md").contains(line);
        return line;
    }

    @Test
    void theNameOfNoNicIsAnsweredWithThoseThereAre() throws IOException {
        assertThat(refusal(UNAVAILABLE, "eht0", "192.0.2.8/24", List.of()))
                .contains("cannot open eht0: there is no such NIC; there are eth0, eth1");
    }

    @Test
    void withoutPermissionItSaysWhichIsMissing() throws IOException {
        assertThat(refusal(NOPERM, "eth0", "192.0.2.8/24",
                List.of("setpriv", "--bounding-set=-net_raw,-net_admin")))
                .contains("cannot open eth0: ", "EPERM", "needs CAP_NET_RAW", "sudo");
    }

    @Test
    void anAddressOfTheHostIsRefused() throws IOException {
        assertThat(refusal(UNAVAILABLE, "eth0", "192.0.2.7/24", List.of()))
                .contains("192.0.2.7/24", "the host itself has 192.0.2.7 on eth0", "choose a free address",
                        "ip addr del 192.0.2.7/24 dev eth0");
    }

    @Test
    void withoutLibpcapItSaysWhatToInstall() throws IOException {
        assertThat(refusal(UNAVAILABLE, "eth0", "192.0.2.8/24", List.of(),
                "-Dorg.pcap4j.core.pcapLibName=pcap-that-is-not-there"))
                .contains("cannot open eth0: ", "libpcap did not load", "apt-get install libpcap0.8");
    }

    @Test
    void whatIsNoEthernetIsNamedSo() throws IOException {
        assertThat(refusal(UNAVAILABLE, "lo", "192.0.2.8/24", List.of()))
                .contains("cannot open lo: ", "loopback", "choose an Ethernet NIC");
    }

    @Test
    void aTapWithoutPermissionSaysWhichIsMissing() throws IOException {
        assertThat(refusal(NOPERM, TAP, List.of("setpriv", "--bounding-set=-net_raw,-net_admin")))
                .contains("needs CAP_NET_ADMIN");
    }

    @Test
    void twoNicsInOneNetworkAreRefused() throws IOException {
        assertThat(refusal(CONFIG, TAP + TAP.replace("lan0", "lan1").replace(".8/", ".9/"), List.of()))
                .contains("give one another network");
    }

    @Test
    void aRouterOutsideOfTheSubnetIsRefused() throws IOException {
        assertThat(refusal(CONFIG, TAP + "[[route]]\nto = \"default\"\nvia = \"198.51.100.1\"\n", List.of()))
                .contains("must be in a subnet of an interface (192.0.2.0/24)");
    }

    @Test
    void aPortThatIsTakenIsNamedWithWhoHasIt() throws IOException {
        assertThat(refusal(CONFIG, TAP + """
                [services]
                status = true
                [[publish]]
                listen = "tcp://192.0.2.8:80"
                to = "tcp://127.0.0.1:8080"
                """, List.of())).contains("already taken by services.status");
    }

    @Test
    void aPortOfTheHostThatIsTakenIsNamed() throws IOException {
        lab.spawn("web", "python3", "-m", "http.server", "--bind", "127.0.0.1", "80");
        lab.sh("until ss -Hltn | grep -q 127.0.0.1:80; do sleep 0.1; done").ok();
        assertThat(refusal(UNAVAILABLE, TAP + """
                [[forward]]
                listen = "tcp://127.0.0.1:80"
                to = "tcp://192.0.2.7:80"
                """, List.of())).contains("ss -ltnp");
    }

    @Test
    void aTapThatSomebodyHasIsNamedWithWho() throws IOException {
        Path file = Files.writeString(lab.dir().resolve("holder.toml"), TAP + "[control]\nsocket = \""
                + lab.dir().resolve("holder.sock") + "\"\n");
        Process holder = lab.spawn("holder", Page.command("daemon", "--config", file.toString())
                .toArray(String[]::new));
        lab.sh("for i in $(seq 600); do grep -q ' started ' " + lab.dir()
                + "/holder && exit 0; sleep 0.1; done; exit 1").ok();
        assertThat(refusal(UNAVAILABLE, TAP, List.of())).contains("process 4711 (java) has it");
        Lab.end(holder);
    }

    /// The only one that is no reason not to start: the other may go away.
    @Test
    void anAddressThatIsTakenOnTheLanIsNamed() throws IOException {
        // In namespaces of their own: where the host itself has the address, the daemon does not start.
        try (Lab here = Lab.empty(); Lab there = Lab.empty()) {
            here.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1", "netns",
                    there.name()).ok();
            there.sh("ip address add 192.0.2.10/24 dev eth1; ip link set eth1 up").ok();
            here.run("ip", "link", "set", "eth0", "up").ok();
            Path file = Files.writeString(here.dir().resolve("taken.toml"),
                    nic("eth0", "192.0.2.10/24").replace("false", "true") + "[control]\nsocket = \""
                    + here.dir().resolve("taken.sock") + "\"\n");
            here.spawn("taken", Page.command("daemon", "--config", file.toString()).toArray(String[]::new));
            here.sh("for i in $(seq 600); do grep -q 'use by another' " + here.dir()
                    + "/taken && exit 0; sleep 0.1; done; exit 1");
            String log = here.text("taken");
            assertThat(PAGE.lines()).anySatisfy(line -> assertThat(line).contains("in use by another station")
                    .satisfies(said -> assertThat(log).contains(said)));
        }
    }
}
