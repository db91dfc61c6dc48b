package org.splnet.net;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/// What went through one interface. Any thread. A packet that a device cuts or has merged counts once, as it
/// crossed the border between stack and device.
public final class IfCounters {
    private final OfQueue[] queues;
    private final LongAdder inDrops = new LongAdder();
    private final LongAdder inErrors = new LongAdder();
    private final LongAdder inMerged = new LongAdder();
    private final LongAdder outDrops = new LongAdder();

    /// What went through one of its device's queues.
    static final class OfQueue {
        private final LongAdder inPackets = new LongAdder();
        private final LongAdder inOctets = new LongAdder();
        private final LongAdder outPackets = new LongAdder();
        private final LongAdder outOctets = new LongAdder();

        void received(long packets, long octets) {
            inPackets.add(packets);
            inOctets.add(octets);
        }

        void sent(long packets, long octets) {
            outPackets.add(packets);
            outOctets.add(octets);
        }

        private void reset() {
            Stream.of(inPackets, inOctets, outPackets, outOctets).forEach(LongAdder::reset);
        }

        private QueueReading read() {
            return new QueueReading(inPackets.sum(), inOctets.sum(), outPackets.sum(), outOctets.sum());
        }
    }

    /// One reading of what went through one queue.
    public record QueueReading(long inPackets, long inOctets, long outPackets, long outOctets) {
    }

    IfCounters(int queues) {
        this.queues = Stream.generate(OfQueue::new).limit(queues).toArray(OfQueue[]::new);
    }

    /// One reading; the counters are read one after the other while they run on.
    ///
    /// @param inDrops frames nobody wanted: not for us, no protocol, interface down
    /// @param inErrors frames that were wrong, or met a fault of ours
    /// @param inMerged frames that went up as a part of the one before, because the device does not merge
    /// @param outDrops packets that found no room or no interface
    /// @param outErrors frames the device refused
    /// @param queues the parts that each queue of its device has in packets and octets
    public record Reading(long inPackets, long inOctets, long inDrops, long inErrors, long inMerged,
            long outPackets, long outOctets, long outDrops, long outErrors,
            List<QueueReading> queues) {
    }

    OfQueue queue(int index) {
        return queues[index];
    }

    void inDrop() {
        inDrops.increment();
    }

    void inError() {
        inErrors.increment();
    }

    void merged(long frames) {
        inMerged.add(frames);
    }

    void outDrop() {
        outDrops.increment();
    }

    void reset() {
        Stream.of(inDrops, inErrors, inMerged, outDrops).forEach(LongAdder::reset);
        Stream.of(queues).forEach(OfQueue::reset);
    }

    Reading read(long outErrors) {
        long inPackets = 0;
        long inOctets = 0;
        long outPackets = 0;
        long outOctets = 0;
        List<QueueReading> parts = Stream.of(queues).map(OfQueue::read).toList();
        for (QueueReading each : parts) {
            inPackets += each.inPackets;
            inOctets += each.inOctets;
            outPackets += each.outPackets;
            outOctets += each.outOctets;
        }
        return new Reading(inPackets, inOctets, inDrops.sum(), inErrors.sum(), inMerged.sum(), outPackets,
                outOctets, outDrops.sum(), outErrors, parts);
    }
}
