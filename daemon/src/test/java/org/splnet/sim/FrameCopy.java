package org.splnet.sim;

import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// A frame as a NIC's memory would hold it.
public final class FrameCopy {
    private FrameCopy() {
    }

    /// Borrows `frame`.
    ///
    /// @return a copy in one piece, in the receiver's pool, with the offload metadata a virtio device gives
    public static Packet contiguous(Packet frame, PacketPool pool) {
        Packet copy = pool.allocate(frame.length());
        int at = copy.append(frame.length());
        int head = frame.end - frame.start;
        copy.buf.setBytes(at, frame.buf, frame.start, head);
        int to = at + head;
        for (int i = 0; i < frame.pieces(); i++) {
            copy.buf.setBytes(to, frame.pieceBuf(i), frame.pieceAt(i), frame.pieceLen(i));
            to += frame.pieceLen(i);
        }
        copy.l2 = at;
        if (frame.has(Packet.CHECKSUM_PARTIAL)) {
            copy.flags |= Packet.CHECKSUM_PARTIAL;
            copy.csumStart = at + frame.csumStart - frame.start;
            copy.csumOffset = frame.csumOffset;
            copy.gsoSize = frame.gsoSize;
        }
        return copy;
    }
}
