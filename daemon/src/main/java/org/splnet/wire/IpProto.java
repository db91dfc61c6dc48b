package org.splnet.wire;

/// Protocol numbers of IP, as assigned by IANA.
public final class IpProto {
    public static final int ICMP = 1;
    public static final int IGMP = 2;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMP6 = 58;

    private IpProto() { }
}
