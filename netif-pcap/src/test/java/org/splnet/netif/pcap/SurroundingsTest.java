package org.splnet.netif.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.net.DeviceException;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

class SurroundingsTest {
    private static final MacAddr OURS = MacAddr.parse("02:00:5e:10:00:01");
    private static final MacAddr NICS = MacAddr.parse("02:00:5e:10:00:02");
    // a name that no NIC of this host has: what depends on one is in the tests with a bridge
    private static final HostNic NIC = new HostNic("lan-test", 7, 1, NICS, 1500, true, true);

    @TempDir
    private Path sysctl;

    @BeforeEach
    void ordinaryHost() throws IOException {
        Files.createDirectories(sysctl.resolve("conf/lan-test"));
        Files.createDirectories(sysctl.resolve("conf/all"));
        for (String each : List.of("ip_forward", "conf/all/proxy_arp", "conf/lan-test/proxy_arp",
                "conf/lan-test/forwarding")) {
            set(each, "0");
        }
        set("vendor", "QEMU");
    }

    private void set(String key, String value) throws IOException {
        Files.writeString(sysctl.resolve(key), value + "\n");
    }

    private List<String> warnings(MacAddr mac) {
        return new Surroundings(NIC, sysctl, sysctl.resolve("vendor")).warnings(mac);
    }

    @Test
    void anOrdinaryHostIsNothingToWarnOf() throws IOException {
        assertThat(warnings(OURS)).isEmpty();
        set("conf/lan-test/forwarding", "1");
        set("ip_forward", "1");
        assertThat(warnings(OURS)).as("it forwards only what is for its own station").isEmpty();
    }

    @Test
    void aSharedAddressAndForwardingEchoOurTraffic() throws IOException {
        assertThat(warnings(NICS)).singleElement().asString().contains("must have none of our addresses");
        set("conf/lan-test/forwarding", "1");
        assertThat(warnings(NICS)).singleElement().asString()
                .contains("sysctl net.ipv4.conf.lan-test.forwarding=0");
    }

    @Test
    void proxyArpAnswersForUs() throws IOException {
        set("conf/all/proxy_arp", "1");
        assertThat(warnings(OURS)).singleElement().asString()
                .contains("proxy_arp", "sysctl net.ipv4.conf.lan-test.proxy_arp=0");
    }

    /// What it warns of is on the page for people with symptoms, word for word.
    @Test
    void thePageHasTheWarnings() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "troubleshooting.md"));
        set("conf/all/proxy_arp", "1");
        set("conf/lan-test/forwarding", "1");
        for (String each : warnings(NICS)) {
            assertThat(page).contains(each.replace("lan-test", "eth0"));
        }
        assertThat(warnings(NICS)).hasSize(2);
    }

    @Test
    void cloudsAreNamedOnlyForRealNicsWithForeignAddresses() throws IOException {
        set("vendor", "Amazon EC2");
        assertThat(warnings(OURS)).as("no hardware behind it").isEmpty();
    }

    @Test
    @Tag("root")
    void aBridgeSwallowsWhatIsOurs() {
        try (VethPair wire = new VethPair()) {
            String bridge = wire.name() + "b";
            VethPair.run("ip", "link", "add", bridge, "type", "bridge");
            try {
                VethPair.run("ip", "link", "set", wire.name(), "master", bridge);
                assertThat(new Surroundings(HostNic.find(wire.name())).warnings(OURS))
                        .anyMatch(each -> each.contains("port of the bridge " + bridge)
                                && each.contains("driver = \"tap\", bridge = \"" + bridge + "\""));
            } finally {
                VethPair.run("ip", "link", "del", bridge);
            }
        }
    }

    @Test
    @Tag("root")
    void aMacvlanPassesFramesForItsOwnStationOnly() throws IOException {
        try (VethPair wire = new VethPair()) {
            String name = wire.name() + "m";
            VethPair.run("ip", "link", "add", "link", wire.name(), "name", name, "type", "macvlan",
                    "mode", "bridge");
            HostNic nic = HostNic.find(name);
            assertThat(nic.driver()).isEqualTo("macvlan");
            String page = Files.readString(Path.of("..", "docs", "troubleshooting.md"));
            assertThat(new Surroundings(nic).warnings(OURS)).anySatisfy(each -> assertThat(page)
                    .contains(each.replace(name, "mac0").replace(nic.mac().toString(), "02:00:5e:10:00:02")));
            assertThat(new Surroundings(nic).warnings(nic.mac())).noneMatch(each -> each.contains("macvlan"));
        }
    }

    @Test
    void theHostsOwnAddressIsRefusedWithTheCure() throws DeviceException {
        assertThatThrownBy(() -> Surroundings.requireFree(List.of(Cidr.parse("127.0.0.1/8"))))
                .isInstanceOf(DeviceException.class)
                .hasMessageContainingAll("127.0.0.1/8", "the host itself has", "on lo",
                        "choose a free address", "ip addr del");
        Surroundings.requireFree(List.of(Cidr.parse("192.0.2.77/24")));
    }
}
