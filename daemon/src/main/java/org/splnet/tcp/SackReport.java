package org.splnet.tcp;

import org.splnet.wire.TcpOptions;

/// Which SACK blocks our acknowledgements carry: first what has just arrived for the second time (RFC 2883
/// §4), in the next one or never; then the block that the latest segment has become part of, then those
/// reported most recently before it (RFC 2018 §4), so that a lost acknowledgement costs nothing. A container:
/// no lock, no clock. Belongs to one [Tcb] and is there only once something was out of order or came twice.
/// Covered by its connection's lock.
final class SackReport {
    // one more than there is room for: what has just come may have made one block of two
    private final int[] recent = new int[TcpOptions.MAX_SACK_BLOCKS + 1];
    private final int[] left = new int[1 + TcpOptions.MAX_SACK_BLOCKS];
    private final int[] right = new int[1 + TcpOptions.MAX_SACK_BLOCKS];
    private int known;
    private int blocks;
    private boolean twice;
    private int twiceFrom;
    private int twiceTo;

    /// Out-of-order octets have come that begin here.
    void arrived(int seq) {
        int keep = Math.min(known, recent.length - 1);
        System.arraycopy(recent, 0, recent, 1, keep);
        recent[0] = seq;
        known = keep + 1;
    }

    /// `[from, to)` has come that had come before.
    void duplicate(int from, int to) {
        twice = true;
        twiceFrom = from;
        twiceTo = to;
    }

    /// An acknowledgement goes out, if the queue takes it. If it had no room for what has come twice, that is
    /// not said any more: of an older segment it would be taken for something else, of one half the numbers
    /// ago for new text.
    void acknowledged() {
        twice = false;
    }

    /// Works out the blocks from what the queue holds now.
    ///
    /// @return how many there are
    int collect(ReassemblyQueue queue) {
        blocks = 0;
        if (twice) {
            left[0] = twiceFrom;
            right[0] = twiceTo;
            blocks = 1;
        }
        int first = blocks;
        if (queue == null) {
            return blocks;
        }
        int still = 0;
        for (int i = 0; i < known && still < TcpOptions.MAX_SACK_BLOCKS; i++) {
            if (!queue.held(recent[i], recent[i] + 1)) {
                continue;                                  // delivered meanwhile
            }
            int from = queue.runStart();
            if (!reported(first, from)) {
                left[blocks] = from;
                right[blocks] = queue.runEnd();
                blocks++;
                recent[still++] = recent[i];
            }
        }
        known = still;
        return blocks;
    }

    private boolean reported(int first, int from) {
        for (int i = first; i < blocks; i++) {
            if (left[i] == from) {
                return true;
            }
        }
        return false;
    }

    /// First sequence number of block `i`.
    int left(int i) {
        return left[i];
    }

    /// Sequence number behind block `i`.
    int right(int i) {
        return right[i];
    }
}
