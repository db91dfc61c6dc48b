package org.splnet.sim;

import java.util.SplittableRandom;

/// What a link does to frames.
///
/// @param loss probability that a frame is lost
/// @param duplicate probability that it arrives twice
/// @param corrupt probability that one bit of it is flipped
/// @param delayNs least time under way
/// @param jitterNs most time added to that; frames overtake each other
/// @param mtu largest IP packet
/// @param offloads bits of [org.splnet.pkt.Offload] that the devices at its ends announce
/// @param rate bits per second in each direction, 0 for no limit
/// @param queue octets that wait at most where the rate limits; more are lost
public record SimParams(double loss, double duplicate, double corrupt, long delayNs, long jitterNs, int mtu,
        int offloads, long rate, int queue) {

    /// A wire that does no harm.
    public static SimParams perfect() {
        return new SimParams(0, 0, 0, 50_000, 0, 1500, 0, 0, 0);
    }

    /// A path with a bottleneck.
    ///
    /// @param rttNs round-trip time without queueing
    public static SimParams path(double loss, long rttNs, long rate, int queue) {
        return new SimParams(loss, 0, 0, rttNs / 2, 0, 1500, 0, rate, queue);
    }

    /// Anything up to the worst: a fifth lost, reordering, doubles, bit errors, small MTUs, all offloads or
    /// none.
    public static SimParams random(SplittableRandom random) {
        boolean offload = random.nextInt(3) == 0;
        double[] losses = {0, 0, 0.01, 0.03, 0.1, 0.2};
        long[] delays = {10_000, 100_000, 1_000_000, 20_000_000, 100_000_000};
        long delay = delays[random.nextInt(delays.length)];
        int[] mtus = {576, 1280, 1500, 1500, 9000};
        return new SimParams(losses[random.nextInt(losses.length)], random.nextInt(3) == 0 ? 0.02 : 0,
                // A device that vouches for checksums cannot carry corrupted frames honestly.
                offload || random.nextInt(3) != 0 ? 0 : 0.01, delay,
                random.nextBoolean() ? 0 : random.nextLong(2 * delay), mtus[random.nextInt(mtus.length)],
                offload ? ALL : 0, 0, 0);
    }

    private static final int ALL = org.splnet.pkt.Offload.TX_CHECKSUM | org.splnet.pkt.Offload.TX_TSO4
            | org.splnet.pkt.Offload.RX_CHECKSUM | org.splnet.pkt.Offload.RX_MERGED;
}
