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
/// charged to the newest piece that lies in it; [#pinned] is the sum. [#worthKeeping] is the rule that
/// keeps it in proportion to the octets, so that counting octets is an honest limit. Copied octets are
/// packed without gaps into chunks at most twice as large as what the queue holds, so they satisfy the same
/// bound.
///
/// Lock key: everything belongs to the socket's lock.
final class OctetQueue {
    /// Octets from which a slice may be kept although its buffer is more than twice as large.
    static final int LARGE = 16 << 10;

    private static final int MIN_CHUNK = 256;
    private static final int MAX_CHUNK = 64 << 10;
    /// Pieces for which an empty queue keeps its arrays.
    private static final int KEPT_PIECES = 16;
    private static final ByteBuf[] NO_BUFS = {};
    private static final int[] NO_INTS = {};

    private final ByteBufAllocator allocator;
    private final int slack;
    private ByteBuf[] bufs = NO_BUFS;
    private int[] starts = NO_INTS;
    private int[] ats = NO_INTS;
    private int[] costs = NO_INTS;
    private int first;
    private int end;
    private int head;
    private int tail;
    private int cursor;
    private long pinned;
    private ByteBuf chunk;
    private int chunkAt;

    /// @param allocator gives chunks
    /// @param slack octets that may be pinned beyond twice the octets in the queue
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

    int pieces() {
        return end - first;
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

    /// True if a slice of `len` octets of `buf` may be kept. Either it is at least half of what it pins, or
    /// it is large and the queue as a whole stays within twice its octets plus the slack.
    boolean worthKeeping(ByteBuf buf, int len) {
        ByteBuf root = Pinned.root(buf);
        int cost = costHolder(root) != -1 ? 0 : root.capacity();
        return cost <= 2L * len
                || len >= LARGE && pinned + cost <= 2L * (length() + len) + slack;
    }

    /// Adds a slice by reference. Retains `buf`.
    void keep(ByteBuf buf, int at, int len) {
        if (len == 0) {
            return;
        }
        if (continues(buf, at)) {
            tail += len;
            return;
        }
        ByteBuf root = Pinned.root(buf);
        int holder = costHolder(root);
        int cost = root.capacity();
        if (holder != -1) {
            cost = costs[holder];
            pinned -= cost;
            costs[holder] = 0;
        }
        if (end - first == bufs.length) {
            resize(Math.max(4, bufs.length * 2));
        }
        int i = index(end++);
        bufs[i] = buf.retain();
        starts[i] = tail;
        ats[i] = at;
        costs[i] = cost;
        pinned += cost;
        tail += len;
    }

    /// Adds copies of octets. Borrows `from`.
    void copy(ByteBuf from, int at, int len) {
        int done = 0;
        while (done < len) {
            if (chunk == null || chunkAt == chunk.capacity()) {
                openChunk(len - done);
            }
            int n = Math.min(len - done, chunk.capacity() - chunkAt);
            chunk.setBytes(chunkAt, from, at + done, n);
            keep(chunk, chunkAt, n);
            chunkAt += n;
            done += n;
        }
    }

    /// Adds `[offset, offset + len)`, counted from the oldest octet, to `packet` as pieces (retained), as
    /// far as its pieces reach.
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
        while (done < len && packet.pieces() < Packet.MAX_PIECES) {
            int i = index(no);
            int skip = pos - starts[i];
            int n = Math.min(len - done, pieceLength(no) - skip);
            packet.addPiece(bufs[i], ats[i] + skip, n);
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
            pinned -= costs[i];
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
        }
    }

    /// Chunks grow with what the queue holds: one waiting octet pins [#MIN_CHUNK], and never is more than
    /// half of a queue that is only filled unused room, up to the largest chunk.
    private void openChunk(int need) {
        if (chunk != null) {
            chunk.release();
        }
        int size = Math.clamp(Math.max(need, length()), MIN_CHUNK, MAX_CHUNK);
        size = Integer.highestOneBit(2 * size - 1);
        chunk = allocator.directBuffer(size, size);
        chunkAt = 0;
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

    /// Where the capacity of `root` is charged, if one of the last two pieces lies in it: two, because
    /// small copies (chunk) and large slices (one big buffer) alternate in many protocols. Older pieces are
    /// not looked at; then a buffer is charged twice, on the safe side.
    private int costHolder(ByteBuf root) {
        for (int no = end - 1; no - first >= 0 && no != end - 3; no--) {
            if (Pinned.root(bufs[index(no)]) == root) {
                return index(no);
            }
        }
        return -1;
    }

    private void resize(int capacity) {
        ByteBuf[] b = new ByteBuf[capacity];
        int[] s = new int[capacity];
        int[] a = new int[capacity];
        int[] c = new int[capacity];
        for (int no = first; no != end; no++) {
            int to = no & capacity - 1;
            int from = index(no);
            b[to] = bufs[from];
            s[to] = starts[from];
            a[to] = ats[from];
            c[to] = costs[from];
        }
        bufs = b;
        starts = s;
        ats = a;
        costs = c;
    }
}
