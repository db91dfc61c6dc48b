package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.conformance.Shows;

@ExtendWith(NoLeaks.class)
class TcpOptionsTest {
    private final TcpOptions options = new TcpOptions();

    private TcpOptions syn(String hex) {
        ByteBuf buf = Golden.buf(hex);
        return options.parse(buf, 0, buf.capacity(), true);
    }

    private TcpOptions noSyn(String hex) {
        ByteBuf buf = Golden.buf(hex);
        return options.parse(buf, 0, buf.capacity(), false);
    }

    private void assertEmpty() {
        assertThat(options.hasMss()).isFalse();
        assertThat(options.hasWindowScale()).isFalse();
        assertThat(options.hasSackPermitted()).isFalse();
        assertThat(options.hasTimestamps()).isFalse();
        assertThat(options.sackBlocks()).isZero();
        assertThat(options.hasFastOpen()).isFalse();
    }

    @Nested
    class Reading {
        @Test
        void readsTheSynOfALinuxHost() {
            TcpHeader tcp = new TcpHeader().wrap(Golden.buf(Golden.SYN), 38);
            assertThat(tcp.fits(40)).isTrue();
            options.parse(tcp);
            assertThat(options.hasMss()).isTrue();
            assertThat(options.mss()).isEqualTo(1460);
            assertThat(options.hasSackPermitted()).isTrue();
            assertThat(options.hasTimestamps()).isTrue();
            assertThat(options.tsVal()).isEqualTo(0x9c4f_2d11);
            assertThat(options.tsEcr()).isZero();
            assertThat(options.hasWindowScale()).isTrue();
            assertThat(options.windowScale()).isEqualTo(7);
            assertThat(options.sackBlocks()).isZero();
            assertThat(options.hasFastOpen()).isFalse();
            assertThat(options.malformed()).isFalse();
        }

        @Test
        void readsTimestampsAndSackBlocks() {
            options.parse(new TcpHeader().wrap(Golden.buf(Golden.DATA), 20));
            assertThat(options.tsVal()).isEqualTo(0x9c4f_2d50);
            assertThat(options.tsEcr()).isEqualTo(0xf01);
            assertThat(options.sackBlocks()).isEqualTo(2);
            assertThat(options.sackLeft(0)).isEqualTo(0x9abc_e4a4);
            assertThat(options.sackRight(0)).isEqualTo(0x9abc_ea58);
            assertThat(options.sackLeft(1)).isEqualTo(0x9abc_f00c);
            assertThat(options.sackRight(1)).isEqualTo(0x9abc_f5c0);
            assertThat(options.hasMss()).isFalse();
        }

        @Test
        void takesTheShortWayForTimestampsAlone() {
            noSyn("0101080a0000000100000002");
            assertThat(options.hasTimestamps()).isTrue();
            assertThat(options.tsVal()).isEqualTo(1);
            assertThat(options.tsEcr()).isEqualTo(2);
        }

        @Test
        void forgetsTheSegmentBefore() {
            syn("020405b4 01030307 0402 0101 220a 0102030405060708".replace(" ", ""));
            assertThat(options.hasFastOpen()).isTrue();
            noSyn("");
            assertEmpty();
            syn("0200");
            assertThat(options.malformed()).isTrue();
            syn("");
            assertThat(options.malformed()).isFalse();
        }

        @Test
        void readsFourSackBlocks() {
            noSyn("0522" + "0000000100000002".repeat(3) + "fffffff000000010");
            assertThat(options.sackBlocks()).isEqualTo(4);
            assertThat(options.sackLeft(3)).isEqualTo(0xffff_fff0);
            assertThat(options.sackRight(3)).isEqualTo(0x10);
        }

        @Test
        void readsFastOpenCookies() {
            syn("2202");
            assertThat(options.hasFastOpen()).isTrue();
            assertThat(options.cookieLen()).isZero();
            syn("2212" + "0102030405060708" + "090a0b0c0d0e0f10");
            assertThat(options.cookieLen()).isEqualTo(16);
            assertThat(options.cookieHi()).isEqualTo(0x0102_0304_0506_0708L);
            assertThat(options.cookieLo()).isEqualTo(0x090a_0b0c_0d0e_0f10L);
            syn("2206fffefdfc");
            assertThat(options.cookieLen()).isEqualTo(4);
            assertThat(options.cookieHi()).isEqualTo(0xfffe_fdfc_0000_0000L);
            assertThat(options.cookieLo()).isZero();
        }

