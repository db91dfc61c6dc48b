package org.splnet.pcb;

import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// An address and a port that [PortTable] has reserved, for all who have it on the same terms; each of them
/// releases it once.
///
/// Lock key: (c) constant, (p) the lock of [PortTable], rank `PORTS`.
public final class Reservation {
    final long hi;                // (c)
    final long lo;                // (c)
    final int port;               // (c)
    final Sharing sharing;        // (c) null if outgoing: chosen for a far end
    int uses = 1;                 // (p)
    int listeners;                // (p) of the uses
    Reservation next;             // (p)

    Reservation(long hi, long lo, int port, Sharing sharing, Reservation next) {
        this.hi = hi;
        this.lo = lo;
        this.port = port;
        this.sharing = sharing;
        this.next = next;
    }

    /// The port.
    public int port() {
        return port;
    }

    /// What is reserved; the address is unspecified for any.
    public Endpoint local() {
        return new Endpoint(InetAddr.of(hi, lo), port);
    }

    /// True if both are shared as `SO_REUSEPORT` says, with each other.
    public boolean sharedByPort(Reservation other) {
        return sharing != null && other.sharing != null && sharing.withListener(other.sharing);
    }

    /// True if no socket can have an address and port of both.
    boolean apart(long otherHi, long otherLo) {
        return (hi != otherHi || lo != otherLo) && !covers(hi, lo, otherHi, otherLo)
                && !covers(otherHi, otherLo, hi, lo);
    }

    /// True if the first address is the unspecified one of a family the second belongs to; that of IPv6
    /// stands for both families.
    private static boolean covers(long anyHi, long anyLo, long hi, long lo) {
        return anyHi == 0 && (anyLo == 0 || anyLo == Ip4Addr.ANY.lo() && InetAddr.isV4(hi, lo));
    }
}
