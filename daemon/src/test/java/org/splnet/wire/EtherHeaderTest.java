package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;

@ExtendWith(NoLeaks.class)
class EtherHeaderTest {
    private final EtherHeader ether = new EtherHeader();

    @Test
    void readsAnUntaggedFrame() {
        ByteBuf buf = Golden.buf(Golden.ECHO);
        assertThat(ether.wrap(buf, 0).fits(buf.capacity())).isTrue();
        assertThat(ether.destination()).isEqualTo(0x0200_5e58_0002L);
        assertThat(ether.source()).isEqualTo(0xb2c3_0a11_d4e5L);
        assertThat(ether.type()).isEqualTo(EtherType.IPV4);
        assertThat(ether.tagged()).isFalse();
        assertThat(ether.vlanId()).isZero();
        assertThat(ether.vlanPcp()).isZero();
        assertThat(ether.headerLen()).isEqualTo(14);
        assertThat(ether.l3()).isEqualTo(14);
    }

    @Test
    void readsATaggedFrame() {
        ByteBuf buf = Golden.buf(Golden.SYN);
        assertThat(ether.wrap(buf, 0).fits(buf.capacity())).isTrue();
        assertThat(ether.tagged()).isTrue();
        assertThat(ether.type()).isEqualTo(EtherType.IPV4);
        assertThat(ether.vlanId()).isEqualTo(100);
        assertThat(ether.vlanPcp()).isEqualTo(5);
        assertThat(ether.headerLen()).isEqualTo(18);
        assertThat(ether.l3()).isEqualTo(18);
    }

    @Test
    void writesWhatItRead() {
        ByteBuf echo = Golden.buf(Golden.ECHO);
        ByteBuf built = Golden.stale(echo);
        ether.wrap(built, 0).destination(0x0200_5e58_0002L).source(0xb2c3_0a11_d4e5L).type(EtherType.IPV4);
        assertThat(built.slice(0, 14)).isEqualTo(echo.slice(0, 14));
        assertThat(built.getByte(14)).isEqualTo((byte) 0xa5);

        ByteBuf syn = Golden.buf(Golden.SYN);
        built = Golden.stale(syn);
        ether.wrap(built, 0).destination(0x0200_5e58_0002L).source(0xb2c3_0a11_d4e5L)
                .tagged(5, 100, EtherType.IPV4);
        assertThat(built.slice(0, 18)).isEqualTo(syn.slice(0, 18));
        assertThat(built.getByte(18)).isEqualTo((byte) 0xa5);
    }

    @Test
    void readsBehindAnOffset() {
        ByteBuf buf = Golden.buf("a5a5a5" + Golden.SYN);
        assertThat(ether.wrap(buf, 3).type()).isEqualTo(EtherType.IPV4);
        assertThat(ether.l3()).isEqualTo(21);
    }

    @Test
    void refusesEveryTruncation() {
        for (int len = 0; len < 14; len++) {
            assertThat(ether.wrap(Golden.buf(Golden.ECHO).slice(0, len), 0).fits(len)).isFalse();
        }
        for (int len = 0; len < 18; len++) {
            assertThat(ether.wrap(Golden.buf(Golden.SYN).slice(0, len), 0).fits(len)).isFalse();
        }
    }

    @Test
    void doesNotLookBehindASecondTag() {
        ByteBuf buf = Golden.buf("02005e580002b2c30a11d4e5810000648100006508004500");
        assertThat(ether.wrap(buf, 0).fits(buf.capacity())).isTrue();
        assertThat(ether.type()).isEqualTo(EtherType.VLAN);
        assertThat(ether.vlanId()).isEqualTo(100);
    }
}
