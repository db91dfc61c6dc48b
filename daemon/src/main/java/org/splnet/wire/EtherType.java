package org.splnet.wire;

/// Protocol numbers of Ethernet II frames.
public final class EtherType {
    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    /// Customer VLAN tag (IEEE 802.1Q §9.6).
    public static final int VLAN = 0x8100;
    public static final int IPV6 = 0x86dd;

    private EtherType() { }
}
