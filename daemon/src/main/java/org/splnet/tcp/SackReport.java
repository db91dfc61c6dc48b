package org.splnet.tcp;

import org.splnet.wire.TcpOptions;

/// Which SACK blocks our acknowledgements carry (RFC 2018 §4): the block that the latest segment has become
/// part of comes first, then those reported most recently before it, so that a lost acknowledgement costs
/// nothing. A container: no lock, no clock. Belongs to one [Tcb] and is there only while something is out of
/// order.
final class SackReport {
    private final int[] recent = new int[TcpOptions.MAX_SACK_BLOCKS];
    private final int[] left = new int[TcpOptions.MAX_SACK_BLOCKS];
    private final int[] right = new int[TcpOptions.MAX_SACK_BLOCKS];
    private int known;
    private int blocks;

    /// Out-of-order octets have come that begin here.
    void arrived(int seq) {
        int keep = Math.min(known, recent.length - 1);
        System.arraycopy(recent, 0, recent, 1, keep);
        recent[0] = seq;
        known = keep + 1;
    }

    /// Works out the blocks from what the queue holds now.
    ///
    /// @return how many there are
    int collect(ReassemblyQueue queue) {
        blocks = 0;
        if (queue == null) {
            return 0;
        }
        int still = 0;
        for (int i = 0; i < known; i++) {
            int piece = queue.holding(recent[i]);
            if (piece < 0) {
                continue;                                  // delivered meanwhile
            }
            int from = queue.blockStart(piece);
            if (!reported(from)) {
                left[blocks] = from;
                right[blocks] = queue.blockEnd(piece);
                blocks++;
                recent[still++] = recent[i];
            }
        }
        known = still;
        return blocks;
    }

    private boolean reported(int from) {
        for (int i = 0; i < blocks; i++) {
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
