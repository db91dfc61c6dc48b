package org.splnet.net;

import java.util.concurrent.atomic.LongAdder;

/// What went through one interface. Any thread. A packet that a device cuts or has merged counts once, as it
/// crossed the border between stack and device.
public final class IfCounters {
    private final LongAdder inPackets = new LongAdder();
    private final LongAdder inOctets = new LongAdder();
    private final LongAdder inDrops = new LongAdder();
    private final LongAdder inErrors = new LongAdder();
    private final LongAdder outPackets = new LongAdder();
    private final LongAdder outOctets = new LongAdder();
    private final LongAdder outDrops = new LongAdder();

    /// One reading; the counters are read one after the other while they run on.
    ///
    /// @param inDrops frames nobody wanted: not for us, no protocol, interface down
    /// @param inErrors frames that were wrong, or met a fault of ours
    /// @param outDrops packets that found no room or no interface
    /// @param outErrors frames the device refused
    public record Reading(long inPackets, long inOctets, long inDrops, long inErrors, long outPackets,
            long outOctets, long outDrops, long outErrors) {
    }

    void received(long packets, long octets) {
        inPackets.add(packets);
        inOctets.add(octets);
    }

    void inDrop() {
        inDrops.increment();
    }

    void inError() {
        inErrors.increment();
    }

    void sent(long packets, long octets) {
        outPackets.add(packets);
        outOctets.add(octets);
    }

    void outDrop() {
        outDrops.increment();
    }

    void reset() {
        for (LongAdder each : new LongAdder[] {inPackets, inOctets, inDrops, inErrors, outPackets, outOctets,
            outDrops}) {
            each.reset();
        }
    }

    Reading read(long outErrors) {
        return new Reading(inPackets.sum(), inOctets.sum(), inDrops.sum(), inErrors.sum(), outPackets.sum(),
                outOctets.sum(), outDrops.sum(), outErrors);
    }
}