        @ParameterizedTest
        @ValueSource(strings = {"2204ffff", "2203ff", "2205ffffff", "2207ffffffffff",
            "2214ffffffffffffffffffffffffffffffffffff", "fe04f989"})
        void ignoresCookiesOfIllegalSize(String hex) {
            assertThat(syn(hex).hasFastOpen()).isFalse();
            assertThat(options.malformed()).isFalse();
        }
    }

    /// RFC 9293 §3.1 and §3.2, by requirement.
    @Nested
    class Requirements {
        @Test
        @Shows("MUST-4")
        void must4EndNopAndMss() {
            assertThat(syn("0101010204ffff00").mss()).isEqualTo(0xffff);
        }

        @Test
        @Shows("MUST-5")
        void must5OptionsInAnySegment() {
            assertThat(noSyn("080a0000000100000002").tsVal()).isEqualTo(1);
        }

        @Test
        @Shows({"MUST-6", "MUST-68"})
        void must6UnknownOptionsAreSteppedOver() {
            assertThat(syn("fd06deadbeef" + "1302" + "020405b4").mss()).isEqualTo(1460);
            assertThat(options.malformed()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"fd00", "fd01", "fd", "02", "0200", "0201", "fd03", "0206aabb",
                "08ff00000000",
            "fd28", "0300"})
        void must7IllegalLengthEndsTheReadingWithoutHarm(String hex) {
            assertThat(syn("020405b4" + hex).mss()).isEqualTo(1460);
            assertThat(options.malformed()).isTrue();
            assertThat(options.hasWindowScale()).isFalse();
            syn(hex + "030307");
            assertThat(options.hasMss()).isFalse();
        }

        @Test
        @Shows("MUST-64")
        void must64OptionsStartAnywhere() {
            assertThat(syn("01080a0000000500000006" + "0402" + "030309" + "020405b4").mss()).isEqualTo(1460);
            assertThat(options.tsVal()).isEqualTo(5);
            assertThat(options.hasSackPermitted()).isTrue();
            assertThat(options.windowScale()).isEqualTo(9);
        }

        @Test
        @Shows("MUST-69")
        void must69PaddingIsNotLookedAt() {
            assertThat(syn("020405b400020401ff").mss()).isEqualTo(1460);
            assertThat(options.malformed()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"0203ff", "0205ffffff", "0302", "0304ffff", "0403ff", "0809"
                + "ffffffffffffff",
            "080bffffffffffffffffff", "0509ffffffffffffff", "0502",
            "050b000000010000000203"})
        void knownOptionsOfAWrongLengthAreSteppedOver(String hex) {
            syn(hex + "01");
            assertEmpty();
            noSyn(hex + "01");
            assertEmpty();
            assertThat(options.malformed()).isFalse();
        }

        @Test
        @Shows("RFC2018-2")
        void synOptionsCountOnlyInASyn() {
            noSyn("020405b4" + "030307" + "0402" + "220601020304");
            assertEmpty();
            syn("050a0000000100000002");
            assertEmpty();
        }

        @Test
        void lastOfTwoCounts() {
            assertThat(syn("020405b4" + "02040218").mss()).isEqualTo(536);
            noSyn("05120000000100000002" + "0000000300000004" + "050a0000000500000006");
            assertThat(options.sackBlocks()).isEqualTo(1);
            assertThat(options.sackLeft(0)).isEqualTo(5);
        }

        @Test
        @Shows("RFC7323-2.3")
        void shiftCountsBeyond14AreTakenAs14() {
            assertThat(syn("03030e").windowScale()).isEqualTo(14);
            assertThat(syn("03030f").windowScale()).isEqualTo(14);
            assertThat(syn("0303ff").windowScale()).isEqualTo(14);
        }
    }

    @Nested
    class Writing {
        private String written() {
            ByteBuf buf = Unpooled.wrappedBuffer(new byte[options.length()]);
            assertThat(options.write(buf, 0)).isEqualTo(buf.capacity());
            assertThat(buf.capacity() % 4).isZero();
            return Golden.hex(buf);
        }

