package org.splnet.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// Blocks, octet by octet, as draft-ietf-opsawg-pcapng draws them.
class PcapngTest {
    private static final byte[] FRAME = {1, 2, 3, 4, 5};

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    @Test
    void aFrameThatPassed() {
        assertThat(hex(Pcapng.packet(3, 0x1122_3344_5566_7788L, true, 9, FRAME, null))).isEqualTo(
                "06000000" + "34000000" + "03000000" + "44332211" + "88776655" + "05000000" + "09000000"
                + "0102030405000000" + "02000400" + "02000000" + "00000000" + "34000000");
    }

    @Test
    void aFrameThatWasDroppedHasTheReasonAsItsComment() {
        assertThat(hex(Pcapng.packet(0, 7, false, 5, FRAME, "dropped: x"))).isEqualTo(
                "06000000" + "44000000" + "00000000" + "00000000" + "07000000" + "05000000" + "05000000"
                + "0102030405000000" + "01000a00" + "64726f707065643a20780000"
                + "02000400" + "01000000" + "00000000" + "44000000");
    }
}
