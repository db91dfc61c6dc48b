package org.splnet.netif.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetIfDriver;
import org.splnet.wire.MacAddr;

class StreamOptionsTest {
    private static DeviceSpec spec(int mtu, Map<String, String> options) {
        return new DeviceSpec("guest0", null, mtu, options);
    }

    @Test
    void theDriverIsFoundByItsType() {
        assertThat(ServiceLoader.load(NetIfDriver.class)).anyMatch(driver -> driver.type().equals("stream"));
    }

    @Test
    void connectsUnlessToldToListen() {
        assertThat(StreamOptions.of(spec(0, Map.of("path", "/run/vm.sock"))))
                .isEqualTo(new StreamOptions(Path.of("/run/vm.sock"), false, 1500));
        assertThat(StreamOptions.of(spec(9000, Map.of("path", "/run/vm.sock", "listen", "true"))))
                .isEqualTo(new StreamOptions(Path.of("/run/vm.sock"), true, 9000));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "path=vm.sock              | 0     | path: vm.sock: is not the absolute path",
        "path=/run/                | 0     | path: /run/: is not the absolute path",
        "path=/run/a;listen=maybe  | 0     | listen: maybe: is neither true nor false",
        "path=/run/a               | 67    | mtu: 67: is not in 68..65521",
        "path=/run/a               | 65522 | mtu: 65522: is not in 68..65521",
        "listen=true               | 0     | path: is missing",
    })
    void saysWhatIsWrong(String options, int mtu, String message) {
        var map = new java.util.HashMap<String, String>();
        for (String each : options.split(";")) {
            map.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
        }
        assertThatThrownBy(() -> new StreamDriver().validate(spec(mtu, map)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(message);
    }

    @Test
    void refusesAPathNoSocketCanHave() {
        String path = "/" + "x".repeat(100);
        assertThatThrownBy(() -> StreamOptions.of(spec(0, Map.of("path", path))))
                .hasMessageContaining("longer than the 100 octets");
        assertThat(StreamOptions.of(spec(0, Map.of("path", path.substring(0, 100)))).path())
                .isEqualTo(Path.of(path.substring(0, 100)));
    }

    @Test
    void refusesAStationThatIsAGroup() {
        var group = new DeviceSpec("guest0", MacAddr.parse("01:00:00:00:00:01"), 0, Map.of("path", "/a"));
        assertThatThrownBy(() -> StreamOptions.of(group)).hasMessageStartingWith("mac: 01:00:00:00:00:01:");
    }
}
