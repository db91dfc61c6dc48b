package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.NoLeaks;

@ExtendWith(NoLeaks.class)
class ArpPacketTest {
    private static final int AT = EtherHeader.LEN;
    private final ArpPacket arp = new ArpPacket();

    @Test
    void readsARequest() {
        ByteBuf buf = Golden.buf(Golden.ARP_REQUEST);
        assertThat(arp.wrap(buf, AT).fits(buf.capacity() - AT)).isTrue();
        assertThat(arp.operation()).isEqualTo(ArpPacket.REQUEST);
        assertThat(arp.senderMac()).isEqualTo(0xb2c3_0a11_d4e5L);
        assertThat(arp.senderIp()).isEqualTo(0x0a58_0001);
        assertThat(arp.targetMac()).isZero();
        assertThat(arp.targetIp()).isEqualTo(0x0a58_0002);
        assertThat(arp.isProbe()).isFalse();
    }

    @Test
    void writesWhatItRead() {
        ByteBuf golden = Golden.buf(Golden.ARP_REQUEST);
        ByteBuf built = Golden.stale(golden);
        arp.wrap(built, AT).begin(ArpPacket.REQUEST).senderMac(0xb2c3_0a11_d4e5L).senderIp(0x0a58_0001)
                .targetMac(0).targetIp(0x0a58_0002);
        assertThat(built.slice(AT, 28)).isEqualTo(golden.slice(AT, 28));
        assertThat(built.getByte(AT - 1)).isEqualTo((byte) 0xa5);
        assertThat(built.getByte(AT + 28)).isEqualTo((byte) 0xa5);
    }

    @Test
    void knowsProbes() {
        ByteBuf buf = Golden.buf(Golden.ARP_REQUEST);
        assertThat(arp.wrap(buf, AT).senderIp(0).isProbe()).isTrue();
        assertThat(arp.begin(ArpPacket.REPLY).isProbe()).isFalse();
    }

    @Test
    void refusesEveryTruncation() {
        for (int len = 0; len < ArpPacket.LEN; len++) {
            ByteBuf cut = Golden.buf(Golden.ARP_REQUEST).slice(AT, len);
            assertThat(arp.wrap(cut, 0).fits(len)).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0006", "2, 86dd", "4, 0804", "4, 0610", "4, 0004", "4, ffff"})
    void refusesOtherHardwareProtocolsAndLengths(int at, String octets) {
        ByteBuf buf = Golden.buf(Golden.ARP_REQUEST);
        buf.setShort(AT + at, Integer.parseInt(octets, 16));
        assertThat(arp.wrap(buf, AT).fits(46)).isFalse();
    }
}
