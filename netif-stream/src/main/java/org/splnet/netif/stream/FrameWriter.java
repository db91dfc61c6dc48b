package org.splnet.netif.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.pkt.Packet;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.wire.EtherHeader;

/// Gathers frames, each behind its length, and sends what has been gathered with one `send`. Used under the
/// interface's `TRANSMIT` lock, which guards all it has.
final class FrameWriter {
    /// The segments of one large TCP packet and their headers, and as much again.
    private static final int BATCH = 131_072;

    private final Fd calls = Fd.locked();
    private final int longest;
    private final ByteBuf out;
    private int frames;

    /// @param mtu largest IP packet in octets
    FrameWriter(int mtu) {
        longest = mtu + EtherHeader.DOUBLE_TAGGED_LEN;
        out = Unpooled.directBuffer(Math.max(BATCH, 2 * (FrameReader.PREFIX + longest)));
    }

    /// A new peer: what the last one has not taken goes.
    ///
    /// @return how many frames that are at least
    int restart() {
        int lost = out.isReadable() ? frames : 0;
        out.clear();
        frames = 0;
        return lost;
    }

    /// True if the peer could never take it.
    boolean tooLong(Packet frame) {
        return frame.length() > longest;
    }

    /// Puts a frame behind the others. Borrows `frame`, which is not [#tooLong].
    ///
    /// @return 1 if it was taken, 0 if there is no room for now, else `-errno`
    int put(int fd, Packet frame) {
        int length = frame.length();
        int needed = FrameReader.PREFIX + length;
        if (out.writableBytes() < needed) {
            int result = push(fd);
            if (result < 0) {
                return result;
            }
            out.discardReadBytes();
            if (out.writableBytes() < needed) {
                return 0;
            }
        }
        out.writeInt(length);
        out.writeBytes(frame.buf, frame.start, frame.end - frame.start);
        for (int i = 0; i < frame.pieces(); i++) {
            out.writeBytes(frame.pieceBuf(i), frame.pieceAt(i), frame.pieceLen(i));
        }
        frames++;
        return 1;
    }

    /// Sends as much as the socket takes.
    ///
    /// @return 1 if nothing is left, 0 if something is, else `-errno`
    int push(int fd) {
        while (out.isReadable()) {
            int sent = calls.write(fd, out);
            if (sent == -Errno.EAGAIN || sent == -Errno.ENOBUFS) {
                return 0;
            }
            if (sent < 0 && sent != -Errno.EINTR) {
                return sent;
            }
        }
        out.clear();
        frames = 0;
        return 1;
    }

    void dispose() {
        out.release();
    }
}
