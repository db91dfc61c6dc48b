package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;

@ExtendWith(NoLeaks.class)
class Icmp4HeaderTest {
    private final Icmp4Header icmp = new Icmp4Header();

    @Test
    void readsAnEchoRequest() {
        ByteBuf buf = Golden.buf(Golden.ECHO);
        assertThat(icmp.wrap(buf, 34).fits(64)).isTrue();
        assertThat(icmp.type()).isEqualTo(Icmp4Header.ECHO);
        assertThat(icmp.code()).isZero();
        assertThat(icmp.checksum()).isEqualTo(0xf748);
        assertThat(icmp.checksumOk(64)).isTrue();
        assertThat(icmp.checksumOk(63)).isFalse();
        assertThat(icmp.id()).isEqualTo(0x1c2b);
        assertThat(icmp.seq()).isEqualTo(1);
        assertThat(icmp.rest()).isEqualTo(0x1c2b_0001);
        assertThat(icmp.data()).isEqualTo(42);
    }

    @Test
    void readsFragmentationNeeded() {
        ByteBuf buf = Golden.buf(Golden.FRAGMENTATION_NEEDED);
        assertThat(icmp.wrap(buf, 20).fits(36)).isTrue();
        assertThat(icmp.type()).isEqualTo(Icmp4Header.UNREACHABLE);
        assertThat(icmp.code()).isEqualTo(Icmp4Header.FRAGMENTATION_NEEDED);
        assertThat(icmp.nextHopMtu()).isEqualTo(1400);
        assertThat(icmp.checksumOk(36)).isTrue();
        Ip4Header quoted = new Ip4Header().wrap(buf, icmp.data());
        assertThat(quoted.fits(28)).isTrue();
        assertThat(quoted.dst()).isEqualTo(0x0a58_0001);
    }

    @Test
    void writesWhatItRead() {
        ByteBuf golden = Golden.buf(Golden.ECHO);
        ByteBuf built = Golden.stale(golden);
        built.setBytes(42, golden, 42, 56);
        icmp.wrap(built, 34).type(Icmp4Header.ECHO).code(0).id(0x1c2b).seq(1).updateChecksum(64);
        assertThat(built.slice(34, 64)).isEqualTo(golden.slice(34, 64));

        golden = Golden.buf(Golden.FRAGMENTATION_NEEDED);
        built = Golden.stale(golden);
        built.setBytes(28, golden, 28, 28);
        icmp.wrap(built, 20).type(Icmp4Header.UNREACHABLE).code(Icmp4Header.FRAGMENTATION_NEEDED)
                .nextHopMtu(1400).updateChecksum(36);
        assertThat(built.slice(20, 36)).isEqualTo(golden.slice(20, 36));
    }

    @Test
    void writesThePointerAndTheRouter() {
        ByteBuf built = Golden.stale(Golden.buf(Golden.ECHO));
        icmp.wrap(built, 34).type(Icmp4Header.PARAMETER_PROBLEM).code(Icmp4Header.POINTER_INDICATES).
                pointer(21);
        assertThat(icmp.pointer()).isEqualTo(21);
        assertThat(icmp.rest()).isEqualTo(21 << 24);
        assertThat(icmp.rest(0x0a58_00fe).router()).isEqualTo(0x0a58_00fe);
        assertThat(icmp.checksum(0xbeef).checksum()).isEqualTo(0xbeef);
    }

    @Test
    void refusesEveryTruncation() {
        for (int len = 0; len < Icmp4Header.LEN; len++) {
            assertThat(icmp.wrap(Golden.buf(Golden.ECHO).slice(34, len), 0).fits(len)).isFalse();
        }
    }
}
