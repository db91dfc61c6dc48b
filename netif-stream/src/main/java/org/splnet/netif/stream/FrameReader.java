package org.splnet.netif.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.driver.ReceiveSlot;
import org.splnet.driver.ReusedBuffers;
import org.splnet.net.DeviceQueue;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.wire.EtherHeader;

/// Cuts what comes from a peer into frames: as many per `recv` as there are, each copied into a buffer for
/// itself ([ReusedBuffers]), so that whoever keeps it keeps nothing of the others, and whoever makes it
/// longer spoils none. Belongs to the reading thread.
final class FrameReader {
    /// Octets of the length in front of each frame.
    static final int PREFIX = 4;
    private static final int BATCH = 65536;
    /// Buffers of frames that their readers have not come to.
    private static final int KEPT = 8;

    /// How it stands with the peer.
    enum State {
        /// It may send more.
        OPEN,
        /// It has closed, or died.
        ENDED,
        /// It has announced a frame that no peer of ours may send.
        TOO_LONG
    }

    private final int longest;
    private final ByteBuf in;
    private final ReusedBuffers single;
    private State state = State.OPEN;
    private long refused;
    private int errno;

    /// @param mtu largest IP packet in octets
    FrameReader(int mtu) {
        longest = mtu + EtherHeader.DOUBLE_TAGGED_LEN;
        single = new ReusedBuffers((ReceiveSlot.FRAME_AT + longest + 255) / 256 * 256, KEPT);
        in = Unpooled.directBuffer(Math.max(BATCH, 2 * (PREFIX + longest)));
    }

    /// A new peer: what is left of the last one's octets goes.
    void restart() {
        in.clear();
        state = State.OPEN;
        errno = 0;
    }

    /// Reads at most `max` frames without blocking and hands them up. [#state] tells whether there may be
    /// more.
    int read(int fd, PacketPool pool, DeviceQueue.Sink sink, int max) {
        int frames = 0;
        while (frames < max && state == State.OPEN) {
            if (complete()) {
                next(pool, sink);
                frames++;
            } else if (announced() > longest) {
                refused = announced();
                state = State.TOO_LONG;
                pool.drops().add(DropReason.ETHER_TRUNCATED);
            } else if (!fill(fd)) {
                break;
            }
        }
        return frames;
    }

    /// True if a frame is here that needs no system call.
    boolean complete() {
        long length = announced();
        return length >= 0 && length <= longest && in.readableBytes() >= PREFIX + length;
    }

    State state() {
        return state;
    }

    /// The length that was too much, in octets.
    long refused() {
        return refused;
    }

    /// The error that ended it, or 0 if the peer did in good order.
    int errno() {
        return errno;
    }

    /// Octets that begin a frame whose rest has not come.
    int partial() {
        return in.readableBytes();
    }

    /// Most octets a frame may have.
    int longest() {
        return longest;
    }

    void dispose() {
        in.release();
        single.dispose();
    }

    private long announced() {
        return in.readableBytes() < PREFIX ? -1 : in.getUnsignedInt(in.readerIndex());
    }

    private void next(PacketPool pool, DeviceQueue.Sink sink) {
        ByteBuf buf = single.supply(pool);                  // may fail: then the frame waits here
        int length = (int) in.readUnsignedInt();
        int at = in.readerIndex();
        in.skipBytes(length);
        if (length == 0) {
            pool.drops().add(DropReason.ETHER_SHORT);
            return;
        }
        buf.setIndex(ReceiveSlot.FRAME_AT, ReceiveSlot.FRAME_AT).writeBytes(in, at, length);
        Packet frame = pool.wrap(buf.retain(), ReceiveSlot.FRAME_AT, length);
        try {
            sink.frame(frame);
        } finally {
            single.settle();
        }
    }

    // What is left is less than a frame, and to the front of the buffer it goes.
    private boolean fill(int fd) {
        in.discardReadBytes();
        int got;
        do {
            got = Fd.mine().read(fd, in);
        } while (got == -Errno.EINTR);
        if (got > 0) {
            return true;
        }
        if (got != -Errno.EAGAIN) {
            state = State.ENDED;
            errno = -got;
        }
        return false;
    }
}
