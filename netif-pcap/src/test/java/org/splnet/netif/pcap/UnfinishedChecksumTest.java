package org.splnet.netif.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.netif.pcap.UnfinishedChecksum.Verdict;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

@ExtendWith(NoLeaks.class)
class UnfinishedChecksumTest {
    private static final String ETHER_IP = "02005e10000102005e1000020800";
    private static final String ETHER_IPV6 = "02005e10000102005e10000286dd";
    /// 10.66.0.2 to 10.66.0.1: 0a42 + 0002 + 0a42 + 0001 is 1487 (hexadecimal).
    private static final String ADDRESSES = "0a4200020a420001";

    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private Packet frame = pool.allocate(0);

    @AfterEach
    void release() {
        frame.free();
    }

    private Verdict look(String hex, int padding, int mtu) {
        byte[] octets = ByteBufUtil.decodeHexDump(hex);
        frame.free();
        frame = pool.allocate(octets.length + padding);
        int at = frame.append(octets.length + padding);
        frame.buf.setBytes(at, octets).setZero(at + octets.length, padding);
        return UnfinishedChecksum.look(frame, mtu);
    }

    // an IPv4 packet of `len` octets with a transport header
    private Verdict ipv4(int len, String flags, int protocol, String transport) {
        String header = String.format("4500%04x0000%s40%02x0000", len, flags, protocol) + ADDRESSES;
        return look(ETHER_IP + header + transport, len - 20 - transport.length() / 2, 1500);
    }

    private static String tcp(int checksum) {
        return String.format("0007000800000001000000025010ffff%04x0000", checksum);
    }

    private static String udp(int length, int checksum) {
        return String.format("00070008%04x%04x", length, checksum);
    }

    @Test
    void theSumOfThePseudoHeaderIsAPartialChecksum() {
        assertThat(ipv4(20 + 120, "4000", 6, tcp(0x1487 + 6 + 120))).isEqualTo(Verdict.PARTIAL);
        assertThat(frame.has(Packet.CHECKSUM_PARTIAL)).isTrue();
        assertThat(frame.csumStart).isEqualTo(frame.start + 34);
        assertThat(frame.csumOffset).isEqualTo(16);
        assertThat(ipv4(20 + 108, "4000", 17, udp(108, 0x1487 + 17 + 108))).isEqualTo(Verdict.PARTIAL);
        assertThat(frame.csumOffset).isEqualTo(6);
    }

    @Test
    void anyOtherValueIsForTheStackToVerify() {
        assertThat(ipv4(140, "4000", 6, tcp(0x1487 + 6 + 119))).isEqualTo(Verdict.ORDINARY);
        assertThat(ipv4(140, "4000", 6, tcp(0))).isEqualTo(Verdict.ORDINARY);
        assertThat(ipv4(128, "4000", 17, udp(108, 0))).isEqualTo(Verdict.ORDINARY);
        assertThat(frame.flags).isZero();
    }

    @Test
    void mergedSegmentsArePartialToo() {
        assertThat(ipv4(20 + 40_000, "4000", 6, tcp(0x1487 + 6 + 40_000))).isEqualTo(Verdict.PARTIAL);
    }

    @Test
    void sumsFold() {
        String header = "4500008c0000400040060000" + "fffffffe" + "fffffffd";
        int sum = 0xffff + 0xfffe + 0xffff + 0xfffd + 6 + 120;
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        assertThat(look(ETHER_IP + header + tcp(sum), 100, 1500)).isEqualTo(Verdict.PARTIAL);
    }

    @Test
    void paddingBehindThePacketIsNotCounted() {
        String header = "450000280000400040060000" + ADDRESSES;
        assertThat(look(ETHER_IP + header + tcp(0x1487 + 6 + 20), 6, 1500)).isEqualTo(Verdict.PARTIAL);
    }

    @Test
    void ipv6IsRecognised() {
        String header = "6000000000780640" + "fd000000000000000000000000000002"
                + "fd000000000000000000000000000001";
        int sum = 0xfd00 * 2 + 3 + 6 + 120;
        sum = (sum & 0xffff) + (sum >>> 16);
        assertThat(look(ETHER_IPV6 + header + tcp(sum), 100, 1500)).isEqualTo(Verdict.PARTIAL);
        assertThat(frame.csumStart).isEqualTo(frame.start + 54);
        assertThat(look(ETHER_IPV6 + header + tcp(sum + 1), 100, 1500)).isEqualTo(Verdict.ORDINARY);
    }

    @Test
    void datagramsThatWereMergedAreToldApart() {
        assertThat(ipv4(1501, "4000", 17, udp(1481, 1))).isEqualTo(Verdict.MERGED_DATAGRAMS);
        assertThat(ipv4(1500, "4000", 17, udp(1480, 1))).isEqualTo(Verdict.ORDINARY);
    }

    @Test
    void fragmentsHaveNoChecksumToLookAt() {
        assertThat(ipv4(140, "2000", 6, tcp(0x1487 + 6 + 120))).isEqualTo(Verdict.ORDINARY);
        assertThat(ipv4(140, "0010", 6, tcp(0x1487 + 6 + 120))).isEqualTo(Verdict.ORDINARY);
    }

    @Test
    void anyOctetsAreLookedAtWithoutAnException() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = new byte[14 + random.nextInt(80)];
            random.nextBytes(octets);
            octets[12] = (byte) (random.nextBoolean() ? 0x08 : 0x86);
            octets[13] = (byte) (octets[12] == 0x08 ? 0x00 : 0xdd);
            if (octets.length > 40 && random.nextBoolean()) {
                octets[14] = (byte) (0x40 + random.nextInt(16));
                octets[16] = 0;
                octets[18] = 0;
                octets[20] = 0;
                octets[21] = 0;
                octets[23] = 6;
            }
            Verdict verdict = look(ByteBufUtil.hexDump(octets), 0, 60);
            assertThat(verdict != Verdict.PARTIAL || frame.csumStart + frame.csumOffset + 2 <= frame.end)
                    .as("seed %d round %d", seed, i).isTrue();
        }
    }
}
