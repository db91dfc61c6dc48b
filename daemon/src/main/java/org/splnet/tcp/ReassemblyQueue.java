package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.splnet.socket.Pinned;
import org.splnet.wire.Seq;

/// What arrived out of order (`tcp_reass`; RFC 9293 SHLD-31): disjoint pieces in order of their sequence
/// numbers, each octet held once, the first to arrive. A container: no lock, no clock, no logger, and a cap
/// on pieces and on the octets of memory they pin.
///
/// Large pieces are kept by reference, small ones copied, so that a segment of one octet does not pin the 64
/// KiB it arrived in. What goes on where a piece ends becomes part of it: behind one hole there may be
/// thousands of segments, and the cap on pieces is meant for holes. Covered by its connection's lock.
final class ReassemblyQueue {
    private static final int FIRST = 8;
    /// A piece smaller than this part of its buffer is copied.
    private static final int COPY_BELOW = 4;
    /// Octets that a piece may have been joined from.
    private static final int JOINED = 64 << 10;
    /// Octets that are a piece by themselves.
    private static final int WHOLE = 16 << 10;

    private final ByteBufAllocator allocator;
    private final int maxPieces;
    private final int maxPinned;
    private int[] from = new int[FIRST];
    private int[] length = new int[FIRST];
    private int[] at = new int[FIRST];
    private int[] room = new int[FIRST];               // octets that still fit behind it
    private ByteBuf[] data = new ByteBuf[FIRST];
    private int pieces;
    private int pinned;
    private int octets;
    private boolean finKnown;
    private int finSeq;
    private int runStart;
    private int runEnd;

    /// @param maxPieces pieces held at most
    /// @param maxPinned octets of memory pinned at most
    ReassemblyQueue(ByteBufAllocator allocator, int maxPieces, int maxPinned) {
        this.allocator = allocator;
        this.maxPieces = maxPieces;
        this.maxPinned = maxPinned;
    }

    /// Takes what is new of `len` octets of `buf` at `index`, numbered from `seq`. Borrows `buf`, retains it
    /// for what it keeps by reference.
    ///
    /// @return octets that were new and are held now; less than were new if a cap was reached
    int add(int seq, ByteBuf buf, int index, int len) {
        int end = seq + len;
        int next = seq;                                    // first octet not yet dealt with
        int before = octets;
        int i = firstReaching(seq);
        while (Seq.lt(next, end)) {
            // the gap in front of piece i, or everything if there is none
            int gapEnd = i < pieces ? Seq.min(from[i], end) : end;
            if (Seq.lt(next, gapEnd)) {
                int had = pieces;
                int text = index + (next - seq);
                int fresh = gapEnd - next;
                if (!join(i - 1, next, buf, text, fresh) && !insert(i, next, buf, text, fresh)) {
                    break;
                }
                i += pieces - had;
            }
            if (i < pieces) {
                next = Seq.max(next, from[i] + length[i]);
                i++;
            } else {
                next = end;
            }
        }
        return octets - before;
    }

    /// The peer's FIN has this sequence number. The first one counts.
    void fin(int seq) {
        if (!finKnown) {
            finKnown = true;
            finSeq = seq;
        }
    }

    /// How many of `len` octets from `seq` on lie in front of the FIN: behind it there is nothing.
    int inFront(int seq, int len) {
        return finKnown ? Math.clamp(Seq.diff(finSeq, seq), 0, len) : len;
    }

    /// True if a FIN is known and everything in front of it has arrived.
    boolean finBefore(int rcvNxt) {
        return finKnown && Seq.geq(rcvNxt, finSeq);
    }

    /// True if text up to `end` would leave no gap in front of the oldest piece.
    boolean reaches(int end) {
        return pieces > 0 && Seq.geq(end, from[0]);
    }

    /// Behind the newest number that is held, be it a FIN's; `rcvNxt` if none is.
    int end(int rcvNxt) {
        int last = pieces == 0 ? rcvNxt : from[pieces - 1] + length[pieces - 1];
        return finKnown && Seq.geq(finSeq, last) ? finSeq + 1 : last;
    }

    /// True if neither octets nor a FIN are held.
    boolean isEmpty() {
        return pieces == 0 && !finKnown;
    }

    /// True if the oldest piece continues what ends at `rcvNxt`. Forgets what lies before `rcvNxt`.
    boolean ready(int rcvNxt) {
        int gone = 0;
        while (gone < pieces && Seq.leq(from[gone] + length[gone], rcvNxt)) {
            release(gone++);
        }
        shift(gone);
        if (pieces == 0 || Seq.gt(from[0], rcvNxt)) {
            return false;
        }
        int old = rcvNxt - from[0];
        from[0] = rcvNxt;
        at[0] += old;
        length[0] -= old;
        octets -= old;
        return true;
    }

