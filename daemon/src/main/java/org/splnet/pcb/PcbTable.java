package org.splnet.pcb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.Consumer;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;

/// Endpoints by four-tuple (`in_pcblookup`), family-neutral. Look-ups take no lock and allocate nothing:
/// find here, lock the endpoint, check that it is not detached. Inserting and removing take the `PORTS` lock.
///
/// Chains are immutable: an insertion puts a new node in front, a removal copies the nodes in front of the
/// removed one, a resize builds a new array and publishes it last. So a reader that has got hold of an
/// array and a chain sees a state in which everything that was there throughout its look-up is there,
/// whatever writers do meanwhile; what it finds may just have been removed, which is why `detached` is
/// checked under the endpoint's lock.
///
/// Lock key: (a) published with release, read with acquire by any thread; (p) `lock`, rank `PORTS`;
/// (v) volatile, written under (p).
///
/// @param <T> the endpoint
public final class PcbTable<T> {
    private static final int MIN_BUCKETS = 64;
    private static final int MAX_BUCKETS = 1 << 26;
    private static final VarHandle BUCKET = MethodHandles.arrayElementVarHandle(Node[].class);

    private final RankedLock lock = new RankedLock(LockRank.PORTS, "pcb table");
    private final TupleHash hash;
    private volatile Node<T>[] buckets = array(MIN_BUCKETS); // (a)
    private volatile int size; // (v)

    /// @param seed secret that keeps remote hosts from choosing collisions
    public PcbTable(long seed) {
        hash = new TupleHash(seed);
    }

    /// The endpoint, or null.
    public T lookup(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort) {
        int h = (int) hash.hash(localHi, localLo, localPort, remoteHi, remoteLo, remotePort);
        Node<T> node = chain(buckets, h);
        int ports = localPort << 16 | remotePort;
        while (node != null && !node.is(h, localHi, localLo, remoteHi, remoteLo, ports)) {
            node = node.next;
        }
        return node == null ? null : node.endpoint;
    }

    /// Inserts.
    ///
    /// @return null, or the endpoint that has this four-tuple already
    public T insert(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort,
            T endpoint) {
        int h = (int) hash.hash(localHi, localLo, localPort, remoteHi, remoteLo, remotePort);
        int ports = localPort << 16 | remotePort;
        lock.lock();
        try {
            Node<T> first = chain(buckets, h);
            for (Node<T> node = first; node != null; node = node.next) {
                if (node.is(h, localHi, localLo, remoteHi, remoteLo, ports)) {
                    return node.endpoint;
                }
            }
            publish(buckets, h, new Node<>(h, localHi, localLo, remoteHi, remoteLo, ports, endpoint, first));
            resized(size + 1);
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Removes, if it is `endpoint` that is there.
    public boolean remove(long localHi, long localLo, int localPort, long remoteHi, long remoteLo,
            int remotePort, T endpoint) {
        return exchange(localHi, localLo, localPort, remoteHi, remoteLo, remotePort, endpoint, null);
    }

    /// Replaces `old` by `next` (a connection by its TIME-WAIT): at no time is there neither.
    public boolean replace(long localHi, long localLo, int localPort, long remoteHi, long remoteLo,
            int remotePort, T old, T next) {
        Objects.requireNonNull(next);
        return exchange(localHi, localLo, localPort, remoteHi, remoteLo, remotePort, old, next);
    }

    private boolean exchange(long localHi, long localLo, int localPort, long remoteHi, long remoteLo,
            int remotePort, T old, T next) {
        int h = (int) hash.hash(localHi, localLo, localPort, remoteHi, remoteLo, remotePort);
        int ports = localPort << 16 | remotePort;
        lock.lock();
        try {
            Node<T> first = chain(buckets, h);
            Node<T> node = first;
            while (node != null && !node.is(h, localHi, localLo, remoteHi, remoteLo, ports)) {
                node = node.next;
            }
            if (node == null || node.endpoint != old) {
                return false;
            }
            Node<T> rest = node.next;
            if (next != null) {
                rest = new Node<>(h, localHi, localLo, remoteHi, remoteLo, ports, next, rest);
            }
            for (Node<T> front = first; front != node; front = front.next) {
                rest = front.before(rest);
            }
            publish(buckets, h, rest);
            if (next == null) {
                resized(size - 1);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// How many there are.
    public int size() {
        return size;
    }

    /// Calls `each` with every endpoint that was there throughout; holds no lock. Endpoints that come or go
    /// meanwhile may or may not be among them.
    public void forEach(Consumer<T> each) {
        Node<T>[] snapshot = buckets;
        for (int i = 0; i < snapshot.length; i++) {
            for (Node<T> node = chain(snapshot, i); node != null; node = node.next) {
                each.accept(node.endpoint);
            }
        }
    }

    /// Buckets that there are, for tests.
    int buckets() {
        return buckets.length;
    }

    /// Keeps the load between an eighth and one, so that a flood leaves no lasting bulk.
    private void resized(int now) {
        size = now;
        int capacity = buckets.length;
        if (now > capacity && capacity < MAX_BUCKETS) {
            rehash(capacity * 2);
        } else if (now < capacity / 8 && capacity > MIN_BUCKETS) {
            rehash(capacity / 2);
        }
    }

    private void rehash(int capacity) {
        Node<T>[] old = buckets;
        Node<T>[] next = array(capacity);
        for (Node<T> chain : old) {
            for (Node<T> node = chain; node != null; node = node.next) {
                int i = node.hash & capacity - 1;
                // The last node of a chain, most of all, may stand as it is.
                next[i] = node.next == next[i] ? node : node.before(next[i]);
            }
        }
        buckets = next;
    }

    @SuppressWarnings("unchecked")
    private static <T> Node<T> chain(Node<T>[] table, int h) {
        return (Node<T>) BUCKET.getAcquire(table, h & table.length - 1);
    }

    private static <T> void publish(Node<T>[] table, int h, Node<T> first) {
        BUCKET.setRelease(table, h & table.length - 1, first);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T> Node<T>[] array(int capacity) {
        return new Node[capacity];
    }

    /// One entry; never changed, so that a chain, once found, is a consistent list.
    private record Node<T>(int hash, long localHi, long localLo, long remoteHi, long remoteLo, int ports,
            T endpoint, Node<T> next) {

        boolean is(int h, long lHi, long lLo, long rHi, long rLo, int p) {
            return hash == h && ports == p && remoteLo == rLo && localLo == lLo && remoteHi == rHi
                    && localHi == lHi;
        }

        Node<T> before(Node<T> rest) {
            return new Node<>(hash, localHi, localLo, remoteHi, remoteLo, ports, endpoint, rest);
        }
    }
}
