package org.splnet.socket;

import java.util.concurrent.atomic.AtomicLong;

/// What all datagram sockets of a protocol together may keep waiting, in octets: each socket has its own
/// limit, but their sum must not be the number of sockets times that. Any thread. May be overdrawn by one
/// datagram per input thread.
public final class DatagramBudget {
    private final long limit;
    private final AtomicLong charged = new AtomicLong();

    /// @param limit octets, by true size, and what each datagram takes besides
    public DatagramBudget(long limit) {
        this.limit = limit;
    }

    boolean has(int octets) {
        return charged.getPlain() + octets <= limit;
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