        @Test
        void writesWhatItRead() {
            options.parse(new TcpHeader().wrap(Golden.buf(Golden.SYN), 38));
            assertThat(written()).isEqualTo("020405b4" + "0402080a9c4f2d1100000000" + "01030307");
            options.parse(new TcpHeader().wrap(Golden.buf(Golden.DATA), 20));
            assertThat(written()).isEqualTo(Golden.DATA.substring(80, 144));
        }

        @Test
        void padsEachOptionAlone() {
            assertThat(written()).isEmpty();
            options.clear().mss(536);
            assertThat(written()).isEqualTo("02040218");
            options.clear().windowScale(3);
            assertThat(written()).isEqualTo("01030303");
            options.clear().sackPermitted();
            assertThat(written()).isEqualTo("01010402");
            options.clear().timestamps(1, 2);
            assertThat(written()).isEqualTo("0101080a0000000100000002");
            assertThat(options.length()).isEqualTo(TcpOptions.TIMESTAMPS_LEN);
            options.clear().sackBlock(1, 2);
            assertThat(written()).isEqualTo("0101050a0000000100000002");
            options.clear().fastOpen(0, 0, 0);
            assertThat(written()).isEqualTo("01012202");
            options.clear().fastOpen(0x0102_0304_0506_0708L, 0x090a_0000_0000_0000L, 10);
            assertThat(written()).isEqualTo("220c0102030405060708090a");
            options.clear().fastOpen(0x0102_0304_0000_0000L, 0, 4);
            assertThat(written()).isEqualTo("0101220601020304");
        }

        /// RFC 2018 §3: three blocks beside timestamps, four without.
        @Test
        void leavesOutBlocksThatDoNotFit() {
            options.timestamps(1, 2);
            for (int i = 0; i < 4; i++) {
                options.sackBlock(10 * i, 10 * i + 5);
            }
            assertThat(written()).hasSize(80).contains("0101051a");
            options.clear();
            for (int i = 0; i < 4; i++) {
                options.sackBlock(10 * i, 10 * i + 5);
            }
            assertThat(written()).hasSize(72).startsWith("01010522");
        }

        @Test
        void largestSynFitsInto40Octets() {
            options.mss(1460).sackPermitted().timestamps(1, 2).windowScale(7).fastOpen(1, 2, 16);
            assertThat(options.length()).isEqualTo(40);
            assertThat(written()).hasSize(80);
        }

        @Test
        void readingInvertsWriting() {
            long seed = TestSeed.next();
            var random = new SplittableRandom(seed);
            for (int round = 0; round < 20_000; round++) {
                boolean syn = random.nextBoolean();
                options.clear();
                fill(random, syn);
                ByteBuf buf = Unpooled.wrappedBuffer(new byte[options.length()]);
                options.write(buf, 0);
                TcpOptions back = new TcpOptions().parse(buf, 0, buf.capacity(), syn);
                ByteBuf again = Unpooled.wrappedBuffer(new byte[back.length()]);
                back.write(again, 0);
                assertThat(again).as("seed %d", seed).isEqualTo(buf);
                assertThat(back.malformed()).isFalse();
                assertThat(back.hasMss()).isEqualTo(options.hasMss());
                assertThat(back.hasTimestamps()).isEqualTo(options.hasTimestamps());
            }
        }

        private void fill(SplittableRandom random, boolean syn) {
            if (random.nextBoolean()) {
                options.timestamps(random.nextInt(), random.nextInt());
            }
            if (!syn) {
                for (int i = random.nextInt(5); i > 0; i--) {
                    options.sackBlock(random.nextInt(), random.nextInt());
                }
                return;
            }
            if (random.nextBoolean()) {
                options.mss(random.nextInt(65536));
            }
            if (random.nextBoolean()) {
                options.windowScale(random.nextInt(15));
            }
            if (random.nextBoolean()) {
                options.sackPermitted();
            }
            if (random.nextBoolean()) {
                options.fastOpen(random.nextLong(), random.nextLong(), 2 * random.nextInt(2, 9));
            }
        }
    }
}
