package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Ip4AddrTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "255.255.255.255", "10.88.0.2", "127.0.0.1", "192.168.100.200"})
    void readsWhatItPrints(String text) {
        assertThat(Ip4Addr.parse(text)).hasToString(text);
    }

    @Test
    void firstOctetIsTheMostSignificant() {
        assertThat(Ip4Addr.parse("192.0.2.1").bits()).isEqualTo(0xc000_0201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "...", "1", "1.2", "1.2.3", "1.2.3.", ".1.2.3", "1.2.3.4.", "1.2.3.4.5",
        "256.0.0.1", "1.2.3.256", "1.2.3.1000", "01.2.3.4", "1.2.3.00", "0x1.2.3.4", "1.2.3.-4", "+1.2.3.4",
        " 1.2.3.4", "1.2.3.4 ", "1..2.3", "1.2.3.4/24", "a.b.c.d", "1.2.3.\u0664", "1.2.3.4\n"})
    void refusesAnythingButADottedQuad(String text) {
        assertThatThrownBy(() -> Ip4Addr.parse(text))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("is not an IPv4 address");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.0.256 | \"10.0.0.256\" is not an IPv4 address: \"256\" is not a number in 0..255",
        "10.0.0.010 | \"10.0.0.010\" is not an IPv4 address: \"010\" has a leading zero",
        "10.1       | \"10.1\" is not an IPv4 address: four numbers separated by dots expected"})
    void saysWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> Ip4Addr.parse(text)).hasMessage(message);
    }

    @Test
    void quotesControlCharactersVisiblyAndBoundsTheQuotation() {
        assertThatThrownBy(() -> Ip4Addr.parse("1.2.3.\u001b[31m\"" + "x".repeat(1000)))
                .hasMessageContaining("\\u001b[31m\\\"").hasMessageContaining("...\"")
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(300));
    }

    @ParameterizedTest
    @CsvSource({
        // text,          unspecified, loopback, multicast, linkLocal, limited, classE, thisNetwork
        "0.0.0.0,         true,  false, false, false, false, false, true",
        "0.1.2.3,         false, false, false, false, false, false, true",
        "127.255.0.1,     false, true,  false, false, false, false, false",
        "128.0.0.1,       false, false, false, false, false, false, false",
        "223.255.255.255, false, false, false, false, false, false, false",
        "224.0.0.1,       false, false, true,  false, false, false, false",
        "239.255.255.255, false, false, true,  false, false, false, false",
        "240.0.0.1,       false, false, false, false, false, true,  false",
        "255.255.255.254, false, false, false, false, false, true,  false",
        "255.255.255.255, false, false, false, false, true,  false, false",
        "169.254.1.1,     false, false, false, true,  false, false, false",
        "169.253.1.1,     false, false, false, false, false, false, false",
        "10.0.0.1,        false, false, false, false, false, false, false"})
    void knowsItsKind(String text, boolean unspecified, boolean loopback, boolean multicast,
            boolean linkLocal, boolean limited, boolean classE, boolean thisNetwork) {
        Ip4Addr a = Ip4Addr.parse(text);
        assertThat(a.isUnspecified()).isEqualTo(unspecified);
        assertThat(a.isLoopback()).isEqualTo(loopback);
        assertThat(a.isMulticast()).isEqualTo(multicast);
        assertThat(a.isLinkLocal()).isEqualTo(linkLocal);
        assertThat(a.isLimitedBroadcast()).isEqualTo(limited);
        assertThat(a.isClassE()).isEqualTo(classE);
        assertThat(Ip4Addr.isThisNetwork(a.bits())).isEqualTo(thisNetwork);
        assertThat(a.isV4()).isTrue();
        assertThat(a.bitLength()).isEqualTo(32);
    }

    @Test
    void constantsAreWhatTheyAreCalled() {
        assertThat(Ip4Addr.ANY).hasToString("0.0.0.0");
        assertThat(Ip4Addr.BROADCAST).hasToString("255.255.255.255");
        assertThat(Ip4Addr.LOOPBACK).hasToString("127.0.0.1");
    }
}
