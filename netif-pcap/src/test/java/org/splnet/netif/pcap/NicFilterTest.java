package org.splnet.netif.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.splnet.capture.BpfProgram.Instruction;
import org.splnet.wire.MacAddr;

/// What is asked of a frame before libpcap's own questions: whether it is of another VLAN. As a kernel goes
/// through it, of which there are more than the one that the tests run on.
class NicFilterTest {
    private static final int VLAN_TAG = -0x1000 + 44;
    private static final int VLAN_TAG_PRESENT = -0x1000 + 48;

    private static final MacAddr OURS = MacAddr.parse("02:00:5e:10:00:01");

    /// True if libpcap's part is come to.
    private static boolean goesOn(boolean present, int tag) throws Exception {
        Instruction[] program = NicFilter.program(OURS);
        int own = program.length - PcapFilterCompiler.instructions(NicFilter.expression(OURS)).length;
        int accumulator = 0;
        int at = 0;
        while (at < own) {
            Instruction each = program[at++];
            switch (each.code()) {
                case 0x20 -> accumulator = switch (each.k()) {
                    case VLAN_TAG -> tag;
                    case VLAN_TAG_PRESENT -> present ? 1 : 0;
                    default -> throw new AssertionError(each);
                };
                case 0x54 -> accumulator &= each.k();
                case 0x15 -> at += accumulator == each.k() ? each.jt() : each.jf();
                case 0x06 -> {
                    return each.k() != 0;
                }
                default -> throw new AssertionError(each);
            }
        }
        assertThat(at).as("the first of libpcap's").isEqualTo(own);
        return true;
    }

    @Test
    void framesOfAnotherVlanAreNotOurs() throws Exception {
        assertThat(goesOn(true, 5)).isFalse();
        assertThat(goesOn(true, 0xe005)).isFalse();
        assertThat(goesOn(true, 0xe000)).as("a priority").isTrue();
        assertThat(goesOn(false, 0)).isTrue();
    }

    /// Kernels before 6.2 only forget that there is a tag.
    @Test
    void framesOnTheInterfaceOfAVlanAre() throws Exception {
        assertThat(goesOn(false, 5)).isTrue();
    }
}
