package org.splnet.socket;

import java.util.concurrent.atomic.AtomicLong;

/// What all datagram sockets of a protocol together may keep waiting, in octets: each socket has its own
/// limit, but their sum must not be the number of sockets times that. The second half of it is only for
/// sockets with little that waits: a few whose users do not read cannot take what is left for all the others.
/// Any thread. May be overdrawn by one datagram per input thread.
public final class DatagramBudget {
    private static final int LITTLE = 4096;

    private final long limit;
    private final AtomicLong charged = new AtomicLong();

    /// @param limit octets, by true size, and what each datagram takes besides
    public DatagramBudget(long limit) {
        this.limit = limit;
    }

    /// True if there is room for so many octets of a socket that is charged with `held`.
    boolean has(int octets, int held) {
        long next = charged.getPlain() + octets;
        return next <= limit / 2 || next <= limit && held < LITTLE;
    }

    /// Charges, or gives back what is negative.
    void charge(int octets) {
        if (octets != 0) {
            charged.addAndGet(octets);
        }
    }

    /// What waits, in octets.
    public long charged() {
        return charged.get();
    }
}
