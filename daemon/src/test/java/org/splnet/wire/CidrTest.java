package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.TestSeed;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.88.0.2/24,       10.88.0.0,       10.88.0.255,       true",
        "10.88.0.2/32,       10.88.0.2,       10.88.0.2,         false",
        "10.88.0.2/31,       10.88.0.2,       10.88.0.3,         false",
        "10.88.0.2/30,       10.88.0.0,       10.88.0.3,         true",
        "10.88.0.2/0,        0.0.0.0,         255.255.255.255,   true",
        "172.16.99.1/12,     172.16.0.0,      172.31.255.255,    true",
        "2001:db8::5/64,     2001:db8::,      2001:db8::ffff:ffff:ffff:ffff, false",
        "2001:db8::5/65,     2001:db8::,      2001:db8::7fff:ffff:ffff:ffff, false",
        "2001:db8::5/63,     2001:db8::,      2001:db8:0:1:ffff:ffff:ffff:ffff, false",
        "2001:db8::5/128,    2001:db8::5,     2001:db8::5,       false",
        "2001:db8::5/0,      ::,              ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, false"})
    void keepsTheAddressAndKnowsItsNetwork(String text, String first, String last, boolean broadcast) {
        Cidr c = Cidr.parse(text);
        assertThat(c).hasToString(text);
        assertThat(c.network()).hasToString(first);
        assertThat(c.broadcast()).hasToString(last);
        assertThat(c.hasBroadcast()).isEqualTo(broadcast);
        assertThat(c.isBroadcast(c.broadcast().hi(), c.broadcast().lo())).isEqualTo(broadcast);
        assertThat(c.isNetwork(c.network().hi(), c.network().lo())).isEqualTo(broadcast);
        assertThat(c.isBroadcast(c.network().hi(), c.network().lo())).isFalse();
        assertThat(c.isNetwork(c.broadcast().hi(), c.broadcast().lo())).isFalse();
        assertThat(c.subnet()).hasToString(first + "/" + c.prefix());
        assertThat(c.contains(c.addr())).isTrue();
        assertThat(c.contains(c.network())).isTrue();
        assertThat(c.contains(c.broadcast())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 80000000", "8, ff000000", "24, ffffff00", "31, fffffffe", "32, ffffffff"})
    void netmaskIsThePrefixInBits(int prefix, String mask) {
        assertThat(new Cidr(Ip4Addr.ANY, prefix).netmask()).isEqualTo(Integer.parseUnsignedInt(mask, 16));
    }

    @Test
    void netmaskIsForIpv4() {
        assertThatThrownBy(() -> Cidr.parse("::1/64").netmask()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void familiesDoNotContainEachOther() {
        assertThat(Cidr.parse("::/0").contains(Ip4Addr.parse("10.0.0.1"))).isFalse();
        assertThat(Cidr.parse("::/0").contains(0, Ip4Addr.lo(0x0a00_0001))).isFalse();
        assertThat(Cidr.parse("0.0.0.0/0").contains(Ip6Addr.LOOPBACK)).isFalse();
        assertThat(Cidr.parse("0.0.0.0/0").contains(Ip6Addr.LOOPBACK.hi(), Ip6Addr.LOOPBACK.lo())).isFalse();
        assertThat(Cidr.parse("0.0.0.0/0").contains(Ip4Addr.BROADCAST)).isTrue();
    }

    @Test
    void containmentAgreesWithComparingBits() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            boolean v4 = random.nextBoolean();
            int prefix = random.nextInt(v4 ? 33 : 129);
            InetAddr a = v4 ? new Ip4Addr(random.nextInt())
                    : new Ip6Addr(random.nextLong() | 1L << 62, random.nextLong());
            int flip = random.nextInt(v4 ? 32 : 128);
            int flip128 = v4 ? 96 + flip : flip;
            long hi = flip128 < 64 ? a.hi() ^ 1L << 63 - flip128 : a.hi();
            long lo = flip128 < 64 ? a.lo() : a.lo() ^ 1L << 127 - flip128;
            assertThat(new Cidr(a, prefix).contains(hi, lo))
                    .as("seed %d: %s/%d, bit %d", seed, a, prefix, flip).isEqualTo(flip >= prefix);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/24", "10.0.0.1", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/-1",
            "10.0.0.1/024",
        "10.0.0.1/24/8", "10.0.0.1/255.255.255.0", "::1/129", "::1/1280", "10.0.0/24", "10.0.0.1 /24",
        "::ffff:10.0.0.1/120", "10.0.0.1/+8"})
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + text + "\" is not an address with prefix length: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.0.1    | \"10.0.0.1\" is not an address with prefix length: the prefix length is missing",
        "10.0.0.1/33 | \"10.0.0.1/33\" is not an address with prefix length: "
            + "prefix length \"33\" is not in 0..32",
        "::1/x       | \"::1/x\" is not an address with prefix length: prefix length \"x\" is not in 0..128"})
    void saysWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> Cidr.parse(text)).hasMessage(message);
    }

    @Test
    void constructorChecksToo() {
        assertThatThrownBy(() -> new Cidr(Ip4Addr.ANY, 33)).hasMessageContaining("not in 0..32");
        assertThatThrownBy(() -> new Cidr(Ip6Addr.ANY, -1)).hasMessageContaining("not in 0..128");
        assertThatThrownBy(() -> new Cidr(new Ip6Addr(0, 0xffff_0000_0000L), 96)).
                hasMessageContaining("mapped");
    }
}
