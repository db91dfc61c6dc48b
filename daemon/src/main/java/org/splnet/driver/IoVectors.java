package org.splnet.driver;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/// An array of `struct iovec` (writev(2)), as a view over somebody's memory.
record IoVectors(MemorySegment memory) {
    /// Octets of one.
    static final int LEN = 16;

    void aim(int index, long address, long len) {
        memory.set(JAVA_LONG, index * (long) LEN, address);
        memory.set(JAVA_LONG, index * (long) LEN + 8, len);
    }
}
