package org.splnet.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// Datagrams received and not read (`so_rcv` of a datagram socket). A payload of some size that fills at
/// least half of its buffer is kept by reference; others are copied, one behind the other, into chunks.
/// Covered by its socket's lock.
///
/// Octets are counted by true size: a kept datagram with its buffer's capacity, a copied one with its length.
/// The room left in a chunk is always less than the datagram that did not fit, so what is pinned is less than
/// twice what is counted plus one chunk. Unlike a stream's buffer this one refuses what does not fit.
///
/// A datagram without octets takes memory too: each is charged [#OVERHEAD] besides. That has a limit of its
/// own, as high, so whoever asks for some octets has room for them in datagrams of that length or more; Linux
/// doubles what it is asked for, for the same reason.
///
/// Entries lie in ring arrays: queueing allocates nothing once they have grown. A queue that is empty after
/// a flood lets go of the larger part.
public final class DatagramQueue {
    /// What a datagram is charged besides its octets: an entry has 52 in arrays that may be half empty.
    static final int OVERHEAD = 64;

    private static final int MIN_CHUNK = 256;
    private static final int MAX_CHUNK = 64 << 10;
    /// Entries for which an empty queue keeps its arrays.
    private static final int KEPT_ENTRIES = 256;
    /// `long`s of addresses per entry: from high and low, to high and low.
    private static final int ADDRESSES = 4;

    private final ByteBufAllocator allocator;
    private final int maxCount;
    private int limit;
    private ByteBuf[] bufs = {};
    private int[] ats = {};
    private int[] lengths = {};
    private int[] costs = {};
    private int[] ports = {};
    private long[] addresses = {};
    private int first;
    private int count;
    private int octets;
    private int held;
    private ByteBuf chunk;
    private int chunkAt;
    // Most datagrams come from where the one before came from.
    private Endpoint lastFrom;
    private Endpoint lastTo;

    /// @param limit octets it holds at most, by true size
    /// @param maxCount datagrams it holds at most
    /// @param allocator gives chunks
    public DatagramQueue(int limit, int maxCount, ByteBufAllocator allocator) {
        this.limit = limit;
        this.maxCount = maxCount;
        this.allocator = allocator;
    }

    /// Another limit; what waits beyond it stays.
    public void limit(int octets) {
        limit = octets;
    }

    /// Queues a datagram whose payload is `len` octets of `buf` at `at`. Borrows `buf`, retains it if it
    /// keeps it.
    ///
    /// @return octets charged for it, or -1 if it does not fit
    public int add(ByteBuf buf, int at, int len, long fromHi, long fromLo, int fromPort, long toHi, long toLo,
            int toPort) {
        int room = limit - held;
        if (count == maxCount || len > room || OVERHEAD > limit - count * OVERHEAD) {
            return -1;
        }
        int capacity = Pinned.root(buf).capacity();
        int cost = len;
        if (count == bufs.length) {
            resize(Math.max(4, 2 * count));
        }
        int i = first + count & bufs.length - 1;
        if (len >= OctetQueue.SMALL && capacity <= 2 * len && capacity <= room) {
            cost = capacity;
            bufs[i] = buf.retain();
            ats[i] = at;
        } else if (len != 0) {
            copy(i, buf, at, len);
        }
        lengths[i] = len;
        costs[i] = cost;
        ports[i] = fromPort << 16 | toPort;
        addresses[ADDRESSES * i] = fromHi;
        addresses[ADDRESSES * i + 1] = fromLo;
        addresses[ADDRESSES * i + 2] = toHi;
        addresses[ADDRESSES * i + 3] = toLo;
        count++;
        octets += len;
        held += cost;
        return cost + OVERHEAD;
    }

