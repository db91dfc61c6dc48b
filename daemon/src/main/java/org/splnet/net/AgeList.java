package org.splnet.net;

import java.util.function.Consumer;
import java.util.function.Predicate;

/// Neighbors in the order of their last use, nearly: use does not touch the list, for the hot path takes no
/// lock; instead whoever looks for the oldest moves those that were used since they were listed to the end
/// (second chance). Covered by the neighbor table's lock.
final class AgeList {
    /// A search that finds nothing looks at everything; it is not repeated sooner than this.
    private static final long SEARCH_NS = 100_000_000;

    private Neighbor head;
    private Neighbor tail;
    private int size;
    private boolean barren;         // the last search found nothing,
    private long barrenNs;          // and that was then

    void add(Neighbor n) {
        n.listedNs = n.usedNs();
        n.older = tail;
        n.newer = null;
        if (tail == null) {
            head = n;
        } else {
            tail.newer = n;
        }
        tail = n;
        n.list = this;
        size++;
    }

    void remove(Neighbor n) {
        assert n.list == this;
        if (n.older == null) {
            head = n.newer;
        } else {
            n.older.newer = n.newer;
        }
        if (n.newer == null) {
            tail = n.older;
        } else {
            n.newer.older = n.older;
        }
        n.older = null;
        n.newer = null;
        n.list = null;
        size--;
    }

    int size() {
        return size;
    }

    /// The longest unused that is not in use now; null if all are.
    Neighbor oldestIdle(long nowNs) {
        if (barren && nowNs - barrenNs < SEARCH_NS) {
            return null;
        }
        barren = false;
        // Twice round at most: once to renew what was used since it was listed, once to judge all.
        for (int looked = 0, most = 2 * size; looked < most; looked++) {
            Neighbor n = head;
            if (n.listedNs == n.usedNs() && !n.inUse(nowNs)) {
                return n;
            }
            remove(n);
            add(n);
        }
        barren = true;
        barrenNs = nowNs;
        return null;
    }

    /// Does `action`, which may take out the one it is given, with all that `which` is true of.
    void each(Predicate<Neighbor> which, Consumer<Neighbor> action) {
        for (Neighbor n = head, next; n != null; n = next) {
            next = n.newer;
            if (which.test(n)) {
                action.accept(n);
            }
        }
    }

    /// The longest listed, or null.
    Neighbor first() {
        return head;
    }
}
