package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.TestSeed;

class Ip6AddrTest {
    /// RFC 4291 §2.2, all forms it shows, with the canonical form of RFC 5952.
    @ParameterizedTest
    @CsvSource({
        "ABCD:EF01:2345:6789:ABCD:EF01:2345:6789, abcd:ef01:2345:6789:abcd:ef01:2345:6789",
        "2001:DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a",
        "2001:DB8::8:800:200C:417A, 2001:db8::8:800:200c:417a",
        "FF01:0:0:0:0:0:0:101, ff01::101",
        "FF01::101, ff01::101",
        "0:0:0:0:0:0:0:1, ::1",
        "::1, ::1",
        "0:0:0:0:0:0:0:0, ::",
        "::, ::",
        "0:0:0:0:0:0:13.1.68.3, ::d01:4403",
        "::13.1.68.3, ::d01:4403",
        "0:0:0:0:0:FFFF:129.144.52.38, ::ffff:129.144.52.38",
        "::FFFF:129.144.52.38, ::ffff:129.144.52.38",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "1::8, 1::8",
        "1::, 1::",
        "0001:0002::00ff, 1:2::ff"})
    void readsEveryFormOfRfc4291(String text, String canonical) {
        assertThat(Ip6Addr.parse(text)).hasToString(canonical);
    }

    /// RFC 5952 §2.1 and §4: every example of that section.
    @ParameterizedTest
    @CsvSource({
        "2001:0db8::0001, 2001:db8::1",                                              // 4.1
        "2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",                                       // 4.2.1
        "2001:db8::0:1, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",                                // 4.2.2
        "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",                                         // 4.2.3, the longest
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",                                   // 4.2.3, the first
        "2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AaAa, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa", // 4.3
        "::ffff:192.0.2.1, ::ffff:192.0.2.1",                                        // 5
        "::ffff:c000:0201, ::ffff:192.0.2.1",
        "0:0:0:0:ffff:0:0:0, ::ffff:0:0:0",
        "1:0:0:2:3:4:0:0, 1::2:3:4:0:0",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8"})
    void printsAsRfc5952Demands(String text, String canonical) {
        assertThat(Ip6Addr.parse(text)).hasToString(canonical);
        assertThat(Ip6Addr.parse(canonical)).isEqualTo(Ip6Addr.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", ":::", "1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
            ":1::2",
        "1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8", "1:::2", "12345::", "::g", "::1 ", " ::1", "::1/64", "[::1]",
        "1:2:3:4::5:6:7:8", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "::1.2.3", "::1.2.3.4.5", "::1.2.3.256",
        "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::01.2.3.4", "1.2.3.4", "::\uff11",
        "::1\u0000"})
    void refusesWhatIsNotAnAddress(String text) {
        assertThatThrownBy(() -> Ip6Addr.parse(text))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("is not an IPv6 address");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "fe80::1%eth0 | \"fe80::1%eth0\" is not an IPv6 address: zone ids are not taken; name the interface "
            + "separately",
        "1::2::3      | \"1::2::3\" is not an IPv6 address: it has \"::\" more than once",
        "1:2:3        | \"1:2:3\" is not an IPv6 address: it has 3 groups instead of eight and no \"::\"",
        "::12345      | \"::12345\" is not an IPv6 address: \"12345\" has more than four digits",
        "::x1         | \"::x1\" is not an IPv6 address: \"x\" at position 3 is not allowed",
        "::300.1.1.1  | \"::300.1.1.1\" is not an IPv6 address: \"300\" is not a number in 0..255"})
    void saysWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> Ip6Addr.parse(text)).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "::,        true,  false, false, false",
        "::1,       false, true,  false, false",
        "::2,       false, false, false, false",
        "1::1,      false, false, false, false",
        "ff02::1,   false, false, true,  false",
        "feff::1,   false, false, false, false",
        "fe80::1,   false, false, false, true",
        "febf::1,   false, false, false, true",
        "fec0::1,   false, false, false, false"})
    void knowsItsKind(String text, boolean unspecified, boolean loopback, boolean multicast,
            boolean linkLocal) {
        Ip6Addr a = Ip6Addr.parse(text);
        assertThat(a.isUnspecified()).isEqualTo(unspecified);
        assertThat(a.isLoopback()).isEqualTo(loopback);
        assertThat(a.isMulticast()).isEqualTo(multicast);
        assertThat(a.isLinkLocal()).isEqualTo(linkLocal);
        assertThat(a.isV4()).isFalse();
        assertThat(a.bitLength()).isEqualTo(128);
    }

    /// Addresses with many zero groups, read back by us and by the JDK.
    @Test
    void everythingPrintedReadsBackTheSame() throws UnknownHostException {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            long hi = random.nextLong() & sparse(random);
            long lo = random.nextLong() & sparse(random);
            var a = new Ip6Addr(hi, lo);
            assertThat(Ip6Addr.parse(a.toString())).as("seed %d", seed).isEqualTo(a);
            if (!InetAddr.isV4(hi, lo)) {
                byte[] jdk = InetAddress.getByName(a.toString()).getAddress();
                assertThat(ByteBuffer.wrap(jdk).getLong()).as("seed %d", seed).isEqualTo(hi);
                assertThat(ByteBuffer.wrap(jdk).getLong(8)).as("seed %d", seed).isEqualTo(lo);
            }
        }
    }

    private static long sparse(SplittableRandom random) {
        long mask = 0;
        for (int group = 0; group < 4; group++) {
            mask = mask << 16 | (random.nextBoolean() ? 0 : random.nextBoolean() ? 0xffff : 0xf);
        }
        return mask;
    }
}
