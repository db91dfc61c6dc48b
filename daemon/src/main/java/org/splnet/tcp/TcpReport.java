package org.splnet.tcp;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a connection tells of itself beyond its state (`TCP_INFO`): a snapshot for people. Times in
/// nanoseconds, amounts in octets.
///
/// @param counts what has gone over it
/// @param waits what has held it up
/// @param path what is known of the way to the peer
/// @param agreed what both SYNs said
public record TcpReport(Counts counts, Waits waits, Path path, Agreed agreed) {
    /// @param octetsAcked text that the peer has acknowledged
    /// @param octetsReceived text that came in, in order
    /// @param octetsResent text sent again
    /// @param segmentsIn segments received, merged ones counted once, modulo 2^32
    /// @param segmentsOut segments sent, those to be cut counted once, modulo 2^32
    /// @param resent segments among them that were sent again
    /// @param timeouts retransmission timeouts
    /// @param backOffs of them, in a row and now
    /// @param spurious recoveries that turned out to have been unnecessary
    /// @param sinceSentNs since text was sent
    /// @param sinceHeardNs since the peer was heard
    public record Counts(long octetsAcked, long octetsReceived, long octetsResent, long segmentsIn,
            long segmentsOut, int resent, int timeouts, int backOffs, int spurious, long sinceSentNs,
            long sinceHeardNs) { }

    /// @param now why it sends no more than it does: `application`, `send-buffer`, `receive-window`,
    ///     `congestion-window`, `pacing`, `device`; null before the handshake is over
    /// @param spentNs for how long it was each of these
    /// @param unread the client does not read, which keeps the peer from sending
    /// @param unreadNs for how long that was so
    /// @param sendBuffer what the send buffer holds at most
    /// @param receiveBuffer what the receive buffer holds at most
    public record Waits(String now, Map<String, Long> spentNs, boolean unread, long unreadNs, int sendBuffer,
            int receiveBuffer) { }

    /// @param mtu largest IP packet that is known to get through
    /// @param minRttNs least round-trip time, 0 if not measured
    /// @param rttVarNs its variation
    /// @param receiverRttNs round-trip time as the receiver of text sees it, 0 if not measured
    /// @param inFlight on its way
    /// @param sacked held by the peer out of order
    /// @param lost taken for lost and not sent again yet
    /// @param reordered the path has changed the order of segments
    /// @param deliveryRate octets per second that arrived, last time it was used to the full; 0 if not known
    public record Path(int mtu, long minRttNs, long rttVarNs, long receiverRttNs, int inFlight, int sacked,
            int lost, boolean reordered, long deliveryRate) { }

    /// @param sack selective acknowledgements (RFC 2018)
    /// @param timestamps (RFC 7323)
    /// @param ecn explicit congestion notification (RFC 3168)
    /// @param sendScale window scale of the peer; -1 if windows are not scaled
    /// @param receiveScale our window scale; -1 if windows are not scaled
    /// @param congestionControl the algorithm
    public record Agreed(boolean sack, boolean timestamps, boolean ecn, int sendScale,
            int receiveScale, String congestionControl) { }

    static TcpReport of(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        return new TcpReport(counts(tcb, nowNs), waits(tcb, nowNs), path(tcb), agreed(tcb));
    }

    private static Counts counts(Tcb tcb, long nowNs) {
        Traffic seen = tcb.traffic == null ? new Traffic() : tcb.traffic;
        return new Counts(seen.octetsAcked, seen.octetsReceived, seen.octetsResent,
                Integer.toUnsignedLong(tcb.segmentsIn), Integer.toUnsignedLong(tcb.segmentsOut),
                tcb.resent, seen.timeouts, tcb.backOffs, seen.spurious,
                nowNs - tcb.lastSendNs, nowNs - tcb.lastHeardNs);
    }

    private static Waits waits(Tcb tcb, long nowNs) {
        boolean open = tcb.state.isSynchronized();
        Limits limits = tcb.limits == null ? new Limits(open ? tcb.openedNs : nowNs) : tcb.limits;
        Map<String, Long> spent = new LinkedHashMap<>();
        for (SendLimit why : SendLimit.values()) {
            spent.put(why.label(), limits.spentNs(why, nowNs));
        }
        return new Waits(open ? limits.why().label() : null, spent, limits.unread(),
                limits.unreadNs(nowNs), tcb.sndLimit, tcb.rcvLimit);
    }

    private static Path path(Tcb tcb) {
        long minNs = tcb.rtt.minNs();
        boolean reordered = false;
        if (tcb.loss instanceof RackRecovery recovery) {
            long seenNs = recovery.rack().minRttNs();
            minNs = minNs == 0 ? seenNs : Math.min(minNs, seenNs);
            reordered = recovery.rack().reordered();
        }
        minNs = minNs == Long.MAX_VALUE ? 0 : minNs;
        return new Path(tcb.path.mtu(), minNs, tcb.rtt.varNs(), tcb.tuning == null ? 0 : tcb.tuning.rttNs(),
                tcb.loss.inFlight(tcb), tcb.loss.sacked(), tcb.loss.lost(), reordered,
                tcb.traffic == null ? 0 : tcb.traffic.rate());
    }

    private static Agreed agreed(Tcb tcb) {
        boolean scales = tcb.offeredScale >= 0 && tcb.state.isSynchronized();
        return new Agreed(tcb.sackAgreed, tcb.timestamps != null, tcb.ecn != null,
                scales ? tcb.sndScale : -1, scales ? tcb.rcvScale : -1, tcb.cc.algorithm().label());
    }

    /// Adds all of it by name, times in milliseconds.
    void tell(Map<String, Object> details) {
        details.put("limitedBy", waits.now());
        Map<String, Object> times = new LinkedHashMap<>();
        waits.spentNs().forEach((why, ns) -> times.put(why, ns / 1e6));
        times.put("not-read", waits.unreadNs() / 1e6);
        details.put("limitedMs", times);
        details.put("notRead", waits.unread());
        details.put("sendBuffer", waits.sendBuffer());
        details.put("receiveBuffer", waits.receiveBuffer());
        details.put("octetsAcked", counts.octetsAcked());
        details.put("octetsReceived", counts.octetsReceived());
        details.put("octetsResent", counts.octetsResent());
        details.put("segmentsIn", counts.segmentsIn());
        details.put("segmentsOut", counts.segmentsOut());
        details.put("timeouts", counts.timeouts());
        details.put("backOffs", counts.backOffs());
        details.put("spuriousRecoveries", counts.spurious());
        details.put("sinceSentMs", counts.sinceSentNs() / 1e6);
        details.put("sinceHeardMs", counts.sinceHeardNs() / 1e6);
        details.put("pathMtu", path.mtu());
        details.put("minRttMs", path.minRttNs() / 1e6);
        details.put("rttVarMs", path.rttVarNs() / 1e6);
        details.put("receiverRttMs", path.receiverRttNs() / 1e6);
        details.put("inFlight", path.inFlight());
        details.put("sacked", path.sacked());
        details.put("lost", path.lost());
        details.put("reordered", path.reordered());
        details.put("deliveryRate", path.deliveryRate());
        details.put("sack", agreed.sack());
        details.put("timestamps", agreed.timestamps());
        details.put("ecn", agreed.ecn());
        details.put("sendScale", agreed.sendScale());
        details.put("receiveScale", agreed.receiveScale());
        details.put("congestionControl", agreed.congestionControl());
    }
}
