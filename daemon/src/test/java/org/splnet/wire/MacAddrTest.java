package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddrTest {
    @Test
    void readsAndPrints() {
        MacAddr a = MacAddr.parse("02:00:5E:58:00:0a");
        assertThat(a.bits()).isEqualTo(0x0200_5e58_000aL);
        assertThat(a).hasToString("02:00:5e:58:00:0a");
        assertThat(MacAddr.BROADCAST).hasToString("ff:ff:ff:ff:ff:ff");
        assertThat(MacAddr.ZERO).hasToString("00:00:00:00:00:00");
    }

    @Test
    void knowsItsKind() {
        assertThat(MacAddr.parse("02:00:00:00:00:01").isLocal()).isTrue();
        assertThat(MacAddr.parse("00:1b:21:00:00:01").isLocal()).isFalse();
        assertThat(MacAddr.parse("01:00:5e:00:00:01").isMulticast()).isTrue();
        assertThat(MacAddr.parse("fe:ff:ff:ff:ff:ff").isMulticast()).isFalse();
        assertThat(MacAddr.BROADCAST.isMulticast()).isTrue();
        assertThat(MacAddr.BROADCAST.isBroadcast()).isTrue();
        assertThat(MacAddr.parse("ff:ff:ff:ff:ff:fe").isBroadcast()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "02:00:5e:58:00", "02:00:5e:58:00:0a:01", "02-00-5e-58-00-0a",
            "0200.5e58.000a",
        "02:00:5e:58:00:0g", "2:0:5e:58:0:a", "02:00:5e:58:00:a ", "02:00:5e:58:000a:", "+2:00:5e:58:00:0a"})
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> MacAddr.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + text + "\" is not an Ethernet address: ");
    }

    @Test
    void refusesMoreThan48Bits() {
        assertThatThrownBy(() -> new MacAddr(1L << 48)).hasMessage("0x1000000000000 has more than 48 bits");
        assertThatThrownBy(() -> new MacAddr(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
