package org.splnet.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.splnet.pkt.Packet;

/// A first-in first-out queue of octets that lie in slices ("pieces") of other people's buffers, and in
/// chunks of its own where copying is cheaper than keeping: what both directions of a stream are made of.
///
/// Pieces lie in ring arrays, numbered from the beginning of time; positions too are counted from then,
/// modulo 2^32, so neither dropping at the front nor adding behind moves anything. An empty queue holds no
/// buffer and next to no heap.
///
/// **True size.** A slice of ten octets keeps its whole buffer alive. Each buffer's capacity is therefore
/// charged to the newest piece that lies in it; [#pinned] is the sum. What a kept piece is charged beyond
/// twice its length is its excess, and [#worthKeeping] lets the sum of these be no more than the slack.
/// Copied octets are packed without gaps. So at any time what is pinned is at most twice the octets plus
/// the slack, one partly read buffer in front and two chunks: counting octets is an honest limit.
///
/// Covered by its socket's lock.
final class OctetQueue {
    /// Octets below which copying is cheaper than another reference.
    static final int SMALL = 1024;
    /// Octets from which a slice may be kept although its buffer is more than twice as large.
    static final int LARGE = 16 << 10;

    private static final int MIN_CHUNK = 256;
    private static final int MAX_CHUNK = 64 << 10;
    /// Pieces for which an empty queue keeps its arrays.
    private static final int KEPT_PIECES = 64;
    /// Positions and numbers start shortly before they wrap, so that wrapping is no rare event.
    private static final int FIRST_POSITION = -(64 << 10);
    private static final int FIRST_PIECE = -16;
    private static final ByteBuf[] NO_BUFS = {};
    private static final int[] NO_INTS = {};

    private final ByteBufAllocator allocator;
    private final int slack;
    private ByteBuf[] bufs = NO_BUFS;
    private int[] starts = NO_INTS;
    private int[] ats = NO_INTS;
    private int[] costs = NO_INTS;
    private int[] excesses = NO_INTS;
    private int first = FIRST_PIECE;
    private int end = FIRST_PIECE;
    private int head = FIRST_POSITION;
    private int tail = FIRST_POSITION;
    private int cursor = FIRST_PIECE;
    private long pinned;
    private long excess;
    private ByteBuf chunk;
    private int chunkAt;
    private int chunkPiece;

    /// @param allocator gives chunks
    /// @param slack sum of excesses at most, in octets
    OctetQueue(ByteBufAllocator allocator, int slack) {
        this.allocator = allocator;
        this.slack = slack;
    }

    int length() {
        return tail - head;
    }

    /// Capacity of all buffers that are kept from being reused.
    long pinned() {
        return pinned;
    }

    /// True if `len` octets of `buf` at `at` directly follow what was added last, so that keeping them costs
    /// nothing.
    boolean continues(ByteBuf buf, int at) {
        if (first == end) {
            return false;
        }
        int last = index(end - 1);
        return bufs[last] == buf && ats[last] + (tail - starts[last]) == at;
    }

    /// True if a slice of `len` octets of `buf` should be kept: it is not small, and at least half of what
    /// it pins, or large and there is slack for it.
    boolean worthKeeping(ByteBuf buf, int len) {
        if (len < SMALL) {
            return false;
        }
        ByteBuf root = Pinned.root(buf);
        int holder = holder(root);
        int more = over(root.capacity(), len);
        if (holder != end) {
            more -= excesses[index(holder)];
        }
        return more <= 0 || len >= LARGE && excess + more <= slack;
    }

    /// Adds a slice by reference. Retains `buf`.
    void keep(ByteBuf buf, int at, int len) {
        if (len == 0) {
            return;
        }
        if (continues(buf, at)) {
            tail += len;
            int last = index(end - 1);
            excess(last, Math.min(excesses[last], over(costs[last], pieceLength(end - 1))));
            return;
        }
        ByteBuf root = Pinned.root(buf);
        int holder = holder(root);
        int cost = root.capacity();
        if (holder != end) {
            charge(index(holder), 0);
            excess(index(holder), 0);
        }
        int i = add(buf, at, len);
        charge(i, cost);
        excess(i, over(cost, len));
    }

