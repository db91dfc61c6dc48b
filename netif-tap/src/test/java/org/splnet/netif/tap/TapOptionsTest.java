package org.splnet.netif.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetIfDriver;
import org.splnet.net.StableMac;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

class TapOptionsTest {
    private static DeviceSpec spec(Map<String, String> options) {
        return new DeviceSpec("splnet0", null, 0, options);
    }

    @Test
    void theDriverIsFoundByItsType() {
        assertThat(ServiceLoader.load(NetIfDriver.class)).anyMatch(driver -> driver.type().equals("tap"));
    }

    @Test
    void nothingAskedForIsNothing() {
        assertThat(TapOptions.of(spec(Map.of()))).isEqualTo(
                new TapOptions(java.util.List.of(), null, false, -1, true, 1));
    }

    @Test
    void takesSeveralAddressesOfBothFamilies() {
        assertThat(TapOptions.of(spec(Map.of("host-address", "10.88.0.1/24, fd00::1/64"))).hostAddresses())
                .containsExactly(Cidr.parse("10.88.0.1/24"), Cidr.parse("fd00::1/64"));
    }

    @Test
    void takesAnOwnerOfAPersistentDevice() {
        assertThat(TapOptions.of(spec(Map.of("persist", "true", "owner", "1000"))).owner()).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "host-address | 10.0.0.1           | host-address: 10.0.0.1: | prefix length is missing",
        "host-address | 10.0.0.300/24      | host-address: 10.0.0.300/24: | address/prefix-length",
        "host-address | 10.0.0.1/24,       | host-address: 10.0.0.1/24,: | address/prefix-length",
        "host-address | 10.0.0.0/24        | host-address: | the network's own address of 10.0.0.0/24",
        "host-address | 10.0.0.255/24      | host-address: | broadcast address of 10.0.0.0/24",
        "host-address | 127.0.0.1/8        | host-address: | not an address a station can have",
        "host-address | 224.0.0.1/4        | host-address: | not an address a station can have",
        "host-address | 10.0.0.1/24,10.0.0.1/24 | host-address: | is there twice",
        "bridge       | br/0               | bridge: br/0: | without space",
        "bridge       | abcdefghijklmnop   | bridge: abcdefghijklmnop: | 1 to 15 octets",
        "persist      | yes                | persist: yes: | neither true nor false",
        "owner        | root               | owner: root: | user id in 0..4294967294",
        "owner        | 9999999999         | owner: 9999999999: | user id in 0..4294967294",
        "queues       | 0                  | queues: 0: | 1..64",
        "queues       | 65                 | queues: 65: | 1..64",
        "queues       | two                | queues: two: | 1..64",
        "offload      | maybe              | offload: maybe: | neither true nor false",
        "owner        | 1000               | owner: 1000: | persist = true",
        "lanes        | 2                  | lanes: 2: | host-address, offload, owner, persist, queues",
    })
    void refusesNamingKeyValueAndWhatIsAllowed(String key, String value, String start, String allowed) {
        assertThatThrownBy(() -> new TapDriver().validate(spec(Map.of(key, value))))
                .isInstanceOf(IllegalArgumentException.class)
                .message().startsWith(start).contains(allowed);
    }

    @Test
    void aPortOfABridgeHasNoAddress() {
        assertThatThrownBy(() -> TapOptions.of(spec(Map.of("bridge", "br0", "host-address", "10.0.0.1/24"))))
                .hasMessage("host-address: 10.0.0.1/24: a port of a bridge has no address; give it to br0"
                        + " instead");
    }

    @Test
    void refusesNamesLinuxWouldRefuse() {
        for (String name : new String[] {"", "a234567890123456", "a b", "a/b", "tap%d", "..", "tapé"}) {
            assertThatThrownBy(() -> TapOptions.of(new DeviceSpec(name, null, 0, Map.of())))
                    .as(name).isInstanceOf(IllegalArgumentException.class).message()
                    .startsWith("name: " + name + ": ");
        }
    }

    @Test
    void refusesGroupAddressesAndOddMtus() {
        assertThatThrownBy(() -> TapOptions.of(new DeviceSpec("t", MacAddr.BROADCAST, 0, Map.of())))
                .hasMessageStartingWith("mac: ff:ff:ff:ff:ff:ff: ");
        assertThatThrownBy(() -> TapOptions.of(new DeviceSpec("t", null, 67, Map.of())))
                .hasMessage("mtu: 67: is not in 68..65521");
        assertThatThrownBy(() -> TapOptions.of(new DeviceSpec("t", null, 65522, Map.of())))
                .hasMessage("mtu: 65522: is not in 68..65521");
    }

    @Test
    void stationAddressesAreLocalStableAndDifferent() {
        MacAddr one = StableMac.of("tap", "splnet0");
        assertThat(one).isEqualTo(StableMac.of("tap", "splnet0"));
        assertThat(one.isLocal()).isTrue();
        assertThat(one.isMulticast()).isFalse();
        assertThat(one).isNotEqualTo(StableMac.of("tap", "splnet1"))
                .isNotEqualTo(StableMac.of("tap-host", "splnet0"));
    }
}
