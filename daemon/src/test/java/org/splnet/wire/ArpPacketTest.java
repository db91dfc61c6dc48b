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
        assertThat(arp.hardwareType()).isEqualTo(1);
        assertThat(arp.protocolType()).isEqualTo(0x800);
        assertThat(arp.hardwareLen()).isEqualTo(6);
        assertThat(arp.protocolLen()).isEqualTo(4);
        assertThat(arp.operation()).isEqualTo(ArpPacket.REQUEST);
        assertThat(arp.senderMac()).isEqualTo(0xb2c3_0a11_d4e5L);
        assertThat(arp.senderIp()).isEqualTo(0x0a58_0001);
        assertThat(arp.targetMac()).isZero();
        assertThat(arp.targetIp()).isEqualTo(0x0a58_0002);
        assertThat(arp.isProbe()).isFalse();
        assertThat(arp.isAnnouncement()).isFalse();
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
    void knowsProbesAndAnnouncements() {
        ByteBuf buf = Golden.buf(Golden.ARP_REQUEST);
        assertThat(arp.wrap(buf, AT).senderIp(0).isProbe()).isTrue();
        assertThat(arp.begin(ArpPacket.REPLY).isProbe()).isFalse();
        assertThat(arp.senderIp(0x0a58_0002).isAnnouncement()).isTrue();
    }

    @Test
    void refusesEveryTruncation() {
        for (int len = 0; len < ArpPacket.LEN; len++) {
            ByteBuf cut = Golden.buf(Golden.ARP_REQUEST).slice(AT, len);
            assertThat(arp.wrap(cut, 0).fits(len)).isFalse();
            assertThat(arp.fitsFixed(len)).isEqualTo(len >= 8);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0006, 6, 2048, 6, 4", "2, 86dd, 1, 34525, 6, 4", "4, 0804, 1, 2048, 8, 4",
        "4, 0610, 1, 2048, 6, 16", "4, 0004, 1, 2048, 0, 4", "4, ffff, 1, 2048, 255, 255"})
    void refusesButDistinguishesOtherCombinations(int at, String octets, int hardware, int protocol,
            int hardwareLen, int protocolLen) {
        ByteBuf buf = Golden.buf(Golden.ARP_REQUEST);
        buf.setShort(AT + at, Integer.parseInt(octets, 16));
        assertThat(arp.wrap(buf, AT).fits(46)).isFalse();
        assertThat(arp.isEtherIp4()).isFalse();
        assertThat(arp.fitsFixed(46)).isTrue();
        assertThat(arp.hardwareType()).isEqualTo(hardware);
        assertThat(arp.protocolType()).isEqualTo(protocol);
        assertThat(arp.hardwareLen()).isEqualTo(hardwareLen);
        assertThat(arp.protocolLen()).isEqualTo(protocolLen);
    }
}
