package org.splnet.tcp;

import org.splnet.kern.Entropy;
import org.splnet.tcp.TcpStats.Counter;

/// Acknowledgements that nobody is owed: in answer to a RST, SYN or ACK that may be forged (RFC 5961 §3, §4,
/// §5) and to segments outside the window that carry no data. Limited for the whole instance and, so that one
/// connection under attack does not silence the others and two confused ends do not talk for ever, for each
/// connection (§7).
final class ChallengeAck {
    private static final long SECOND_NS = 1_000_000_000L;

    private final SecretBudget budget;
    private final SegmentWriter writer;
    private final TcpStats stats;
    private final int perConnection;

    ChallengeAck(TcpConfig cfg, SegmentWriter writer, TcpStats stats, Entropy entropy) {
        this.budget = new SecretBudget(cfg.challengeAcksPerSecond(), entropy);
        this.writer = writer;
        this.stats = stats;
        this.perConnection = cfg.challengeAcksPerConnection();
    }

    /// Sends one, if the limits allow: `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`.
    void send(Tcb tcb, long nowNs) {
        send(tcb, false, nowNs);
    }

    /// Answers a keep-alive, or somebody who asks for room without an octet (RFC 9293 §3.8.4, §3.8.6.1): who
    /// is not answered gives up a connection that nothing is wrong with, so others' talk is not to use up
    /// what there is. The connection's own limit is enough, lest two ends talk for ever.
    void answer(Tcb tcb, long nowNs) {
        send(tcb, true, nowNs);
    }

    private void send(Tcb tcb, boolean owed, long nowNs) {
        assert tcb.lock.held();
        if (nowNs - tcb.challengeNs >= SECOND_NS || tcb.challenges == 0) {
            tcb.challengeNs = nowNs;
            tcb.challenges = 0;
        }
        if (tcb.challenges >= perConnection || !owed && !budget.allow(nowNs)) {
            stats.add(Counter.CHALLENGE_ACKS_LIMITED);
            return;
        }
        tcb.challenges++;
        stats.add(Counter.CHALLENGE_ACKS);
        writer.ack(tcb, nowNs);
    }

    /// As if none had been sent.
    void forget() {
        budget.reset();
    }

    /// True if the instance may send one more for something that is not a [Tcb].
    boolean allow(long nowNs) {
        if (budget.allow(nowNs)) {
            stats.add(Counter.CHALLENGE_ACKS);
            return true;
        }
        stats.add(Counter.CHALLENGE_ACKS_LIMITED);
        return false;
    }
}
