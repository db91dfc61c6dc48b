package org.splnet.tcp;

import org.splnet.wire.Seq;

/// What the peer says it holds of what we have sent (RFC 2018 §5, RFC 6675 §3): disjoint ranges above
/// SND.UNA, in order. A container: no lock, no clock, a fixed capacity. When that is used up what is reported
/// further is forgotten, which costs a retransmission and nothing else.
final class SackScoreboard {
    /// RFC 6675 §2: so many ranges above an octet, or segments' worth of octets, mean that it is lost.
    static final int DUP_THRESH = 3;

    private final int[] left;
    private final int[] right;
    private int count;
    private int octets;

    SackScoreboard(int capacity) {
        left = new int[capacity];
        right = new int[capacity];
    }

    boolean isEmpty() {
        return count == 0;
    }

    /// Octets held by the peer above SND.UNA.
    int octets() {
        return octets;
    }

    /// How many ranges there are.
    int ranges() {
        return count;
    }

    /// Behind the highest octet held; meaningless if there is none.
    int highest() {
        return right[count - 1];
    }

    void clear() {
        count = 0;
        octets = 0;
    }

    /// The peer holds `[from, to)`, which lies above SND.UNA and is not empty.
    ///
    /// @return octets that were not known
    int add(int from, int to) {
        int first = 0;
        while (first < count && Seq.lt(right[first], from)) {
            first++;
        }
        int last = first;
        int low = from;
        int high = to;
        int known = 0;
        while (last < count && Seq.leq(left[last], to)) {     // all that it meets become one
            low = Seq.min(low, left[last]);
            high = Seq.max(high, right[last]);
            known += right[last] - left[last];
            last++;
        }
        if (first == last && count == left.length) {
            return 0;
        }
        int shift = 1 - (last - first);
        System.arraycopy(left, last, left, last + shift, count - last);
        System.arraycopy(right, last, right, last + shift, count - last);
        left[first] = low;
        right[first] = high;
        count += shift;
        int news = high - low - known;
        octets += news;
        return news;
    }

    /// SND.UNA has moved to `una`: forgets what lies below.
    ///
    /// @return octets forgotten
    int advance(int una) {
        int gone = 0;
        int dropped = 0;
        while (gone < count && Seq.leq(right[gone], una)) {
            dropped += right[gone] - left[gone];
            gone++;
        }
        if (gone > 0) {
            System.arraycopy(left, gone, left, 0, count - gone);
            System.arraycopy(right, gone, right, 0, count - gone);
            count -= gone;
        }
        if (count > 0 && Seq.lt(left[0], una)) {
            dropped += una - left[0];
            left[0] = una;
        }
        octets -= dropped;
        return dropped;
    }

    /// True if the peer holds the very octet it asks for: it has given up what it held (RFC 2018 §8).
    boolean reneged(int una) {
        return count > 0 && left[0] == una;
    }

    /// The first octet at or above `seq` that the peer does not hold.
    int firstMissing(int seq) {
        int next = seq;
        for (int i = 0; i < count && Seq.leq(left[i], next); i++) {
            next = Seq.max(next, right[i]);
        }
        return next;
    }

    /// Where the next range above `seq`, which the peer does not hold, begins; `end` if there is none.
    int missingUntil(int seq, int end) {
        for (int i = 0; i < count; i++) {
            if (Seq.gt(left[i], seq)) {
                return Seq.min(left[i], end);
            }
        }
        return end;
    }

    /// IsLost of RFC 6675 §4, for an octet that the peer does not hold.
    boolean lost(int seq, int mss) {
        int i = 0;
        int below = 0;
        while (i < count && Seq.leq(left[i], seq)) {
            below += right[i] - left[i];
            i++;
        }
        return lost(count - i, octets - below, mss);
    }

    private static boolean lost(int rangesAbove, int octetsAbove, int mss) {
        return rangesAbove >= DUP_THRESH || octetsAbove > (DUP_THRESH - 1) * mss;
    }

    /// SetPipe of RFC 6675 §4: octets in `[una, max)` believed to be on their way: not held, and either not
    /// lost or, below `resent`, sent again.
    int pipe(int una, int max, int resent, int mss) {
        int pipe = 0;
        int at = una;
        int above = octets;
        for (int i = 0; i < count; i++) {
            pipe += hole(at, left[i], resent, lost(count - i, above, mss));
            at = right[i];
            above -= right[i] - left[i];
        }
        return pipe + hole(at, max, resent, false);
    }

    private static int hole(int from, int to, int resent, boolean lost) {
        int len = Math.max(to - from, 0);
        int again = Math.clamp(resent - from, 0, len);
        return (lost ? 0 : len) + again;
    }
}
