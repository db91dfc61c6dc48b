package org.splnet.ip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.splnet.net.NetIf;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;

/// Longest-prefix match (RFC 1122 §3.3.1.1): one hash table per prefix length in use, the longest first. A
/// look-up costs one probe per length, whatever the number of routes, and allocates nothing.
///
/// Both families in one, by the 128-bit form. Immutable, hence without lock.
final class PrefixIndex {
    /// Where IPv4 begins in the 128-bit form: shorter prefixes are IPv6's, also `::/0` and `::/64`, of which
    /// mapped addresses are no part.
    private static final int MAPPED_BITS = 96;

    /// All routes of one prefix length.
    private static final class Level {
        final int bits;
        final long maskHi;
        final long maskLo;
        /// Routes to one prefix, best first, in each used slot.
        final Route[][] slots;

        Level(int bits, List<Route> routes) {
            Cidr any = routes.getFirst().to();
            this.bits = bits;
            maskHi = any.maskHi();
            maskLo = any.maskLo();
            slots = new Route[Integer.highestOneBit(routes.size()) << 2][];
            for (Route route : routes) {
                insert(route);
            }
        }

        private void insert(Route route) {
            InetAddr network = route.to().network();
            int slot = slot(network.hi(), network.lo());
            Route[] before = slots[slot];
            int count = before == null ? 0 : before.length;
            Route[] after = new Route[count + 1];
            if (before != null) {
                System.arraycopy(before, 0, after, 0, count);
            }
            after[count] = route;
            slots[slot] = after;
        }

        /// The routes to that prefix, or null.
        Route[] find(long hi, long lo) {
            return bits < MAPPED_BITS && InetAddr.isV4(hi, lo) ? null : slots[slot(hi & maskHi, lo & maskLo)];
        }

        /// The slot of that prefix, used or free.
        private int slot(long hi, long lo) {
            long hash = (hi * 0xc2b2_ae3d_27d4_eb4fL ^ lo) * 0x9e37_79b9_7f4a_7c15L;
            int slot = (int) (hash >>> 40) & slots.length - 1;
            while (slots[slot] != null && !same(slots[slot][0], hi, lo)) {
                slot = slot + 1 & slots.length - 1;
            }
            return slot;
        }

        private boolean same(Route route, long hi, long lo) {
            InetAddr addr = route.to().addr();
            return (addr.hi() & maskHi) == hi && (addr.lo() & maskLo) == lo;
        }
    }

    private final Level[] levels;
    private final List<Route> ordered;

    /// @param routes of those to the same prefix the one with the least metric wins, then the first
    PrefixIndex(List<Route> routes) {
        var byLength = new TreeMap<Integer, List<Route>>(Comparator.reverseOrder());
        for (Route route : routes) {
            byLength.computeIfAbsent(bits(route.to()), bits -> new ArrayList<>()).add(route);
        }
        levels = new Level[byLength.size()];
        var all = new ArrayList<Route>();
        int i = 0;
        for (var level : byLength.entrySet()) {
            level.getValue().sort(Comparator.comparingInt(Route::metric));
            levels[i++] = new Level(level.getKey(), level.getValue());
            all.addAll(level.getValue());
        }
        ordered = List.copyOf(all);
    }

    private static int bits(Cidr to) {
        return to.prefix() + 2 * Long.SIZE - to.addr().bitLength();
    }

    /// The best route, or null.
    Route lookup(long hi, long lo) {
        for (Level level : levels) {
            Route[] found = level.find(hi, lo);
            if (found != null) {
                return found[0];
            }
        }
        return null;
    }

    /// The best route that leads through that interface, or null.
    Route lookup(long hi, long lo, NetIf out) {
        for (Level level : levels) {
            Route[] found = level.find(hi, lo);
            for (int i = 0; found != null && i < found.length; i++) {
                if (found[i].out() == out) {
                    return found[i];
                }
            }
        }
        return null;
    }

    /// All of them, longest prefix first, then by metric.
    List<Route> ordered() {
        return ordered;
    }
}
