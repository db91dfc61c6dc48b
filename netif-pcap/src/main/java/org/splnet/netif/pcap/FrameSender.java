package org.splnet.netif.pcap;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.splnet.driver.FrameGather;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Errno;
import org.splnet.unix.Libc;

/// Writes frames to a packet socket, several by one `sendmmsg`, gathered where they lie. Nothing is copied
/// but by the kernel, nothing allocated. Used under the interface's `TRANSMIT` lock, which guards its memory.
final class FrameSender {
    private static final int BATCH = 32;

    private final Libc libc = new Libc();
    private final Messages messages = new Messages(BATCH);
    private final FrameGather[] frames = new FrameGather[BATCH];
    private final MemorySegment[] vectors = new MemorySegment[BATCH];
    // the buffers that the batch lies in, kept until it is sent
    private final ByteBuf[] kept = new ByteBuf[BATCH * (Packet.MAX_PIECES + 1)];
    private final int[] keptEnd = new int[BATCH];
    private final int socket;
    private int first;
    private int end;
    private int refused;
    private int lastErrno;
    private boolean stuck;

    FrameSender(int socket) {
        this.socket = socket;
        MemorySegment all = Arena.ofAuto().allocate((long) BATCH * FrameGather.VECTORS_LEN, 8);
        for (int i = 0; i < BATCH; i++) {
            vectors[i] = all.asSlice((long) i * FrameGather.VECTORS_LEN, FrameGather.VECTORS_LEN);
            frames[i] = new FrameGather(NicSocket.HEADER_LEN, vectors[i]);
        }
    }

    /// Takes a frame into the batch, sending the batch if it is full. Borrows `frame`, and retains its
    /// buffers.
    ///
    /// @return false if there is no room
    boolean add(Packet frame) {
        if (end == BATCH && !send()) {
            return false;
        }
        int count = frames[end].describe(frame);
        if (count == 0) {
            refuse(Errno.EINVAL);
            return true;
        }
        messages.aim(end, vectors[end].address(), count);
        int at = end == 0 ? 0 : keptEnd[end - 1];
        kept[at++] = frame.buf.retain();
        for (int i = 0; i < frame.pieces(); i++) {
            kept[at++] = frame.pieceBuf(i).retain();
        }
        keptEnd[end++] = at;
        return true;
    }

    /// Sends the batch. A frame that the kernel refuses for itself is left out and counted.
    ///
    /// @return false if some of it stays, because the socket has no room
    boolean send() {
        stuck = false;
        while (first < end) {
            int sent = sendmmsg();
            if (sent > 0) {
                done(sent);
            } else if (sent == -Errno.EAGAIN) {
                stuck = true;
                return false;
            } else if (sent != -Errno.EINTR) {
                refuse(-sent);
                done(1);
            }
        }
        first = 0;
        end = 0;
        return true;
    }

    /// True if frames wait in the batch.
    boolean waiting() {
        return first < end;
    }

    /// True if frames wait because the socket had no room.
    boolean stuck() {
        return stuck;
    }

    /// Frames refused since this was asked last.
    int refused() {
        int count = refused;
        refused = 0;
        return count;
    }

    /// Why the last one was.
    int lastErrno() {
        return lastErrno;
    }

    /// Gives the buffers back. Nobody sends any more.
    void dispose() {
        done(end - first);
    }

    private void done(int count) {
        for (int next = first == 0 ? 0 : keptEnd[first - 1]; count > 0; count--) {
            PacketPool.giveBack(kept[next]);
            kept[next++] = null;
            for (; next < keptEnd[first]; next++) {
                kept[next].release();
                kept[next] = null;
            }
            first++;
        }
    }

    private void refuse(int errno) {
        refused++;
        lastErrno = errno;
    }

    private int sendmmsg() {
        return libc.sendmmsg(socket, messages.address(first), end - first, Libc.MSG_DONTWAIT);
    }
}
