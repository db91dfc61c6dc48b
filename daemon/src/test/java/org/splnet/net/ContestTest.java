package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.wire.MacAddr;

/// Two stations claim one address.
@ExtendWith(NoLeaks.class)
class ContestTest {
    private static final String HOST = "10.0.0.9";
    private static final MacAddr RIVAL = MacAddr.parse("02:00:00:00:00:77");
    private static final String TO_PEER = "020000000099" + "020000000001";
    private static final String TO_RIVAL = "020000000077" + "020000000001";
    private static final String TO_ALL = "ffffffffffff" + "020000000001";
    private final NetBed bed = new NetBed();

    @BeforeEach
    void resolve() {
        bed.resolve(HOST, NetBed.PEER);
        bed.pass(2 * NetBed.SECOND);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private void sees(String start) {
        assertThat(bed.device.take().hex()).startsWith(start);
    }

    private void seesNothing() {
        assertThat(bed.device.take()).isNull();
    }

    private void claim() {
        bed.arrive(Frames.request(RIVAL, HOST, HOST));
    }

    private void answer(MacAddr by) {
        bed.arrive(Frames.reply(by, HOST, NetBed.OURS, "10.0.0.1"));
    }

    private MacAddr station() {
        return bed.nic.neighbors(bed.nowNs()).getFirst().mac();
    }

    @Test
    void theOneWeKnowKeepsTheAddressIfItAnswers() {
        claim();
        sees(TO_PEER + "0806");
        sees(TO_RIVAL + "0806");
        seesNothing();
        bed.send(HOST, 20);
        sees(TO_PEER + "0800");
        answer(RIVAL);
        answer(NetBed.PEER);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.REACHABLE);
        bed.pass(5 * NetBed.SECOND);
        assertThat(station()).isEqualTo(NetBed.PEER);
        seesNothing();
    }

    @Test
    void theOtherGetsItIfOnlyThatOneAnswers() {
        claim();
        bed.discard();
        answer(RIVAL);
        assertThat(station()).isEqualTo(NetBed.PEER);
        bed.pass(110 * NetBed.MS);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.REACHABLE);
        assertThat(station()).isEqualTo(RIVAL);
    }

    @Test
    void aLateAnswerOfTheOtherCountsToo() {
        claim();
        bed.pass(110 * NetBed.MS);
        bed.discard();
        answer(RIVAL);
        assertThat(station()).isEqualTo(RIVAL);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void everybodyIsAskedIfNeitherAnswers() {
        claim();
        bed.discard();
        bed.pass(1010 * NetBed.MS);
        sees(TO_ALL + "0806");
        MacAddr third = MacAddr.parse("02:00:00:00:00:33");
        answer(third);
        assertThat(station()).isEqualTo(third);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void whoSpeaksButNeverAnswersIsBelievedWhenNobodyElseHasTheAddress() {
        claim();
        bed.pass(2110 * NetBed.MS);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.INCOMPLETE);
        bed.discard();
        bed.send(HOST, 20);
        sees(TO_ALL + "0806");
        seesNothing();
        bed.pass(1010 * NetBed.MS);
        sees(TO_RIVAL + "0800");
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.STALE);
    }

    @Test
    void isForgottenIfNobodyAnswersAndNobodyAsks() {
        claim();
        bed.pass(6 * NetBed.SECOND);
        assertThat(bed.nic.neighbors(bed.nowNs())).isEmpty();
        assertThat(bed.wheel.armed()).isZero();
    }

    @Test
    void askedJustNowItIsAskedAMomentLater() {
        claim();
        answer(NetBed.PEER);
        bed.discard();
        claim();
        seesNothing();
        bed.pass(110 * NetBed.MS);
        sees(TO_PEER + "0806");
        sees(TO_RIVAL + "0806");
    }

    /// Answers whoever was asked, in that order.
    private int answersToWhatWasAsked() {
        int asked = 0;
        for (FakeDevice.Sent sent; (sent = bed.device.take()) != null; asked++) {
            answer(sent.hex().startsWith(TO_RIVAL) ? RIVAL : NetBed.PEER);
        }
        return asked;
    }

    /// RFC 1122 §2.3.2.1: one request a second, though both answer each.
    @Test
    void twoThatBothAnswerAreNotAskedForEver() {
        claim();
        int asked = 0;
        for (int i = 0; i < 500; i++) {
            asked += answersToWhatWasAsked();
            bed.pass(10 * NetBed.MS);
        }
        assertThat(asked).isEqualTo(2);
        assertThat(station()).isEqualTo(NetBed.PEER);
    }

    @Test
    void theAnswerOfOneThatHasLostComesTooLate() {
        claim();
        bed.discard();
        answer(RIVAL);
        bed.pass(110 * NetBed.MS);
        answer(NetBed.PEER);
        bed.pass(NetBed.SECOND);
        seesNothing();
        assertThat(station()).isEqualTo(RIVAL);
    }

    @Test
    void aThirdHasToWait() {
        claim();
        bed.discard();
        bed.arrive(Frames.request(MacAddr.parse("02:00:00:00:00:33"), HOST, HOST));
        seesNothing();
        answer(RIVAL);
        bed.pass(110 * NetBed.MS);
        assertThat(station()).isEqualTo(RIVAL);
    }

    @Test
    void aThirdGetsItsTurnIfNeitherAnswers() {
        claim();
        bed.pass(110 * NetBed.MS);
        bed.discard();
        bed.arrive(Frames.request(MacAddr.parse("02:00:00:00:00:33"), HOST, HOST));
        sees(TO_PEER + "0806");
        sees("020000000033" + "020000000001" + "0806");
    }

    @Test
    void aPacketByAnotherStationIsReasonToAskButNotOftenerThanASecond() {
        long hi = bed.neighbor(HOST).hi();
        long lo = bed.neighbor(HOST).lo();
        bed.nic.seen(hi, lo, NetBed.PEER.bits(), bed.nowNs());
        seesNothing();
        for (int i = 0; i < 100; i++) {
            bed.nic.seen(hi, lo, RIVAL.bits(), bed.nowNs());
            answer(NetBed.PEER);
        }
        sees(TO_PEER + "0806");
        sees(TO_RIVAL + "0806");
        seesNothing();
        assertThat(station()).isEqualTo(NetBed.PEER);
        bed.nic.seen(hi, lo + 1, RIVAL.bits(), bed.nowNs());
        assertThat(bed.nic.neighbors(bed.nowNs())).hasSize(1);
    }
}
