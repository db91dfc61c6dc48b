package org.splnet.pcb;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// Endpoints of which several may have the same ends: by address and port, or by four-tuple. They stand in an
/// array that is replaced as a whole, newest last. Look-ups take no lock and allocate nothing, see
/// [PcbTable].
///
/// Which of several a four-tuple is for is chosen by a keyed hash: always the same one while they stay the
/// same, and not of the remote host's choosing.
///
/// @param <T> the endpoint
public final class GroupTable<T> {
    private final PcbTable<T[]> groups;
    private final TupleHash hash;
    private final IntFunction<T[]> array;

    /// @param seed secret
    /// @param array makes an array of endpoints
    public GroupTable(long seed, IntFunction<T[]> array) {
        this.groups = new PcbTable<>(seed);
        this.hash = new TupleHash(~seed);
        this.array = array;
    }

    /// All that are bound exactly there, oldest first; null for none. Not to be changed.
    public T[] lookup(long hi, long lo, int port) {
        return lookup(hi, lo, port, 0, 0, 0);
    }

    /// All that have that far end besides.
    public T[] lookup(long hi, long lo, int port, long remoteHi, long remoteLo, int remotePort) {
        return groups.lookup(hi, lo, port, remoteHi, remoteLo, remotePort);
    }

    /// Which of `count` a four-tuple is for, from 0.
    public int pick(int count, long localHi, long localLo, int localPort, long remoteHi, long remoteLo,
            int remotePort) {
        long h = hash.hash(localHi, localLo, localPort, remoteHi, remoteLo, remotePort) & 0xffff_ffffL;
        return (int) (h * count >>> 32);
    }

    /// Adds one.
    public void add(long hi, long lo, int port, T endpoint) {
        add(hi, lo, port, 0, 0, 0, endpoint);
    }

    /// Adds one with a far end.
    public void add(long hi, long lo, int port, long remoteHi, long remoteLo, int remotePort, T endpoint) {
        boolean done = false;
        while (!done) {
            T[] old = lookup(hi, lo, port, remoteHi, remoteLo, remotePort);
            T[] next = old == null ? array.apply(1) : Arrays.copyOf(old, old.length + 1);
            next[next.length - 1] = endpoint;
            done = old == null
                    ? groups.insert(hi, lo, port, remoteHi, remoteLo, remotePort, next) == null
                    : groups.replace(hi, lo, port, remoteHi, remoteLo, remotePort, old, next);
        }
    }

    /// Takes one out that is there.
    public void remove(long hi, long lo, int port, T endpoint) {
        remove(hi, lo, port, 0, 0, 0, endpoint);
    }

    /// Takes one out that is there with that far end.
    public void remove(long hi, long lo, int port, long remoteHi, long remoteLo, int remotePort, T endpoint) {
        boolean done = false;
        while (!done) {
            T[] old = lookup(hi, lo, port, remoteHi, remoteLo, remotePort);
            T[] next = Arrays.stream(old).filter(each -> each != endpoint).toArray(array);
            done = next.length == 0 ? groups.remove(hi, lo, port, remoteHi, remoteLo, remotePort, old)
                    : groups.replace(hi, lo, port, remoteHi, remoteLo, remotePort, old, next);
        }
    }

    /// Calls `each` with every endpoint that was there throughout; holds no lock.
    public void forEach(Consumer<T> each) {
        groups.forEach(group -> Arrays.asList(group).forEach(each));
    }
}
