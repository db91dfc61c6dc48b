package org.splnet.netif.pcap;

import org.splnet.capture.BpfProgram.Instruction;
import org.splnet.capture.FilterException;
import org.splnet.wire.MacAddr;

/// Which frames the kernel lets through to us.
final class NicFilter {
    /// The group that every host is in: 224.0.0.1 (RFC 1112 §6.4, §7.2).
    static final MacAddr ALL_HOSTS = MacAddr.parse("01:00:5e:00:00:01");

    // classic BPF (`Documentation/networking/filter.rst` of Linux)
    private static final int LD_W_ABS = 0x20;
    private static final int AND_K = 0x54;
    private static final int JEQ_K = 0x15;
    private static final int RET_K = 0x06;
    /// SKF_AD_OFF + SKF_AD_VLAN_TAG
    private static final int VLAN_TAG = -0x1000 + 44;
    /// SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT
    private static final int VLAN_TAG_PRESENT = -0x1000 + 48;
    private static final int VLAN_ID = 0xfff;

    private NicFilter() {
    }

    /// Frames for our station, for all and for the group of all hosts, and not what we have sent ourselves.
    static String expression(MacAddr mac) {
        return "(ether dst " + mac + " or ether broadcast or ether dst " + ALL_HOSTS + ") and not ether src "
                + mac;
    }

    /// The same as a program that asks in front whether a frame is of some VLAN. The kernel has by then taken
    /// the tag out of it, and we would take it for one of the untagged network. A tag with a priority only
    /// (VLAN 0) does no harm. Frames that a VLAN's own interface hands on have none any more; before Linux
    /// 6.2 its number is still there to be read then.
    static Instruction[] program(MacAddr mac) throws FilterException {
        Instruction[] libpcap = PcapFilterCompiler.instructions(expression(mac));
        Instruction[] noVlan = {
            new Instruction(LD_W_ABS, 0, 0, VLAN_TAG_PRESENT),
            new Instruction(JEQ_K, 4, 0, 0),
            new Instruction(LD_W_ABS, 0, 0, VLAN_TAG),
            new Instruction(AND_K, 0, 0, VLAN_ID),
            new Instruction(JEQ_K, 1, 0, 0),
            new Instruction(RET_K, 0, 0, 0),
        };
        Instruction[] all = new Instruction[noVlan.length + libpcap.length];
        System.arraycopy(noVlan, 0, all, 0, noVlan.length);
        System.arraycopy(libpcap, 0, all, noVlan.length, libpcap.length);
        return all;
    }
}
