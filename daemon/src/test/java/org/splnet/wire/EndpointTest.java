package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:80",
            "[2001:db8::1]:443"})
    void readsWhatItPrints(String text) {
        assertThat(Endpoint.parse(text)).hasToString(text);
    }

    @Test
    void hasAddressAndPort() {
        assertThat(Endpoint.parse("10.0.0.1:80")).isEqualTo(new Endpoint(Ip4Addr.parse("10.0.0.1"), 80));
        assertThat(Endpoint.parse("[::]:7")).isEqualTo(new Endpoint(Ip6Addr.ANY, 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "10.0.0.1", "10.0.0.1:", ":80", "10.0.0.1:65536", "10.0.0.1:-1",
            "10.0.0.1:080",
        "10.0.0.1:http", "::1:80", "[::1]", "[::1]:", "[::1]80", "[::1", "[10.0.0.1]:80", "[]:80",
        "[::1]x:80",
        "10.0.0.1: 80", "[[::1]]:80", "1:80"})
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + text + "\" is not an address with port: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.0.1:99999 | \"10.0.0.1:99999\" is not an address with port: port \"99999\" is not in 0..65535",
        "10.0.0.1       | \"10.0.0.1\" is not an address with port: the port is missing",
        "[::1]          | \"[::1]\" is not an address with port: the port is missing",
        "::1:80         | \"::1:80\" is not an address with port: "
            + "an IPv6 address goes into brackets: \"[::1]:80\""})
    void saysWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> Endpoint.parse(text)).hasMessage(message);
    }

    @Test
    void constructorChecksThePort() {
        assertThatThrownBy(() -> new Endpoint(Ip4Addr.ANY, 65536)).
                hasMessage("port 65536 is not in 0..65535");
        assertThatThrownBy(() -> new Endpoint(null, 1)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void ordersByAddressThenPort() {
        assertThat(Endpoint.parse("10.0.0.1:80")).isLessThan(Endpoint.parse("10.0.0.1:443"))
                .isLessThan(Endpoint.parse("10.0.0.2:1"));
    }
}
