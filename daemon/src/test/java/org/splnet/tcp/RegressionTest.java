package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.fin;
import static org.splnet.tcp.Seg.rst;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;
import org.splnet.wire.TcpHeader;

/// What has hurt other stacks, each by itself.
@ExtendWith(NoLeaks.class)
class RegressionTest {
    @Test
    void aSynThatSetsUpEcnIsNotReset() {
        for (EcnMode mode : EcnMode.values()) {
            try (Drill tcp = drill().config("ecn", mode).listening()) {
                tcp.in(syn().mss(1000).flag(TcpHeader.ECE | TcpHeader.CWR)).out(synAck()).in(ack(1).seq(1))
                        .accept().state(TcpState.ESTABLISHED);
            }
        }
    }

    @Test
    void connectAndAtOnceHalfCloseLosesNoFin() {
        try (Drill tcp = drill().synSent()) {
            tcp.shutdownOutput().outNothing().in(synAck().acks(1).mss(1000)).out(fin(1).acks(1))
                    .after(ms(1005)).out(fin(1)).in(ack(2).seq(1)).state(TcpState.FIN_WAIT_2);
        }
    }

    @Test
    void aSynAnsweredAndResetTwentyTimesLeavesNothing() {
        try (Drill tcp = drill().backlog(4).listening()) {
            for (int i = 0; i < 20; i++) {
                tcp.in(syn().mss(1000)).out(synAck()).in(rst(1)).outNothing().gone();
            }
            tcp.in(tcp.setup.peerSyn()).out(synAck()).in(ack(1).seq(1)).accept();
        }
    }

    @Test
    void tenDeadDestinationsDoNotStopAnEleventhConnect() throws SocketException {
        try (Drill tcp = new Drill(drill())) {
            StreamSocket[] dead = new StreamSocket[10];
            for (int i = 0; i < dead.length; i++) {
                dead[i] = tcp.tcp.connect(null, new Endpoint(Drill.PEER, 9000 + i), tcp.setup.options);
            }
            tcp.after(s(20));
            while (tcp.peer.take() != null) {
                // their SYNs, again and again
            }
            tcp.connect().out(syn()).in(synAck().acks(1).mss(1000)).out(ack(1)).state(TcpState.ESTABLISHED);
            for (StreamSocket each : dead) {
                each.close();
            }
        }
    }

    @Test
    void textThatComesAgainWithTheFinIsTakenOnce() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101)).in(data(1, 101).withFin()).out(ack(102)).read(100).readEnd()
                    .state(TcpState.CLOSE_WAIT).in(data(1, 101).withFin()).out(ack(102)).readEnd();
        }
    }

    @Test
    void aSimultaneousCloseSurvivesTheLossOfBothAcknowledgements() {
        try (Drill tcp = drill().finWait1()) {
            tcp.in(fin(1).acks(1)).out(ack(2)).state(TcpState.CLOSING).in(fin(1).acks(1)).out(ack(2))
                    .after(ms(205)).out(fin(1)).in(ack(2).seq(2)).state(TcpState.TIME_WAIT)
                    .in(fin(1).acks(2)).out(ack(2));
        }
    }

    @Test
    void aWindowThatNeverOpensEndsWhenThePeerFallsSilent() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).wnd(0)).write(100).after(s(2000));
            while (tcp.peer.take() != null) {
                // probes
            }
            tcp.error(SockError.ETIMEDOUT).gone();
        }
    }

    @Test
    void anMssOfNothingIsNotBelieved() {
        for (int mss : new int[] {0, 1, 63}) {
            try (Drill tcp = drill().listening()) {
                tcp.in(syn().rawOptions(2, 4, 0, mss)).out(synAck()).in(ack(1).seq(1)).accept();
                int believed = mss == 0 ? 536 : 64;        // 0 is as if nothing had been said
                assertThat(tcp.tcb().mss).isEqualTo(believed);
                tcp.write(believed).out(data(1, 1 + believed));
            }
        }
    }

    @Test
    void anUrgentPointerBeyondTheTextDoesNoHarm() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 11).urgent(65_535)).after(ms(45)).out(ack(11)).read(10).in(data(11, 21)).read(10);
            assertThat(tcp.socket.urgentAhead()).isEqualTo(65_535 - 20);
        }
    }

    @Test
    void sequenceNumbersBeyondTheSignWorkWithSack() {
        for (int iss : new int[] {Integer.MAX_VALUE - 3000, Integer.MIN_VALUE, -1, -3000}) {
            try (Drill tcp = SackSenderTest.flying(drill().iss(iss).wnd(10_000))) {
                tcp.in(ack(1).sack(1001, 4001)).out(data(1, 1001)).after(ms(10)).in(ack(10_001));
                while (tcp.peer.take() != null) {
                    // a new window
                }
                assertThat(tcp.tcb().loss.recovering()).isFalse();
            }
        }
    }
}
