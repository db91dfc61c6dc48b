package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;

@ExtendWith(NoLeaks.class)
class TcpHeaderTest {
    private static final int AT = 20;
    private final TcpHeader tcp = new TcpHeader();

    @Test
    void readsASegment() {
        ByteBuf buf = Golden.buf(Golden.DATA);
        assertThat(tcp.wrap(buf, AT).fits(buf.capacity() - AT)).isTrue();
        assertThat(tcp.srcPort()).isEqualTo(51034);
        assertThat(tcp.dstPort()).isEqualTo(80);
        assertThat(tcp.seq()).isEqualTo(0x1234_5678);
        assertThat(tcp.ack()).isEqualTo(0x9abc_def0);
        assertThat(tcp.headerLen()).isEqualTo(52);
        assertThat(tcp.optionsLen()).isEqualTo(32);
        assertThat(tcp.flags())
                .isEqualTo(TcpHeader.AE | TcpHeader.CWR | TcpHeader.ECE | TcpHeader.ACK | TcpHeader.PSH);
        assertThat(tcp.window()).isEqualTo(502);
        assertThat(tcp.checksum()).isEqualTo(0x11e9);
        assertThat(tcp.urgentPointer()).isEqualTo(9);
        assertThat(tcp.options()).isEqualTo(40);
        assertThat(tcp.payload()).isEqualTo(72);
    }

    @Test
    void everyFlagIsItsOwnBit() {
        ByteBuf buf = Golden.buf(Golden.DATA);
        tcp.wrap(buf, AT);
        for (int flags = 0; flags <= 0x1ff; flags++) {
            tcp.flags(flags);
            assertThat(tcp.flags()).isEqualTo(flags);
            assertThat(tcp.fin()).isEqualTo((flags & 1) != 0);
            assertThat(tcp.syn()).isEqualTo((flags & 2) != 0);
            assertThat(tcp.rst()).isEqualTo((flags & 4) != 0);
            assertThat(tcp.psh()).isEqualTo((flags & 8) != 0);
            assertThat(tcp.hasAck()).isEqualTo((flags & 16) != 0);
            assertThat(tcp.urg()).isEqualTo((flags & 32) != 0);
            assertThat(tcp.ece()).isEqualTo((flags & 64) != 0);
            assertThat(tcp.cwr()).isEqualTo((flags & 128) != 0);
            assertThat(tcp.ae()).isEqualTo((flags & 256) != 0);
            assertThat(tcp.headerLen()).isEqualTo(52);
        }
    }

    @Test
    void writesWhatItRead() {
        ByteBuf golden = Golden.buf(Golden.DATA);
        ByteBuf built = Golden.stale(golden);
        int len = golden.capacity() - AT;
        tcp.wrap(built, AT).begin(52, 0x1d8).srcPort(51034).dstPort(80).seq(0x1234_5678).ack(0x9abc_def0)
                .window(502).urgentPointer(9);
        new TcpOptions().timestamps(0x9c4f_2d50, 0xf01).sackBlock(0x9abc_e4a4, 0x9abc_ea58)
                .sackBlock(0x9abc_f00c, 0x9abc_f5c0).write(built, tcp.options());
        built.setBytes(tcp.payload(), golden, 72, len - 52);
        int sum = Checksum.pseudo(0, Ip4Addr.lo(0x0a58_0001), 0, Ip4Addr.lo(0x0a58_0002), IpProto.TCP, len);
        tcp.checksum(Checksum.finish(Checksum.add(sum, Checksum.sum(built, AT, len))));
        assertThat(built.slice(AT, len)).isEqualTo(golden.slice(AT, len));
        assertThat(built.getByte(AT - 1)).isEqualTo((byte) 0xa5);
    }

    @Test
    void reservedBitsAreIgnoredAndSentAsZero() {
        ByteBuf buf = Golden.buf(Golden.DATA);
        tcp.wrap(buf, AT);
        buf.setShort(AT + 12, buf.getShort(AT + 12) | 0x0e00);
        assertThat(tcp.flags()).isEqualTo(0x1d8);
        assertThat(tcp.headerLen()).isEqualTo(52);
        assertThat(buf.getUnsignedShort(AT + 12) & 0x0e00).isEqualTo(0x0e00);
        tcp.flags(TcpHeader.ACK);
        assertThat(buf.getUnsignedShort(AT + 12)).isEqualTo(0xd010);
    }

    @Test
    void refusesEveryTruncation() {
        for (int len = 0; len < 52; len++) {
            assertThat(tcp.wrap(Golden.buf(Golden.DATA).slice(AT, len), 0).fits(len)).isFalse();
        }
        assertThat(tcp.wrap(Golden.buf(Golden.DATA).slice(AT, 52), 0).fits(52)).isTrue();
    }

    @Test
    void refusesADataOffsetBelowTheHeader() {
        ByteBuf buf = Golden.buf(Golden.DATA);
        for (int words = 0; words < 5; words++) {
            buf.setByte(AT + 12, words << 4);
            assertThat(tcp.wrap(buf, AT).fits(buf.capacity() - AT)).isFalse();
        }
    }

    @Test
    void printsFlagsAsTcpdumpDoes() {
        assertThat(TcpHeader.flagString(TcpHeader.SYN)).isEqualTo("S");
        assertThat(TcpHeader.flagString(TcpHeader.SYN | TcpHeader.ACK)).isEqualTo("S.");
        assertThat(TcpHeader.flagString(TcpHeader.FIN | TcpHeader.PSH | TcpHeader.ACK)).isEqualTo("FP.");
        assertThat(TcpHeader.flagString(0)).isEqualTo("none");
        assertThat(TcpHeader.flagString(0x1ff)).isEqualTo("FSRP.UEWe");
    }
}
