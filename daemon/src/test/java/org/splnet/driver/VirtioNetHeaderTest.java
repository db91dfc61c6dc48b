package org.splnet.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

@ExtendWith(NoLeaks.class)
class VirtioNetHeaderTest {
    private static final int AT = 50;
    private static final int TCP = 34;

    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private final ByteBuf octets = Unpooled.directBuffer(64).writeZero(64);
    private final VirtioNetHeader header = new VirtioNetHeader().wrap(octets, 2);
    private Packet frame = frame(0x0800, 4000);

    @AfterEach
    void release() {
        frame.free();
        octets.release();
    }

    private Packet frame(int etherType, int len) {
        ByteBuf buf = pool.allocator().directBuffer(AT + len).writeZero(AT + len);
        buf.setShort(AT + 12, etherType);
        if (len > TCP + 12) {
            buf.setByte(AT + TCP + 12, 8 << 4);
        }
        return pool.wrap(buf, AT, len);
    }

    private void given(int etherType, int len) {
        frame.free();
        frame = frame(etherType, len);
    }

    private boolean describes(String hex) {
        octets.setBytes(2, ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
        return header.describe(frame);
    }

    @Nested
    class Received {
        @Test
        void anEmptyHeaderSaysNothing() {
            assertThat(describes("00 00 0000 0000 0000 0000")).isTrue();
            assertThat(frame.flags).isZero();
            assertThat(frame.gsoSize).isZero();
        }

        @Test
        void needsCsumBecomesAPartialChecksumAtAbsoluteIndex() {
            assertThat(describes("01 00 0000 0000 2200 1000")).isTrue();
            assertThat(frame.has(Packet.CHECKSUM_PARTIAL)).isTrue();
            assertThat(frame.csumStart).isEqualTo(AT + 34);
            assertThat(frame.csumOffset).isEqualTo(16);
        }

        @Test
        void dataValidVouchesForTheChecksum() {
            assertThat(describes("02 00 0000 0000 0000 0000")).isTrue();
            assertThat(frame.flags).isEqualTo(Packet.CHECKSUM_GOOD);
        }

        @Test
        void mergedSegmentsCarryTheirSize() {
            assertThat(describes("01 01 4200 a805 2200 1000")).isTrue();
            assertThat(frame.gsoSize).isEqualTo(1448);
        }

        @Test
        void theEcnBitGoesWithBothTcpTypes() {
            assertThat(describes("01 81 4200 a805 2200 1000")).isTrue();
            given(0x86dd, 4000);
            assertThat(describes("01 84 5600 9405 3600 1000")).isTrue();
            assertThat(frame.gsoSize).isEqualTo(1428);
        }

        @Test
        void mergedDatagramsCarryTheirSize() {
            assertThat(describes("01 05 2a00 c005 2200 0600")).isTrue();
            assertThat(frame.gsoSize).isEqualTo(1472);
        }

        @Test
        void whatFitsOneSegmentWasNotMerged() {
            given(0x0800, 200);
            assertThat(describes("01 01 4200 a805 2200 1000")).isTrue();
            assertThat(frame.gsoSize).isZero();
        }

        @Test
        void mergedBeforeThisMachineMayBeVouchedFor() {
            assertThat(describes("02 01 4200 a805 0000 0000")).isTrue();
            assertThat(frame.flags).isEqualTo(Packet.CHECKSUM_GOOD);
            assertThat(frame.gsoSize).isEqualTo(1448);
        }

        @Test
        void looksBehindVlanTags() {
            given(0x8100, 4000);
            frame.buf.setShort(AT + 16, 0x86dd);
            assertThat(describes("01 04 5a00 9405 3a00 1000")).isTrue();
            assertThat(describes("01 01 5a00 9405 3a00 1000")).isFalse();
        }
    }

    @Nested
    class Refused {
        @Test
        void aChecksumInTheEthernetHeader() {
            assertThat(describes("01 00 0000 0000 0d00 0000")).isFalse();
        }

        @Test
        void aChecksumBehindTheEnd() {
            given(0x0800, 52);
            assertThat(describes("01 00 0000 0000 2200 1000")).isTrue();
            given(0x0800, 51);
            assertThat(describes("01 00 0000 0000 2200 1000")).isFalse();
            assertThat(describes("01 00 0000 0000 ffff ffff")).isFalse();
        }

        @Test
        void mergedSegmentsWithoutSize() {
            assertThat(describes("01 01 4200 0000 2200 1000")).isFalse();
        }

        @Test
        void mergedSegmentsWithoutAnyWordOnTheChecksum() {
            assertThat(describes("00 01 4200 a805 2200 1000")).isFalse();
        }

        @Test
        void headersLongerThanTheFrame() {
            assertThat(describes("01 01 a10f a805 2200 1000")).isFalse();
        }

        @Test
        void aTypeThatIsNotTheFrames() {
            assertThat(describes("01 04 4200 a805 2200 1000")).isFalse();
            given(0x86dd, 4000);
            assertThat(describes("01 01 4200 a805 2200 1000")).isFalse();
            given(0x0806, 4000);
            assertThat(describes("01 05 4200 a805 2200 0600")).isFalse();
        }

        @Test
        void aChecksumThatIsNotTheTypes() {
            assertThat(describes("01 01 4200 a805 2200 0600")).isFalse();
            assertThat(describes("01 05 4200 a805 2200 1000")).isFalse();
        }

        @Test
        void typesThatNobodyAskedFor() {
            assertThat(describes("01 03 4200 a805 2200 1000")).isFalse();
            assertThat(describes("01 85 4200 a805 2200 0600")).isFalse();
            assertThat(describes("01 80 4200 a805 2200 1000")).isFalse();
            assertThat(describes("01 ff 4200 a805 2200 1000")).isFalse();
        }

        @Test
        void anyOctetsWithoutAnException() {
            long seed = TestSeed.next();
            var random = new SplittableRandom(seed);
            for (int i = 0; i < 20_000; i++) {
                given(random.nextInt(4) == 0 ? 0x8100 : 0x0800, 14 + random.nextInt(120));
                octets.setLong(2, random.nextLong()).setShort(10, random.nextInt(200) << 8);
                if (random.nextBoolean()) {
                    octets.setByte(2, random.nextInt(4)).setByte(3, random.nextInt(6)).setByte(9, 0);
                }
                if (header.describe(frame)) {
                    boolean partial = frame.has(Packet.CHECKSUM_PARTIAL);
                    assertThat(!partial || frame.csumStart + frame.csumOffset + 2 <= frame.end)
                            .as("seed %d round %d", seed, i).isTrue();
                }
            }
        }
    }

    @Nested
    class Sent {
        private String written() {
            header.fill(frame);
            return ByteBufUtil.hexDump(octets, 2, VirtioNetHeader.LEN);
        }

        private void toBeCut(int csumOffset, int size) {
            frame.flags = Packet.CHECKSUM_PARTIAL;
            frame.csumStart = AT + TCP;
            frame.csumOffset = csumOffset;
            frame.gsoSize = size;
        }

        @Test
        void aFinishedFrameHasAnEmptyHeader() {
            octets.setLong(2, -1).setShort(10, -1);
            assertThat(written()).isEqualTo("00000000000000000000");
        }

        @Test
        void aPartialChecksumIsPutRelativeToTheFrame() {
            frame.flags = Packet.CHECKSUM_PARTIAL;
            frame.csumStart = AT + 34;
            frame.csumOffset = 6;
            assertThat(written()).isEqualTo("01000000000022000600");
        }

        @Test
        void datagramsNameTheirTypeHeadersAndSize() {
            toBeCut(6, 1200);
            assertThat(written()).isEqualTo("0105" + "2a00" + "b004" + "2200" + "0600");
        }

        @Test
        void segmentationNamesTypeHeadersAndSize() {
            toBeCut(16, 1448);
            assertThat(written()).isEqualTo("0101" + "4200" + "a805" + "2200" + "1000");
            frame.buf.setByte(AT + TCP + 13, 0x80);
            assertThat(written()).startsWith("0181");
        }

        @Test
        void segmentationOfIpv6IsItsOwnType() {
            given(0x86dd, 4000);
            frame.flags = Packet.CHECKSUM_PARTIAL;
            frame.csumStart = AT + 54;
            frame.csumOffset = 16;
            frame.gsoSize = 1428;
            frame.buf.setByte(AT + 54 + 12, 5 << 4);
            assertThat(written()).isEqualTo("0104" + "4a00" + "9405" + "3600" + "1000");
        }

        @Test
        void whatIsWrittenIsReadAsTheSame() {
            toBeCut(16, 1448);
            header.fill(frame);
            frame.flags = 0;
            frame.gsoSize = 0;
            frame.csumStart = 0;
            assertThat(header.describe(frame)).isTrue();
            assertThat(frame.gsoSize).isEqualTo(1448);
            assertThat(frame.csumStart).isEqualTo(AT + TCP);
        }
    }
}