    /// The oldest datagram, which is the caller's from now on; null if there is none.
    public DatagramSocket.Datagram take() {
        if (count == 0) {
            return null;
        }
        int i = first;
        int a = ADDRESSES * i;
        lastFrom = endpoint(lastFrom, addresses[a], addresses[a + 1], ports[i] >>> 16);
        lastTo = endpoint(lastTo, addresses[a + 2], addresses[a + 3], ports[i] & 0xffff);
        ByteBuf data = bufs[i] == null ? allocator.directBuffer(0, 0)
                : bufs[i].retainedSlice(ats[i], lengths[i]);
        forget();
        return new DatagramSocket.Datagram(data, lastFrom, lastTo);
    }

    /// Throws away all that did not come from that address and port; port 0 stands for any.
    public void keepOnly(long fromHi, long fromLo, int fromPort) {
        for (int n = count; n > 0; n--) {
            int i = first;
            int a = ADDRESSES * i;
            boolean keep = addresses[a] == fromHi && addresses[a + 1] == fromLo
                    && (fromPort == 0 || ports[i] >>> 16 == fromPort);
            if (keep) {
                rotate();
            } else {
                forget();
            }
        }
    }

    /// Datagrams in it.
    public int count() {
        return count;
    }

    /// Octets of payload in it.
    public int octets() {
        return octets;
    }

    /// Octets it is charged with.
    public int charged() {
        return held + count * OVERHEAD;
    }

    /// Releases everything.
    public void clear() {
        while (count > 0) {
            forget();
        }
    }

    private void copy(int i, ByteBuf buf, int at, int len) {
        if (chunk == null || chunk.capacity() - chunkAt < len) {
            int size = Math.clamp(Math.max(len, held), MIN_CHUNK, Math.max(MAX_CHUNK, len));
            size = Integer.highestOneBit(2 * size - 1);
            ByteBuf next = allocator.directBuffer(size, size);     // may fail: the chunk is ours until then
            if (chunk != null) {
                chunk.release();
            }
            chunk = next;
            chunkAt = 0;
        }
        chunk.setBytes(chunkAt, buf, at, len);
        bufs[i] = chunk.retain();
        ats[i] = chunkAt;
        chunkAt += len;
    }

    private void forget() {
        int i = first;
        if (bufs[i] != null) {
            bufs[i].release();
            bufs[i] = null;
        }
        octets -= lengths[i];
        held -= costs[i];
        first = i + 1 & bufs.length - 1;
        if (--count > 0) {
            return;
        }
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
        if (bufs.length > KEPT_ENTRIES) {
            resize(KEPT_ENTRIES);
        }
    }

    /// Moves the oldest entry behind the newest.
    private void rotate() {
        int from = first;
        int to = first + count & bufs.length - 1;
        first = from + 1 & bufs.length - 1;
        if (from == to) {
            return;
        }
        bufs[to] = bufs[from];
        bufs[from] = null;
        ats[to] = ats[from];
        lengths[to] = lengths[from];
        costs[to] = costs[from];
        ports[to] = ports[from];
        System.arraycopy(addresses, ADDRESSES * from, addresses, ADDRESSES * to, ADDRESSES);
    }

    /// Entries move to the beginning, in order.
    private void resize(int capacity) {
        int old = bufs.length;
        int head = Math.min(count, old - first);
        bufs = straight(bufs, new ByteBuf[capacity], head, 1);
        ats = straight(ats, new int[capacity], head, 1);
        lengths = straight(lengths, new int[capacity], head, 1);
        costs = straight(costs, new int[capacity], head, 1);
        ports = straight(ports, new int[capacity], head, 1);
        addresses = straight(addresses, new long[ADDRESSES * capacity], head, ADDRESSES);
        first = 0;
    }

    @SuppressWarnings("SuspiciousSystemArraycopy")
    private <A> A straight(A from, A to, int head, int width) {
        System.arraycopy(from, first * width, to, 0, head * width);
        System.arraycopy(from, 0, to, head * width, (count - head) * width);
        return to;
    }

    private static Endpoint endpoint(Endpoint last, long hi, long lo, int port) {
        if (last != null && last.port() == port && last.addr().is(hi, lo)) {
            return last;
        }
        return new Endpoint(InetAddr.of(hi, lo), port);
    }
}
