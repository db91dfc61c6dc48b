package org.splnet.ip;

import org.splnet.pkt.Packet;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.Ip4Options;

/// Cuts a datagram that is complete, header included, into fragments (RFC 791 §3.2). Payload is not copied,
/// save for a little that stands with the header: each fragment is a new header in front of slices of the
/// datagram. One per datagram, used by one thread.
final class Fragmenter {
    /// Payload in the datagram's first buffer up to this is copied: cheaper than a slice, and the transport's
    /// header, which an error of the next hop is to quote, stays where it can be read.
    private static final int COPY = 64;
    /// What every module must forward unfragmented (RFC 791 §3.2).
    private static final int LEAST_MTU = 68;

    private final Packet whole;
    private final Ip4Header from = new Ip4Header();
    private final Ip4Header to = new Ip4Header();
    private final int mtu;
    private final int headerLen;
    private final int laterHeaderLen;
    private final int payload;
    private int done;

    /// Borrows `whole` as long as it is used, and completes its transport checksum, which no device could.
    ///
    /// @param mtu octets of the largest fragment
    Fragmenter(Packet whole, int mtu) {
        this.whole = whole;
        this.mtu = Math.max(mtu, LEAST_MTU);
        if (whole.has(Packet.CHECKSUM_PARTIAL)) {
            whole.completeChecksum();
        }
        headerLen = from.wrap(whole.buf, whole.l3).headerLen();
        laterHeaderLen = Ip4Header.MIN_LEN + copied(null, 0);
        payload = whole.length() - headerLen;
    }

    /// Copies the options that go into every fragment, and pads them (RFC 791 §3.1).
    ///
    /// @param into the fragment, borrowed, or null just to measure
    /// @return octets, a multiple of 4
    private int copied(Packet into, int at) {
        Ip4Options options = new Ip4Options().wrap(whole.buf, whole.l3, headerLen);
        int len = 0;
        while (options.next()) {
            if (options.copied()) {
                if (into != null) {
                    into.buf.setBytes(at + len, whole.buf, whole.l3 + options.offset(), options.length());
                }
                len += options.length();
            }
        }
        int padded = len + 3 & ~3;
        if (into != null) {
            into.buf.setZero(at + len, padded - len);       // "end of option list" is zero
        }
        return padded;
    }

    /// True until the last fragment has been made.
    boolean more() {
        return done < payload;
    }

    /// The next fragment, which the caller owns; null if there is no memory for it.
    Packet next() {
        int header = done == 0 ? headerLen : laterHeaderLen;
        int room = mtu - header;
        int left = payload - done;
        int len = left <= room ? left : room & ~7;
        Packet fragment = whole.pool().tryAllocate(header + inHead(len));
        if (fragment == null) {
            return null;
        }
        fragment.l3 = fragment.append(header);
        fragment.l4 = fragment.end;
        if (done == 0) {
            fragment.buf.setBytes(fragment.l3, whole.buf, whole.l3, header);
        } else {
            fragment.buf.setBytes(fragment.l3, whole.buf, whole.l3, Ip4Header.MIN_LEN);
            copied(fragment, fragment.l3 + Ip4Header.MIN_LEN);
        }
        fill(fragment, len);
        to.wrap(fragment.buf, fragment.l3).headerLen(header).totalLength(header + len)
                .fragment(false, done + len < payload, done).updateChecksum();
        fragment.flags = done == 0 ? whole.flags : whole.flags | Packet.CONTINUES;
        fragment.proto = whole.proto;
        fragment.ttl = whole.ttl;
        fragment.tos = whole.tos;
        fragment.srcHi = whole.srcHi;
        fragment.srcLo = whole.srcLo;
        fragment.dstHi = whole.dstHi;
        fragment.dstLo = whole.dstLo;
        done += len;
        return fragment;
    }

    /// Of the next `len` octets of payload, how many lie in the datagram's first buffer and are to be copied.
    private int inHead(int len) {
        int there = Math.clamp(whole.end - whole.l3 - headerLen - done, 0, len);
        // a slice more than there are pieces would be one too many
        if (there <= COPY || whole.pieces() == Packet.MAX_PIECES) {
            return there;
        }
        return done == 0 ? COPY : 0;            // the transport's header, for whoever has to say whose it was
    }

    /// Adds the next `len` octets of payload. Borrows `fragment`.
    private void fill(Packet fragment, int len) {
        int head = inHead(len);
        if (head > 0) {
            fragment.append(head);
            fragment.buf.setBytes(fragment.l4, whole.buf, whole.l3 + headerLen + done, head);
        }
        int skip = done + head;
        int end = done + len;
        int at = 0;
        for (int i = -1; at < end; i++) {
            int start = i < 0 ? whole.l3 + headerLen : whole.pieceAt(i);
            int size = i < 0 ? whole.end - start : whole.pieceLen(i);
            int low = Math.max(skip, at);
            int high = Math.min(end, at + size);
            if (low < high) {
                fragment.addPiece(i < 0 ? whole.buf : whole.pieceBuf(i), start + low - at, high - low);
            }
            at += size;
        }
    }
}