    /// Adds copies of octets: of all, or of none if there is no memory, since whoever is not told that they
    /// are in here brings them again. Borrows `from`.
    void copy(ByteBuf from, int at, int len) {
        int room = Math.min(len, chunk == null ? 0 : chunk.capacity() - chunkAt);
        int rest = len - room;
        if (rest > MAX_CHUNK) {
            copyMuch(from, at, len, room);
            return;
        }
        ByteBuf next = rest == 0 ? null : chunk(rest, length() + room);
        fill(from, at, room);
        if (rest > 0) {
            open(next);
            fill(from, at + room, rest);
        }
    }

    private void copyMuch(ByteBuf from, int at, int len, int room) {
        ByteBuf[] chunks = chunks(len - room, length() + room);
        fill(from, at, room);
        int done = room;
        for (ByteBuf next : chunks) {
            open(next);
            int n = Math.min(len - done, next.capacity());
            fill(from, at + done, n);
            done += n;
        }
    }

    /// Adds `[offset, offset + len)`, counted from the oldest octet, to `packet`, which has no pieces: as
    /// pieces (retained), as far as those reach, or copied behind what it has, [Packet#COPY] octets at most.
    ///
    /// @return octets added
    int slice(Packet packet, int offset, int len) {
        if (offset < 0 || len < 0 || offset > length() - len) {
            throw new IndexOutOfBoundsException(offset + "+" + len + " of " + length());
        }
        if (len == 0) {
            return 0;
        }
        int done = 0;
        int pos = head + offset;
        int no = find(pos);
        int copyTo = len <= Packet.COPY ? packet.append(len) : -1;
        while (done < len && packet.pieces() < Packet.MAX_PIECES) {
            int i = index(no);
            int skip = pos - starts[i];
            int n = Math.min(len - done, pieceLength(no) - skip);
            if (copyTo >= 0) {
                packet.buf.setBytes(copyTo + done, bufs[i], ats[i] + skip, n);
            } else {
                packet.addPiece(bufs[i], ats[i] + skip, n);
            }
            cursor = no++;
            pos += n;
            done += n;
        }
        return done;
    }

    /// The oldest octets, at most `max`, as far as they lie in one piece; the caller owns the result.
    ///
    /// @return null if empty
    ByteBuf take(int max) {
        if (max <= 0) {
            throw new IllegalArgumentException("take " + max);
        }
        if (first == end) {
            return null;
        }
        int i = index(first);
        int skip = head - starts[i];
        int n = Math.min(max, pieceLength(first) - skip);
        ByteBuf taken = bufs[i].retainedSlice(ats[i] + skip, n);
        drop(n);
        return taken;
    }

    /// Forgets the oldest `len` octets.
    void drop(int len) {
        if (len < 0 || len > length()) {
            throw new IndexOutOfBoundsException(len + " of " + length());
        }
        head += len;
        while (first != end && head - starts[index(first)] >= pieceLength(first)) {
            int i = index(first++);
            charge(i, 0);
            excess(i, 0);
            bufs[i].release();
            bufs[i] = null;
        }
        if (first == end) {
            emptied();
        }
    }

    void clear() {
        drop(length());
    }

