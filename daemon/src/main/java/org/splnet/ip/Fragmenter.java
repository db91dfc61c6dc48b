package org.splnet.ip;

import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.Ip4Header;

/// Cuts a datagram that is complete, header included, into fragments (RFC 791 §3.2). Payload is not copied:
/// each fragment
/// is a new header in front of slices of the datagram.
///
/// We put no options into headers, so none have to be copied.
final class Fragmenter {
    private final Packet whole;
    private final Ip4Header from = new Ip4Header();
    private final Ip4Header to = new Ip4Header();
    private final int payload;
    private final int room;
    private int done;

    /// Borrows `whole` as long as it is used, and completes its transport checksum, which no device could.
    ///
    /// @param mtu octets of the largest fragment, at least 28
    Fragmenter(Packet whole, int mtu) {
        this.whole = whole;
        completeChecksum();
        from.wrap(whole.buf, whole.l3);
        payload = whole.length() - Ip4Header.MIN_LEN;
        room = mtu - Ip4Header.MIN_LEN & ~7;
    }

    private void completeChecksum() {
        if (!whole.has(Packet.CHECKSUM_PARTIAL)) {
            return;
        }
        int offset = whole.end - whole.csumStart;
        int sum = Checksum.sum(whole.buf, whole.csumStart, offset);
        for (int i = 0; i < whole.pieces(); i++) {
            int more = Checksum.sum(whole.pieceBuf(i), whole.pieceAt(i), whole.pieceLen(i));
            sum = Checksum.addAt(sum, more, offset);
            offset += whole.pieceLen(i);
        }
        whole.buf.setShort(whole.csumStart + whole.csumOffset, Checksum.udp(Checksum.finish(sum)));
        whole.flags &= ~Packet.CHECKSUM_PARTIAL;
    }

    /// The next fragment, which the caller owns; null when all have been made.
    Packet next() {
        if (done == payload) {
            return null;
        }
        Packet fragment = whole.pool().allocate(Ip4Header.MIN_LEN);
        fragment.l3 = fragment.append(Ip4Header.MIN_LEN);
        fragment.buf.setBytes(fragment.l3, whole.buf, whole.l3, Ip4Header.MIN_LEN);
        int len = slice(fragment, done, Math.min(room, payload - done));
        to.wrap(fragment.buf, fragment.l3).totalLength(Ip4Header.MIN_LEN + len)
                .fragment(false, done + len < payload, done).updateChecksum();
        fragment.flags = whole.flags;
        fragment.proto = whole.proto;
        fragment.srcHi = whole.srcHi;
        fragment.srcLo = whole.srcLo;
        fragment.dstHi = whole.dstHi;
        fragment.dstLo = whole.dstLo;
        done += len;
        return fragment;
    }

    /// Adds payload octets `[offset, offset + len)` as pieces.
    private int slice(Packet fragment, int offset, int len) {
        int skip = offset;
        int left = len;
        int inHead = whole.end - (whole.l3 + Ip4Header.MIN_LEN);
        if (skip < inHead) {
            int n = Math.min(left, inHead - skip);
            fragment.addPiece(whole.buf, whole.l3 + Ip4Header.MIN_LEN + skip, n);
            left -= n;
            skip = 0;
        } else {
            skip -= inHead;
        }
        for (int i = 0; left > 0; i++) {
            int pieceLen = whole.pieceLen(i);
            if (skip >= pieceLen) {
                skip -= pieceLen;
                continue;
            }
            int n = Math.min(left, pieceLen - skip);
            fragment.addPiece(whole.pieceBuf(i), whole.pieceAt(i) + skip, n);
            left -= n;
            skip = 0;
        }
        return len;
    }
}
