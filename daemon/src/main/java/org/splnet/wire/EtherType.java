package org.splnet.wire;

/// Protocol numbers of Ethernet II frames.
public final class EtherType {
    /// Up to here the field is a length (IEEE 802.3 §3.2.6).
    public static final int MAX_LENGTH = 1500;
    /// From here on it is a type; what lies between is neither.
    public static final int MIN_TYPE = 0x600;
    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    /// Customer VLAN tag (IEEE 802.1Q §9.6).
    public static final int VLAN = 0x8100;
    public static final int IPV6 = 0x86dd;

    private EtherType() { }
}
