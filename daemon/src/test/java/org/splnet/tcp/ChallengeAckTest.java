package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.fin;
import static org.splnet.tcp.Seg.rst;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.kern.Entropy;
import org.splnet.socket.SockError;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 5961: what may be forged is answered with an acknowledgement, and not too often.
@ExtendWith(NoLeaks.class)
class ChallengeAckTest {
    @Test
    @Shows({"RFC5961-3.2", "EVENT-23"})
    void resetsOnlyByTheExactNumber() {                                    // §3.2
        try (Drill tcp = drill().accepted()) {
            tcp.in(rst(2)).out(ack(1).seq(1)).in(rst(60_000)).out(ack(1).seq(1)).in(rst(60_001), rst(0))
                    .outNothing().state(TcpState.ESTABLISHED).counted(Counter.CHALLENGE_ACKS, 2)
                    .in(rst(1)).outNothing().error(SockError.ECONNRESET);
        }
    }

    @Test
    @Shows({"RFC5961-4.2", "EVENT-26"})
    void challengesEverySyn() {                                            // §4.2
        try (Drill tcp = drill().accepted()) {
            tcp.in(syn().seq(1)).out(ack(1).seq(1)).in(syn().seq(0)).out(ack(1)).in(syn().seq(-70_000))
                    .out(ack(1)).in(synAck().seq(500).acks(1)).out(ack(1)).state(TcpState.ESTABLISHED);
        }
        try (Drill tcp = drill().closeWait()) {
            tcp.in(syn().seq(2)).out(ack(2)).state(TcpState.CLOSE_WAIT);
        }
    }

    @Test
    @Shows({"RFC5961-5.2", "EVENT-30", "MAY-12"})
    void challengesAcksOfWhatWasNeverSentOrIsLongForgotten() {             // §5.2
        try (Drill tcp = drill().wnd(1000).accepted()) {
            tcp.write(500).out(data(1, 501)).in(data(1, 11).acks(502)).out(ack(1).seq(501)).readNothing()
                    .in(ack(501)).write(1000).out(data(501, 1501)).in(ack(1501))
                    .in(data(1, 11).acks(500)).out(ack(1).seq(1501)).readNothing()
                    .in(data(1, 11).acks(501)).read(10);
        }
    }

    @Test
    @Shows("RFC5961-7")
    void isLimitedForOneConnection() {                                     // §7
        try (Drill tcp = drill().config("challengeAcksPerConnection", 3).accepted()) {
            for (int i = 0; i < 10; i++) {
                tcp.in(rst(100));
            }
            tcp.out(ack(1), ack(1), ack(1)).outNothing().counted(Counter.CHALLENGE_ACKS_LIMITED, 7)
                    .after(s(1)).in(rst(100)).out(ack(1));
        }
    }

    @Test
    @Shows("RFC5961-7")
    void isLimitedForAll() {                                               // §7
        try (Drill tcp = drill().config("challengeAcksPerSecond", 1).accepted()) {
            for (int i = 0; i < 10; i++) {
                tcp.in(syn().seq(100));
            }
            tcp.out(ack(1)).outNothing().counted(Counter.CHALLENGE_ACKS_LIMITED, 9);
        }
    }

    /// Who is not answered gives up a connection that nothing is wrong with.
    @Test
    void doesNotKeepAKeepAliveFromItsAnswer() {
        try (Drill tcp = drill().config("challengeAcksPerSecond", 1).accepted()) {
            tcp.in(syn().seq(100)).out(ack(1)).in(syn().seq(100)).outNothing();
            tcp.in(ack(1).seq(0)).out(ack(1));
        }
    }

    /// CVE-2016-5696: who counts how many are left learns nothing of what others provoked.
    @Test
    @Shows("RFC5961-7")
    void howManyThereAreNobodyKnows() {
        var budget = new SecretBudget(1000, Entropy.seeded(1));
        BitSet seen = new BitSet();
        for (long second = -200; second < 200; second++) {
            int got = 0;
            while (budget.allow(s(second))) {
                got++;
            }
            assertThat(got).isBetween(500, 1000);
            seen.set(got);
        }
        assertThat(seen.cardinality()).as("different numbers in 400 seconds").isGreaterThan(200);
    }

    /// Threads read their clocks when their batches begin.
    @Test
    void aSecondThatIsOverGivesNothingBack() {
        var budget = new SecretBudget(1000, Entropy.seeded(1));
        while (budget.allow(s(6))) {
            // all of it
        }
        assertThat(budget.allow(s(6))).isFalse();
        assertThat(budget.allow(s(5))).isFalse();
        assertThat(budget.allow(s(6))).isFalse();
        assertThat(budget.allow(s(7))).isTrue();
    }

    @Test
    @Shows("RFC5961-5.2")
    void challengesAcksOfWhatWasNeverSentAlsoIfTheWindowWouldReachBack() {  // §5.2, CVE-2023-52881
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 11).acks(0)).out(ack(1)).in(data(1, 11).acks(-60_000)).out(ack(1)).readNothing()
                    .write(100).out(data(1, 101)).in(ack(101)).in(data(1, 11).acks(1)).read(10)
                    .in(data(11, 21).acks(0)).out(ack(11)).readNothing();
        }
        try (Drill tcp = drill().finWait2()) {
            tcp.in(data(1, 11).acks(0)).out(ack(1)).in(data(1, 11).acks(1)).read(10);
        }
    }

    @Test
    void twoConfusedEndsDoNotTalkForEver() {
        try (Drill tcp = drill().accepted()) {
            int answers = 0;
            for (int i = 0; i < 100; i++) {
                tcp.in(ack(1).seq(-5));
                answers += tcp.peer.take() == null ? 0 : 1;
            }
            assertThat(answers).isEqualTo(10);
        }
    }

    @Test
    void aHalfOpenConnectionChallengesToo() {
        try (Drill tcp = drill().synReceived()) {
            tcp.in(rst(5)).out(ack(1).seq(1)).in(ack(1).seq(-5)).out(ack(1).seq(1)).in(rst(-5)).outNothing()
                    .in(synAck().acks(1)).out(ack(1).seq(1)).in(synAck().acks(1).withFin()).out(ack(1).seq(1))
                    .in(ack(1).seq(1)).outNothing().accept();
        }
    }

    /// A peer that is not answered repeats what it said until it gives the connection up.
    @Test
    void doesNotKeepARepeatedFinOrSynAckFromItsAnswer() {
        try (Drill tcp = drill().config("challengeAcksPerSecond", 1).closeWait()) {
            tcp.in(syn().seq(100)).out(ack(2)).in(syn().seq(100)).outNothing();
            tcp.in(fin(1).acks(1)).out(ack(2));
        }
        try (Drill tcp = drill().config("challengeAcksPerSecond", 1).connected()) {
            tcp.in(syn().seq(100)).out(ack(1)).in(syn().seq(100)).outNothing();
            tcp.in(synAck().acks(1)).out(ack(1).seq(1));
        }
    }
}
