package org.splnet.netif.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetIfDriver;
import org.splnet.pkt.Offload;
import org.splnet.wire.MacAddr;

class PcapOptionsTest {
    private static DeviceSpec spec(Map<String, String> options) {
        return new DeviceSpec("eth0", null, 0, options);
    }

    @Test
    void theDriverIsFoundByItsType() {
        assertThat(ServiceLoader.load(NetIfDriver.class)).anyMatch(driver -> driver.type().equals("pcap")
                && driver.alsoCalled().contains("packet"));
    }

    @Test
    void defaultsAreAPromiscuousNicOfTheInterfacesName() {
        assertThat(PcapOptions.of(spec(Map.of())))
                .isEqualTo(new PcapOptions("eth0", true, false, true, 4 << 20));
    }

    @Test
    void theNicsOwnAddressNeedsNoPromiscuity() {
        var options = Map.of("nic-mac", "true", "device", "eth1", "buffer-size", "1048576");
        assertThat(PcapOptions.of(spec(options)))
                .isEqualTo(new PcapOptions("eth1", false, true, true, 1 << 20));
        assertThat(PcapOptions.of(spec(Map.of("nic-mac", "true", "promiscuous", "true"))).promiscuous())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "offload     | off     | offload: off: | neither true nor false",
        "promiscuous | on      | promiscuous: on: | neither true nor false",
        "nic-mac     | 1       | nic-mac: 1: | neither true nor false",
        "buffer-size | 1048575 | buffer-size: 1048575: | 1048576..1073741824",
        "buffer-size | 2000000000 | buffer-size: 2000000000: | 1048576..1073741824",
        "buffer-size | 32M     | buffer-size: 32M: | number of octets",
        "device      | a/b     | device: a/b: | printable ASCII",
        "filter      | tcp     | filter: tcp: | buffer-size, device, nic-mac, offload, promiscuous",
    })
    void refusesNamingKeyValueAndWhatIsAllowed(String key, String value, String start, String allowed) {
        assertThatThrownBy(() -> new PcapDriver().validate(spec(Map.of(key, value))))
                .isInstanceOf(IllegalArgumentException.class)
                .message().startsWith(start).contains(allowed);
    }

    @Test
    void refusesTwoAddressesGroupAddressesAndOddMtus() {
        var mac = MacAddr.parse("02:00:5e:10:00:01");
        assertThatThrownBy(() -> PcapOptions.of(new DeviceSpec("e", mac, 0, Map.of("nic-mac", "true"))))
                .hasMessage("nic-mac: true: there is a mac as well: " + mac + "; give one of the two");
        assertThatThrownBy(() -> PcapOptions.of(new DeviceSpec("e", MacAddr.BROADCAST, 0, Map.of())))
                .hasMessageStartingWith("mac: ff:ff:ff:ff:ff:ff: ");
        assertThatThrownBy(() -> PcapOptions.of(new DeviceSpec("e", null, 9, Map.of())))
                .hasMessage("mtu: 9: is not in 68..65535");
        assertThatThrownBy(() -> PcapOptions.of(new DeviceSpec("", null, 0, Map.of())))
                .hasMessageStartingWith("name: ");
    }

    @Test
    void theInterfaceOfAVlanIsGivenFramesThatAreDone() {
        int rx = Offload.RX_CHECKSUM | Offload.RX_MERGED;
        int tx = Offload.TX_CHECKSUM | Offload.TX_TSO4 | Offload.TX_TSO6;
        assertThat(PcapDriver.offloads(true, "veth", false)).isEqualTo(rx | tx);
        assertThat(PcapDriver.offloads(true, "veth", true)).isEqualTo(rx | tx | Offload.TX_USO);
        assertThat(PcapDriver.offloads(false, "veth", true)).isEqualTo(rx);
        assertThat(PcapDriver.offloads(true, "802.1Q VLAN Support", true)).isEqualTo(rx);
    }
}
