package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class InetAddrTest {
    @Test
    void readsEitherFamily() {
        assertThat(InetAddr.parse("10.0.0.1")).isEqualTo(new Ip4Addr(0x0a00_0001));
        assertThat(InetAddr.parse("2001:db8::1")).isEqualTo(new Ip6Addr(0x2001_0db8_0000_0000L, 1));
        assertThatThrownBy(() -> InetAddr.parse("example.org"))
                .hasMessageStartingWith("\"example.org\" is not an IP address: ");
        assertThatThrownBy(() -> InetAddr.parse("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void mappedAddressIsTheIpv4AddressItStandsFor() {
        InetAddr a = InetAddr.parse("::ffff:10.0.0.1");
        assertThat(a).isEqualTo(Ip4Addr.parse("10.0.0.1"));
        assertThat(a.hi()).isZero();
        assertThat(a.lo()).isEqualTo(0x0000_ffff_0a00_0001L);
    }

    @Test
    void of128BitFormInvertsIt() {
        for (String s : List.of("0.0.0.0", "255.255.255.255", "10.0.0.1", "::", "::1", "::fffe:0:0",
                "1::ffff:0:0",
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")) {
            InetAddr a = InetAddr.parse(s);
            assertThat(InetAddr.of(a.hi(), a.lo())).hasToString(s).isEqualTo(a);
            assertThat(InetAddr.isV4(a.hi(), a.lo())).isEqualTo(a.isV4());
        }
    }

    @Test
    void isItsOwn128BitFormAndNoOther() {
        InetAddr v4 = InetAddr.parse("10.0.0.1");
        InetAddr v6 = InetAddr.parse("2001:db8::1");
        for (InetAddr each : new InetAddr[] {v4, v6}) {
            assertThat(each.is(each.hi(), each.lo())).isTrue();
            assertThat(each.is(each.hi() + 1, each.lo())).isFalse();
            assertThat(each.is(each.hi(), each.lo() + 1)).isFalse();
        }
        assertThat(v4.is(0, 0x0a00_0001)).as("without the mark of an IPv4 address").isFalse();
    }

    @Test
    void ordersAsUnsignedNumbers() {
        List<InetAddr> sorted = List.of("::", "::1", "0.0.0.0", "10.0.0.1", "127.0.0.1", "128.0.0.0",
                "255.255.255.255", "::1:0:0:0", "1::", "8000::", "ffff::").stream().map(InetAddr::parse).
                toList();
        assertThat(new TreeSet<>(sorted.reversed())).containsExactlyElementsOf(sorted);
    }

    @Test
    void orderAgreesWithEquality() {
        var mapped = new Ip6Addr(0, 0xffff_0a00_0001L);
        var plain = new Ip4Addr(0x0a00_0001);
        assertThat(mapped).isNotEqualTo(plain);
        assertThat(plain.compareTo(mapped)).isNegative();
        assertThat(mapped.compareTo(plain)).isPositive();
        assertThat(mapped.compareTo(new Ip6Addr(0, 0xffff_0a00_0001L))).isZero();
    }
}
