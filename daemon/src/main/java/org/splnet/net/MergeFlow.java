package org.splnet.net;

import org.splnet.pkt.Packet;
import org.splnet.wire.EtherHeader;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.TcpHeader;

/// What is held of one flow: the first segment as it came, or, from the second one on, a copy with the
/// text of all. A copy in one piece costs no more than what it saves: the device's buffers are used again
/// at once, while they are in the cache, and whoever reads has one slice to deal with.
///
/// How large that copy may become follows what was merged before, so that little text does not keep 64 KiB.
/// Owned by one thread, as its [Merger].
final class MergeFlow {
    private static final int SMALLEST = 8 << 10;
    private static final int LARGEST = 64 << 10;

    private final Ip4Header ip = new Ip4Header();
    private final TcpHeader tcp = new TcpHeader();
    private int capacity = 16 << 10;
    private Packet head;
    private boolean copied;
    private boolean complete;
    private boolean pushed;
    private long source;
    private long hosts;
    private int ports;
    private int nextSeq;
    private int ack;
    private int flagsAndWindow;
    private int service;
    private int textAt;
    private int size;

    boolean empty() {
        return head == null;
    }

    /// True if the candidate belongs to what is held.
    boolean isOf(MergeCandidate it) {
        return head != null && hosts == it.hosts && ports == it.ports;
    }

    /// True if nothing may be added any more.
    boolean complete() {
        return complete;
    }

    /// Holds the candidate's frame. Consumes it.
    void begin(MergeCandidate it) {
        head = it.frame;
        copied = false;
        complete = false;
        pushed = it.pushed;
        source = it.source;
        hosts = it.hosts;
        ports = it.ports;
        nextSeq = it.seq + it.textLen;
        ack = it.ack;
        flagsAndWindow = it.flagsAndWindow;
        service = it.service;
        textAt = it.textAt;
        size = it.textLen;
    }

    /// Adds the candidate's text to that of the same flow, if it goes on where that ends and all else is the
    /// same. Consumes the candidate's frame in that case.
    boolean takes(MergeCandidate it) {
        if (it.seq != nextSeq || it.textLen > size || it.ack != ack || it.flagsAndWindow != flagsAndWindow
                || it.service != service || it.textAt != textAt || it.source != source
                || !it.sameOptions(head) || !room(it.textLen)) {
            return false;
        }
        Packet frame = it.frame;
        int at = head.append(it.textLen);
        head.buf.setBytes(at, frame.buf, frame.start + it.textAt, it.textLen);
        frame.free();
        nextSeq += it.textLen;
        pushed |= it.pushed;
        complete = it.textLen < size || head.end - head.start + size > most();
        return true;
    }

    private int most() {
        return capacity - Packet.HEADROOM;
    }

    /// Moves to a buffer of its own, if it has none yet.
    private boolean room(int more) {
        if (copied) {
            return head.end - head.start + more <= most();
        }
        int len = textAt + size;
        while (2 * len > most() && capacity < LARGEST) {
            capacity *= 2;
        }
        if (len + more > most()) {
            return false;
        }
        Packet copy;
        try {
            copy = head.pool().allocate(most());
        } catch (OutOfMemoryError e) {              // of buffers: Netty's limit
            return false;
        }
        int at = copy.append(len);
        copy.buf.setBytes(at, head.buf, head.start, len);
        copy.l2 = at;
        copy.flags = Packet.CHECKSUM_GOOD;
        copy.gsoSize = size;
        head.free();
        head = copy;
        copied = true;
        return true;
    }

    /// Lets go of it.
    ///
    /// @return what is held; the caller owns it
    Packet end() {
        Packet all = head;
        head = null;
        if (copied) {
            int length = all.length();
            if (length + size > most()) {
                capacity = Math.min(2 * capacity, LARGEST);
            } else if (length < capacity / 4) {
                capacity = Math.max(capacity / 2, SMALLEST);
            }
            int l3 = all.start + EtherHeader.LEN;
            ip.wrap(all.buf, l3).totalLength(length - EtherHeader.LEN).updateChecksum();
            if (pushed) {
                tcp.wrap(all.buf, ip.l4()).flags(tcp.flags() | TcpHeader.PSH);
            }
        }
        return all;
    }
}