    /// Finds the first run of adjoining pieces that has some of the numbers in `[seq, end)`. A FIN that is
    /// known, and has a number as any octet, is part of it or one by itself.
    ///
    /// @return false if there is none; else [#runStart] and [#runEnd] say where it is
    boolean held(int seq, int end) {
        int i = firstReaching(seq);
        boolean text = i < pieces && Seq.lt(from[i], end);
        if (!text && !(finKnown && Seq.in(finSeq, seq, end))) {
            return false;
        }
        runStart = text ? from[i] : finSeq;
        runEnd = runStart;
        for (int before = i - 1; before >= 0 && from[before] + length[before] == runStart; before--) {
            runStart = from[before];
        }
        for (int next = i; next < pieces && from[next] == runEnd; next++) {
            runEnd += length[next];
        }
        if (finKnown && runEnd == finSeq) {
            runEnd++;
        }
        return true;
    }

    /// Where the run begins that was [#held].
    int runStart() {
        return runStart;
    }

    /// Behind its last number.
    int runEnd() {
        return runEnd;
    }

    /// Buffer of the oldest piece, borrowed.
    ByteBuf headBuf() {
        return data[0];
    }

    /// Where the oldest piece begins in its buffer.
    int headAt() {
        return at[0];
    }

    /// Octets of the oldest piece.
    int headLength() {
        return length[0];
    }

    /// The oldest piece has been delivered.
    void removeHead() {
        release(0);
        shift(1);
    }

    /// Octets held.
    int octets() {
        return octets;
    }

    /// Octets of memory pinned.
    int pinned() {
        return pinned;
    }

    /// Pieces held.
    int pieces() {
        return pieces;
    }

    /// Releases everything.
    void clear() {
        for (int i = 0; i < pieces; i++) {
            release(i);
        }
        pieces = 0;
        finKnown = false;
    }

    /// Index of the first piece that ends behind `seq`. Looks from the end: what arrives is mostly the
    /// newest.
    private int firstReaching(int seq) {
        int i = pieces;
        while (i > 0 && Seq.gt(from[i - 1] + length[i - 1], seq)) {
            i--;
        }
        return i;
    }

    /// Makes what begins at `seq` a part of piece `i`, if it goes on where that ends.
    private boolean join(int i, int seq, ByteBuf buf, int index, int len) {
        if (i < 0 || from[i] + length[i] != seq || len >= WHOLE || length[i] + len > JOINED) {
            return false;
        }
        if (room[i] < len) {
            int size = Math.min(2 * (length[i] + len), JOINED);
            int more = size - Pinned.root(data[i]).capacity();
            if (more > maxPinned - pinned) {
                return false;
            }
            // may fail, so before anything is let go
            ByteBuf larger = allocator.directBuffer(size, size).writeBytes(data[i], at[i], length[i]);
            data[i].release();
            data[i] = larger;
            at[i] = 0;
            room[i] = size - length[i];
            pinned += more;
        }
        data[i].setBytes(at[i] + length[i], buf, index, len);
        length[i] += len;
        room[i] -= len;
        octets += len;
        return true;
    }

    private boolean insert(int i, int seq, ByteBuf buf, int index, int len) {
        int whole = Pinned.root(buf).capacity();
        boolean copy = len < whole / COPY_BELOW;
        int costs = copy ? len : whole;
        if (pieces == maxPieces || costs > maxPinned - pinned) {
            return false;
        }
        if (pieces == from.length) {
            grow();
        }
        // may fail, so before anything is moved
        ByteBuf held = copy ? allocator.directBuffer(len, len).writeBytes(buf, index, len) : buf.retain();
        int tail = pieces - i;
        System.arraycopy(from, i, from, i + 1, tail);
        System.arraycopy(length, i, length, i + 1, tail);
        System.arraycopy(at, i, at, i + 1, tail);
        System.arraycopy(room, i, room, i + 1, tail);
        System.arraycopy(data, i, data, i + 1, tail);
        from[i] = seq;
        length[i] = len;
        at[i] = copy ? 0 : index;
        room[i] = 0;
        data[i] = held;
        pieces++;
        octets += len;
        pinned += costs;
        return true;
    }

    private void release(int i) {
        octets -= length[i];
        pinned -= Pinned.root(data[i]).capacity();
        data[i].release();
        data[i] = null;
    }

    private void shift(int gone) {
        if (gone == 0) {
            return;
        }
        pieces -= gone;
        System.arraycopy(from, gone, from, 0, pieces);
        System.arraycopy(length, gone, length, 0, pieces);
        System.arraycopy(at, gone, at, 0, pieces);
        System.arraycopy(room, gone, room, 0, pieces);
        System.arraycopy(data, gone, data, 0, pieces);
        Arrays.fill(data, pieces, pieces + gone, null);
    }

    private void grow() {
        int size = Math.min(from.length * 2, maxPieces);
        from = Arrays.copyOf(from, size);
        length = Arrays.copyOf(length, size);
        at = Arrays.copyOf(at, size);
        room = Arrays.copyOf(room, size);
        data = Arrays.copyOf(data, size);
    }
}