    private void emptied() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
        if (bufs.length > KEPT_PIECES) {
            bufs = NO_BUFS;
            starts = NO_INTS;
            ats = NO_INTS;
            costs = NO_INTS;
            excesses = NO_INTS;
        }
    }

    private void open(ByteBuf next) {
        if (chunk != null) {
            chunk.release();
        }
        chunk = next;
        chunkAt = 0;
    }

    /// Copies to the end of the chunk, which has room.
    private void fill(ByteBuf from, int at, int len) {
        if (len > 0) {
            chunk.setBytes(chunkAt, from, at, len);
            keepCopy(len);
            chunkAt += len;
        }
    }

    /// Adds `len` octets that were copied to the end of the chunk. Pieces of one chunk all lie before those
    /// of the next, so only the first and the open one can be charged for less than they hold: no excess.
    private void keepCopy(int len) {
        if (continues(chunk, chunkAt)) {
            tail += len;
            return;
        }
        if (chunkAt != 0 && chunkPiece - first >= 0) {
            charge(index(chunkPiece), 0);
        }
        int i = add(chunk, chunkAt, len);
        charge(i, chunk.capacity());
        chunkPiece = end - 1;
    }

    private int add(ByteBuf buf, int at, int len) {
        if (end - first == bufs.length) {
            resize(Math.max(4, bufs.length * 2));
        }
        int i = index(end++);
        bufs[i] = buf.retain();
        starts[i] = tail;
        ats[i] = at;
        tail += len;
        return i;
    }

    private void charge(int i, int octets) {
        pinned += octets - costs[i];
        costs[i] = octets;
    }

    private void excess(int i, int octets) {
        excess += octets - excesses[i];
        excesses[i] = octets;
    }

    private static int over(int cost, int len) {
        return (int) Math.max(0, cost - 2L * len);
    }

    /// A chunk for `need` octets more, or the first of them. Chunks grow with what the queue holds: one
    /// waiting octet pins [#MIN_CHUNK], and never is more than half of a queue that is only filled unused
    /// room, up to the largest chunk.
    ///
    /// @param held octets in the queue once the open chunk is full
    private ByteBuf chunk(int need, int held) {
        int size = Math.clamp(Math.max(need, held), MIN_CHUNK, MAX_CHUNK);
        size = Integer.highestOneBit(2 * size - 1);
        return allocator.directBuffer(size, size);
    }

    private ByteBuf[] chunks(int need, int held) {
        ByteBuf[] chunks = new ByteBuf[(need - 1) / MAX_CHUNK + 1];
        int got = 0;
        try {
            for (int done = 0; got < chunks.length; done += chunks[got++].capacity()) {
                chunks[got] = chunk(need - done, held + done);
            }
            return chunks;
        } catch (Throwable t) {
            while (got > 0) {
                chunks[--got].release();
            }
            throw t;
        }
    }

    private int index(int no) {
        return no & bufs.length - 1;
    }

    private int pieceLength(int no) {
        int next = no + 1 == end ? tail : starts[index(no + 1)];
        return next - starts[index(no)];
    }

    /// The piece in which `pos` lies. New octets are sent at one place and lost ones again from the front, so
    /// the piece where the last look ended, its successor and the first are tried before searching.
    private int find(int pos) {
        if (cursor - first >= 0 && cursor - end < 0) {
            if (holds(cursor, pos)) {
                return cursor;
            }
            if (cursor + 1 != end && holds(cursor + 1, pos)) {
                return cursor + 1;
            }
        }
        if (holds(first, pos)) {
            return first;
        }
        int low = first;
        int high = end;
        while (high - low > 1) {
            int middle = low + (high - low >>> 1);
            if (pos - starts[index(middle)] >= 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean holds(int no, int pos) {
        int into = pos - starts[index(no)];
        return into >= 0 && into < pieceLength(no);
    }

    /// The piece that is charged for `root`, if it is one of the last two; else `end`. Two, because copies
    /// and large slices of one buffer alternate in many protocols. Older pieces are not looked at; then a
    /// buffer is charged twice, on the safe side.
    private int holder(ByteBuf root) {
        for (int no = end - 1; no - first >= 0 && no != end - 3; no--) {
            if (Pinned.root(bufs[index(no)]) == root) {
                return no;
            }
        }
        return end;
    }

    private void resize(int capacity) {
        ByteBuf[] b = new ByteBuf[capacity];
        int[] s = new int[capacity];
        int[] a = new int[capacity];
        int[] c = new int[capacity];
        int[] e = new int[capacity];
        for (int no = first; no != end; no++) {
            int to = no & capacity - 1;
            int from = index(no);
            b[to] = bufs[from];
            s[to] = starts[from];
            a[to] = ats[from];
            c[to] = costs[from];
            e[to] = excesses[from];
        }
        bufs = b;
        starts = s;
        ats = a;
        costs = c;
        excesses = e;
    }
}
