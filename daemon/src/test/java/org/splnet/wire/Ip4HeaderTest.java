package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;

@ExtendWith(NoLeaks.class)
class Ip4HeaderTest {
    private final Ip4Header ip = new Ip4Header();

    @Test
    void readsAPlainHeader() {
        ByteBuf buf = Golden.buf(Golden.ECHO);
        assertThat(ip.wrap(buf, 14).fits(buf.capacity() - 14)).isTrue();
        assertThat(ip.totalLengthFits(buf.capacity() - 14)).isTrue();
        assertThat(ip.version()).isEqualTo(4);
        assertThat(ip.headerLen()).isEqualTo(20);
        assertThat(ip.optionsLen()).isZero();
        assertThat(ip.tos()).isZero();
        assertThat(ip.totalLength()).isEqualTo(84);
        assertThat(ip.payloadLen()).isEqualTo(64);
        assertThat(ip.id()).isEqualTo(0x5a3c);
        assertThat(ip.dontFragment()).isTrue();
        assertThat(ip.moreFragments()).isFalse();
        assertThat(ip.fragmentOffset()).isZero();
        assertThat(ip.isFragment()).isFalse();
        assertThat(ip.ttl()).isEqualTo(64);
        assertThat(ip.proto()).isEqualTo(IpProto.ICMP);
        assertThat(ip.checksum()).isEqualTo(0xcbba);
        assertThat(ip.checksumOk()).isTrue();
        assertThat(ip.src()).isEqualTo(0x0a58_0001);
        assertThat(ip.dst()).isEqualTo(0x0a58_0002);
        assertThat(ip.srcLo()).isEqualTo(0xffff_0a58_0001L);
        assertThat(ip.dstLo()).isEqualTo(0xffff_0a58_0002L);
        assertThat(ip.l4()).isEqualTo(34);
    }

    @Test
    void readsAFragmentWithOptions() {
        ByteBuf buf = Golden.buf(Golden.OPTIONS);
        assertThat(ip.wrap(buf, 0).fits(buf.capacity())).isTrue();
        assertThat(ip.headerLen()).isEqualTo(52);
        assertThat(ip.optionsLen()).isEqualTo(32);
        assertThat(ip.payloadLen()).isEqualTo(8);
        assertThat(ip.dontFragment()).isFalse();
        assertThat(ip.moreFragments()).isTrue();
        assertThat(ip.fragmentOffset()).isEqualTo(1480);
        assertThat(ip.isFragment()).isTrue();
        assertThat(ip.ttl()).isEqualTo(1);
        assertThat(ip.checksumOk()).isTrue();
        assertThat(ip.l4()).isEqualTo(52);
    }

    @Test
    void splitsTheTrafficClass() {
        ip.wrap(Golden.buf(Golden.FRAGMENTATION_NEEDED), 0);
        assertThat(ip.tos()).isEqualTo(0xc0);
        assertThat(ip.dscp()).isEqualTo(48);
        assertThat(ip.ecn()).isZero();
        ip.wrap(Golden.buf(Golden.SYN), 18);
        assertThat(ip.dscp()).isZero();
        assertThat(ip.ecn()).isEqualTo(2);
    }

    @Test
    void writesWhatItRead() {
        ByteBuf golden = Golden.buf(Golden.ECHO);
        ByteBuf built = Golden.stale(golden);
        ip.wrap(built, 14).begin(20).tos(0).totalLength(84).id(0x5a3c).fragment(true, false, 0).ttl(64)
                .proto(IpProto.ICMP).src(0x0a58_0001).dst(0x0a58_0002).updateChecksum();
        assertThat(built.slice(14, 20)).isEqualTo(golden.slice(14, 20));
        assertThat(built.getByte(13)).isEqualTo((byte) 0xa5);
        assertThat(built.getByte(34)).isEqualTo((byte) 0xa5);
    }

    @Test
    void writesAFragmentWithOptions() {
        ByteBuf golden = Golden.buf(Golden.OPTIONS);
        ByteBuf built = Golden.stale(golden);
        ip.wrap(built, 0).begin(52).totalLength(60).id(7).fragment(false, true, 1480).ttl(1)
                .proto(IpProto.ICMP).src(0x0a58_0001).dst(0x0a58_0002);
        built.setBytes(20, golden, 20, 32);
        ip.updateChecksum();
        assertThat(built.slice(0, 52)).isEqualTo(golden.slice(0, 52));
    }

    @Test
    void refusesEveryTruncation() {
        for (String hex : new String[] {Golden.OPTIONS, Golden.DATA}) {
            int headerLen = ip.wrap(Golden.buf(hex), 0).headerLen();
            int total = ip.totalLength();
            for (int len = 0; len < total; len++) {
                ByteBuf cut = Golden.buf(hex).slice(0, len);
                assertThat(ip.wrap(cut, 0).fits(len)).isEqualTo(len >= headerLen);
                if (len >= Ip4Header.MIN_LEN) {
                    assertThat(ip.totalLengthFits(len)).isFalse();
                }
            }
        }
    }

    @Test
    void refusesLengthsThatContradictEachOther() {
        ByteBuf buf = Golden.buf(Golden.DATA);
        for (int ihl = 0; ihl < 5; ihl++) {
            buf.setByte(0, 0x40 | ihl);
            assertThat(ip.wrap(buf, 0).fits(buf.capacity())).isFalse();
        }
        buf.setByte(0, 0x45);
        assertThat(ip.totalLength(19).totalLengthFits(buf.capacity())).isFalse();
        assertThat(ip.totalLength(20).totalLengthFits(buf.capacity())).isTrue();
        assertThat(ip.totalLength(buf.capacity() + 1).totalLengthFits(buf.capacity())).isFalse();
        assertThat(ip.totalLength(65535).totalLengthFits(65535)).isTrue();
    }

    @Test
    void everyFlippedBitFailsTheChecksum() {
        for (int bit = 0; bit < 160; bit++) {
            if (bit >= 4 && bit < 8) {
                continue;                                           // IHL: another header altogether
            }
            ByteBuf buf = Golden.buf(Golden.ECHO);
            buf.setByte(14 + bit / 8, buf.getByte(14 + bit / 8) ^ 0x80 >>> bit % 8);
            assertThat(ip.wrap(buf, 14).checksumOk()).as("bit %d", bit).isFalse();
        }
    }
}
