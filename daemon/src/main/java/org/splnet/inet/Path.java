package org.splnet.inet;

/// The way from one local to one remote address, as an endpoint keeps it: route, interface, next hop and path
/// MTU, cached so that a segment costs no look-ups. Owned by one endpoint and covered by its lock; renewed by
/// the network protocol when routes or addresses have changed.
public abstract class Path {
    /// Our address, high half of the 128-bit form.
    public abstract long localHi();

    /// Our address, low half.
    public abstract long localLo();

    /// The other's address, high half.
    public abstract long remoteHi();

    /// The other's address, low half.
    public abstract long remoteLo();

    /// Largest packet, IP header included, that is known to get through, in octets.
    public abstract int mtu();

    /// Largest packet that the interface takes, in octets: what may come in, however little is known to get
    /// through the other way.
    public abstract int linkMtu();

    /// Looks whether routes, or what is known of MTUs, have changed. Sending does so by itself.
    public abstract void renew(long nowNs);

    /// ICMP says that less gets through (RFC 1191), and the transport finds that plausible (RFC 5927): notes
    /// it for this way and for others to the same host.
    ///
    /// @param lower the next hop's MTU in octets
    public abstract void lowerMtu(int lower, long nowNs);

    /// Octets of the network header in front of the transport header: 20 for IPv4 without options.
    public abstract int headerLength();

    /// Largest transport header plus payload that may be handed down as one packet to be cut by `gsoSize`,
    /// in octets; at least what [#mtu] allows.
    public abstract int largestSend();

    /// True if both ends are on this host.
    public abstract boolean loopback();

    /// A hint from the transport that the other end is alive (RFC 1122, 2.3.2.1: advice from above), which
    /// spares a neighbor probe.
    public abstract void confirm(long nowNs);

    /// A hint that packets seem not to arrive (RFC 1122, 4.2.3.5 R1): look for another way.
    public abstract void suspect(long nowNs);
}
