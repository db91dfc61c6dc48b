package org.splnet.tcp;

import org.splnet.socket.CongestionAlgorithm;
import org.splnet.socket.SocketOptions;

/// How much may be on its way: told of events, answers with a window. Numbers in, numbers out; knows no
/// connection and no clock but what it is told. Octets throughout. Covered by its connection's lock.
sealed interface CongestionControl permits LossBased {
    /// By the algorithm that a socket asks for, or the stack's.
    static CongestionControl of(SocketOptions options, TcpConfig cfg, int mss) {
        CongestionAlgorithm asked = options.congestion();
        return switch (asked == null ? cfg.congestionControl() : asked) {
            case CUBIC -> new Cubic(mss, cfg.initialWindow(), cfg.slowStartLimit());
            case NEW_RENO -> new NewReno(mss, cfg.initialWindow(), cfg.slowStartLimit());
        };
    }

    /// Its name.
    CongestionAlgorithm algorithm();

    /// Goes on in the place of another, with its windows.
    ///
    /// @return the other if it is by the same algorithm
    CongestionControl after(CongestionControl other);

    /// The congestion window.
    int cwnd();

    /// The slow-start threshold.
    int ssthresh();

    /// The segment size changed, or is known at last.
    void mss(int mss);

    /// The handshake is over: sets the initial window.
    ///
    /// @param lostSyns how often SYN or SYN,ACK had to be sent again
    void established(int lostSyns);

    /// A round-trip time was measured.
    ///
    /// @param over a round trip has passed since this was last true
    void onRtt(long rttNs, boolean over);

    /// The last loss was none: the window is as before it, or as it is now if that is more (RFC 4015 §3.2).
    void undo();

    /// New data was acknowledged outside of recovery.
    ///
    /// @param limited true if the window was what held the sender back
    /// @param rttNs smoothed round-trip time
    void onAck(int acked, boolean limited, long nowNs, long rttNs);

    /// Loss was detected by duplicate acknowledgements: fast recovery begins.
    void onLoss(int flight);

    /// The network says that it is congested (RFC 3168 §6.1.2): as for a loss, and nothing is to be repaired.
    void onCongestion(int flight);

    /// A further duplicate acknowledgement in recovery: a segment has left the network.
    void onDuplicate();

    /// In recovery, less than all was acknowledged.
    void onPartialAck(int acked);

    /// In recovery with SACK: the window that [RateReduction] allows.
    void recoveryWindow(int octets);

    /// Recovery is over.
    void onRecovered(int flight);

    /// The retransmission timer expired.
    ///
    /// @param again true if the same octets had timed out before
    void onTimeout(int flight, boolean again);

    /// Nothing was sent for longer than a retransmission timeout.
    void onIdle();
}
