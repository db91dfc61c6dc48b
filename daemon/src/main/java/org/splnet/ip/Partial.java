package org.splnet.ip;

import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;

/// A datagram under reassembly: whose it is (RFC 791: source, destination, protocol, identification), since
/// when, what has come of it, and its neighbors in age.
///
/// Lock key:  (c) constant   (b) its bucket's lock, rank `REASSEMBLY`   (v) written under (b);
///            whoever has taken it out of the bucket reads it without
final class Partial {
    final long srcLo;           // (c)
    final long dstLo;           // (c)
    final int proto;            // (c)
    final int id;               // (c)
    final long startedNs;       // (c)
    final Datagram datagram;    // (c)
    /// Why it has been given up and what still comes of it is dropped; null if it has not.
    DropReason spoiled;         // (v)
    Partial older;              // (b)
    Partial newer;              // (b)

    /// Borrows `fragment`.
    Partial(Packet fragment, int id, int maxFragments, long nowNs) {
        srcLo = fragment.srcLo;
        dstLo = fragment.dstLo;
        proto = fragment.proto;
        this.id = id;
        startedNs = nowNs;
        datagram = new Datagram(maxFragments);
    }

    boolean is(Packet fragment, int id) {
        return this.id == id && srcLo == fragment.srcLo && dstLo == fragment.dstLo && proto == fragment.proto;
    }
}
