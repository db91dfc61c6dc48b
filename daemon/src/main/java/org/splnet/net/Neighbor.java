package org.splnet.net;

/// One neighbor on one link: address, station address, state (in the words of RFC 4861, 7.3.2, which serve
/// ARP as well),
/// and the packets that wait for it. Guarded by its `NEIGHBOR` lock.
public abstract class Neighbor {
    /// Address, high half of the 128-bit form.
    public abstract long hi();

    /// Address, low half.
    public abstract long lo();

    /// The link it is on.
    public abstract NetIf link();

    /// False once it was removed from its table: look it up again. Volatile; no lock needed.
    public abstract boolean live();

    /// Advice from above that it is reachable (RFC 4861, 7.3.1): no probe is due for a while. Cheap enough
    /// for every
    /// acknowledgment.
    public abstract void confirm(long nowNs);

    /// Advice from above that it may not be: verify soon.
    public abstract void suspect(long nowNs);
}
