package org.splnet.net;

/// Address → interface: an immutable open-addressing table, built anew with every change and read without a
/// lock. The keys are this host's own addresses, chosen by the administrator, so the hash needs no secret.
final class AddressIndex {
    static final AddressIndex EMPTY = new AddressIndex(0);

    private final long[] keys;          // hi, lo, hi, lo, …
    private final NetIf[] owners;       // null: free slot
    private final int mask;

    /// Room for `count` addresses at most half full.
    AddressIndex(int count) {
        int slots = Integer.highestOneBit(Math.max(count, 1)) << 2;
        keys = new long[2 * slots];
        owners = new NetIf[slots];
        mask = slots - 1;
    }

    /// Only while it is being built.
    void put(long hi, long lo, NetIf owner) {
        int slot = hash(hi, lo) & mask;
        while (owners[slot] != null) {
            slot = slot + 1 & mask;
        }
        keys[2 * slot] = hi;
        keys[2 * slot + 1] = lo;
        owners[slot] = owner;
    }

    /// The interface that has the address, or null.
    NetIf owner(long hi, long lo) {
        for (int slot = hash(hi, lo) & mask; owners[slot] != null; slot = slot + 1 & mask) {
            if (keys[2 * slot + 1] == lo && keys[2 * slot] == hi) {
                return owners[slot];
            }
        }
        return null;
    }

    private static int hash(long hi, long lo) {
        long h = (hi * 31 + lo) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (h >>> 32);
    }
}
