package org.splnet.wire;

import io.netty.buffer.ByteBuf;

/// Protocol numbers of IP, as assigned by IANA.
public final class IpProto {
    public static final int ICMP = 1;
    public static final int IGMP = 2;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMP6 = 58;

    private static final int IPV4_PROTO = 9;
    private static final int IPV6_NEXT = 6;

    private IpProto() { }

    /// What the IP header at `l3` says comes behind it; -1 if `end` is before that, or the type is not IP's.
    public static int of(ByteBuf buf, int l3, int end, int etherType) {
        int at = l3 + (etherType == EtherType.IPV4 ? IPV4_PROTO : IPV6_NEXT);
        boolean ip = etherType == EtherType.IPV4 || etherType == EtherType.IPV6;
        return ip && at < end ? buf.getUnsignedByte(at) : -1;
    }
}
