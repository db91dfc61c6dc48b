package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;

@ExtendWith(NoLeaks.class)
class UdpHeaderTest {
    private final UdpHeader udp = new UdpHeader();

    @Test
    void readsADatagram() {
        ByteBuf buf = Golden.buf(Golden.UDP);
        assertThat(udp.wrap(buf, 34).fits(37)).isTrue();
        assertThat(udp.srcPort()).isEqualTo(49169);
        assertThat(udp.dstPort()).isEqualTo(53);
        assertThat(udp.length()).isEqualTo(37);
        assertThat(udp.checksum()).isEqualTo(0x190d);
        assertThat(udp.hasChecksum()).isTrue();
        assertThat(udp.payload()).isEqualTo(42);
        assertThat(udp.payloadLen()).isEqualTo(29);
    }

    @Test
    void writesWhatItRead() {
        ByteBuf golden = Golden.buf(Golden.UDP);
        ByteBuf built = Golden.stale(golden);
        built.setBytes(42, golden, 42, 29);
        udp.wrap(built, 34).srcPort(49169).dstPort(53).length(37).checksum(0);
        assertThat(udp.hasChecksum()).isFalse();
        int sum = Checksum.pseudo(0, Ip4Addr.lo(0x0a58_0002), 0, Ip4Addr.lo(0x0a58_0001), IpProto.UDP, 37);
        udp.checksum(Checksum.udp(Checksum.finish(Checksum.add(sum, Checksum.sum(built, 34, 37)))));
        assertThat(built.slice(34, 37)).isEqualTo(golden.slice(34, 37));
    }

    @Test
    void refusesEveryTruncation() {
        for (int len = 0; len < 37; len++) {
            assertThat(udp.wrap(Golden.buf(Golden.UDP).slice(34, len), 0).fits(len)).isFalse();
        }
    }

    @Test
    void refusesALengthBelowTheHeaderOrBeyondThePacket() {
        ByteBuf buf = Golden.buf(Golden.UDP);
        udp.wrap(buf, 34);
        for (int length = 0; length < 8; length++) {
            assertThat(udp.length(length).fits(37)).isFalse();
        }
        assertThat(udp.length(8).fits(37)).isTrue();
        assertThat(udp.payloadLen()).isZero();
        assertThat(udp.length(38).fits(37)).isFalse();
        assertThat(udp.length(65535).fits(37)).isFalse();
    }
}
