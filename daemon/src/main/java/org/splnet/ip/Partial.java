package org.splnet.ip;

import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;

/// A datagram under reassembly: whose it is (RFC 791: source, destination, protocol, identification), since
/// when, what has come of it, and its neighbors in age. Guarded by its bucket's lock.
final class Partial {
    final long srcLo;
    final long dstLo;
    final int proto;
    final int id;
    final long startedNs;
    final Datagram datagram;
    /// Why it has been given up and what still comes of it is dropped; null if it has not.
    DropReason spoiled;
    Partial older;
    Partial newer;

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
