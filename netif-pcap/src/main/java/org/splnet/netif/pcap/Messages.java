package org.splnet.netif.pcap;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An array of `struct mmsghdr` (sendmmsg(2)), as on every 64-bit Linux, without addresses or ancillary data.
final class Messages {
    private static final int LEN = 64;
    private static final int IOV = 16;
    private static final int IOVLEN = 24;

    private final MemorySegment memory;

    Messages(int count) {
        memory = Arena.ofAuto().allocate((long) count * LEN, 8);
    }

    /// Where message `i` begins.
    long address(int i) {
        return memory.address() + (long) i * LEN;
    }

    /// Has message `i` be what these vectors say.
    void aim(int i, long vectors, int count) {
        memory.set(JAVA_LONG, (long) i * LEN + IOV, vectors);
        memory.set(JAVA_LONG, (long) i * LEN + IOVLEN, count);
    }
}
