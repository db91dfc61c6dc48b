package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.rst;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.NoLeaks;
import org.splnet.socket.CongestionAlgorithm;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;

/// What can be set for a stack and for a socket, and that it does something.
@ExtendWith(NoLeaks.class)
class KnobsTest {
    private static SocketOptions options() {
        return drill().options;
    }

    @Test
    void mssOfTheStackAndOfASocket() {
        try (Drill tcp = new Drill(drill().config("mss", 900)).connect()) {
            tcp.out(syn().mss(900)).in(synAck().acks(1).mss(1000)).out(ack(1)).write(1000)
                    .out(data(1, 901));
        }
        try (Drill tcp = drill().options(options().withMaxSegment(700)).config("mss", 900).accepted()) {
            tcp.write(1000).out(data(1, 1001).gso(700));
        }
        try (Drill tcp = drill().options(options().withMaxSegment(700)).listening()) {
            tcp.in(syn().mss(1000)).out(synAck().mss(700));
        }
    }

    @Test
    void windowScale() {
        try (Drill tcp = new Drill(drill().config("windowScale", 5)).connect()) {
            tcp.out(syn().scale(5));
        }
        try (Drill tcp = new Drill(drill().config("windowScale", 5, "windowScaling", false)).connect()) {
            tcp.out(syn().noScale());
        }
    }

    @Test
    void noDelayOfTheStack() {
        try (Drill tcp = drill().config("noDelay", true).accepted()) {
            tcp.write(10).out(data(1, 11)).write(10).out(data(11, 21));
        }
    }

    @Test
    void delayedAcknowledgements() {
        try (Drill tcp = drill().config("delayedAckNs", ms(200)).accepted()) {
            tcp.in(data(1, 101)).outNothingFor(ms(190)).after(ms(12)).out(ack(101)).read(100);
        }
    }

    @Test
    void initialWindow() {
        try (Drill tcp = drill().config("initialWindow", 3).accepted()) {
            tcp.write(10_000).out(data(1, 1001), data(1001, 2001), data(2001, 3001)).outNothing();
        }
        try (Drill tcp = drill().mss(1460).config("initialWindow", 32).accepted().write(60_000)) {
            for (int i = 0; i < 32; i++) {
                tcp.out(data(1 + 1460 * i, 1 + 1460 * (i + 1)));
            }
            tcp.outNothing();
        }
    }

    @Test
    void timeouts() {
        try (Drill tcp = new Drill(drill().config("initialRtoNs", ms(300))).connect()) {
            tcp.out(syn()).outNothingFor(ms(295)).after(ms(10)).out(syn());
        }
        try (Drill tcp = drill().config("minRtoNs", ms(50)).accepted()) {
            tcp.write(10).out(data(1, 11)).outNothingFor(ms(45)).after(ms(10)).out(data(1, 11));
        }
    }

    @Test
    void theLeastAndTheGreatestTimeoutCountForOpenConnections() {
        try (Drill tcp = drill().accepted()) {
            tcp.tcp.configure(Knobs.with(tcp.tcp.cfg, "minRtoNs", s(1), "maxRtoNs", s(60)));
            tcp.write(10).out(data(1, 11)).after(ms(10)).in(ack(11));
            assertThat(tcp.tcb().rtt.rtoNs()).isBetween(s(1), s(1) + ms(20));
            for (int i = 0; i < 10; i++) {
                tcp.tcb().rtt.backOff();
            }
            assertThat(tcp.tcb().rtt.rtoNs()).isEqualTo(s(60));
        }
    }

    @Test
    void retriesOfASyn() {
        try (Drill tcp = new Drill(drill().config("synRetries", 2)).connect()) {
            tcp.out(syn()).after(s(1) + ms(5)).out(syn()).after(s(2)).out(syn()).after(s(5)).outNothing()
                    .error(SockError.ETIMEDOUT).gone();
        }
        try (Drill tcp = drill().config("synRetries", 1).listening()) {
            tcp.in(syn().mss(1000)).out(synAck()).after(s(1) + ms(5)).out(synAck()).after(s(5)).outNothing()
                    .counted(Counter.HALF_OPEN_TIMEOUTS, 1).gone();
        }
    }

    @Test
    void retriesOfData() {
        try (Drill tcp = drill().config("dataRetries", 2).accepted().write(10)) {
            tcp.out(data(1, 11)).after(ms(205)).out(data(1, 11)).after(ms(405)).out(data(1, 11)).after(s(2))
                    .out(rst(11)).error(SockError.ETIMEDOUT).gone();
        }
    }

    @Test
    void patienceOfAConnect() {
        try (Drill tcp = new Drill(drill().options(options().withConnectTimeout(s(5)))).connect()) {
            tcp.after(s(4)).state(TcpState.SYN_SENT).after(s(2)).error(SockError.ETIMEDOUT).gone();
            while (tcp.peer.take() != null) {
                // several SYNs
            }
        }
    }

    @Test
    void maximumSegmentLifetime() {
        try (Drill tcp = drill().config("mslNs", s(1)).timeWait()) {
            tcp.after(ms(1900));
            assertThat(tcp.tcp.connections()).isEqualTo(1);
            tcp.after(ms(200)).gone();
        }
    }

    @Test
    void patienceForTheFin() {
        for (Drill tcp : new Drill[] {drill().config("finWait2Ns", s(5)).finWait2(),
            drill().options(options().withFinWait2(s(5))).finWait2()}) {
            try (tcp) {
                tcp.closes().after(s(4));
                assertThat(tcp.tcp.connections()).isEqualTo(1);
                tcp.after(s(2)).gone();
            }
        }
    }

    @Test
    void congestionControlOfASocket() {
        SocketOptions cubic = options().withCongestion(CongestionAlgorithm.CUBIC);
        try (Drill tcp = drill().options(cubic).accepted()) {
            assertThat(tcp.tcb().cc).isInstanceOf(Cubic.class);
        }
        try (Drill tcp = drill().accepted()) {
            assertThat(tcp.tcb().cc).isInstanceOf(NewReno.class);
        }
    }

    @Test
    void congestionControlOfAnOpenConnection() {
        try (Drill tcp = drill().accepted().write(20_000)) {
            tcp.after(ms(10)).in(ack(1001), ack(1001), ack(1001), ack(1001));
            int cwnd = tcp.tcb().cc.cwnd();
            int ssthresh = tcp.tcb().cc.ssthresh();
            assertThat(ssthresh).as("after a loss").isLessThan(10_000);
            tcp.options(options().withCongestion(CongestionAlgorithm.CUBIC));
            CongestionControl cubic = tcp.tcb().cc;
            assertThat(cubic).isInstanceOf(Cubic.class);
            assertThat(cubic.cwnd()).isEqualTo(cwnd);
            assertThat(cubic.ssthresh()).isEqualTo(ssthresh);
            tcp.options(tcp.socket.options().withNoDelay(true));
            assertThat(tcp.tcb().cc).isSameAs(cubic);
            tcp.abort();
            while (tcp.peer.take() != null) {
                // what was under way
            }
        }
    }

    @Test
    void withoutRfc5961TheOldRulesApply() {
        try (Drill tcp = drill().config("challengeAcks", false).accepted()) {
            tcp.in(rst(100)).outNothing().error(SockError.ECONNRESET).gone();
        }
        try (Drill tcp = drill().config("challengeAcks", false).synReceived()) {
            tcp.in(rst(100)).outNothing().gone();
        }
        try (Drill tcp = drill().config("challengeAcks", false).accepted()) {
            tcp.in(syn().seq(100)).out(rst().acks(101)).error(SockError.ECONNRESET).gone();
        }
        try (Drill tcp = drill().config("challengeAcks", false).accepted()) {
            tcp.in(syn().seq(-100)).out(ack(1)).state(TcpState.ESTABLISHED)
                    .in(ack(-70_000).seq(1)).outNothing().in(ack(2).seq(1)).out(ack(1));
        }
    }

    @ParameterizedTest
    @CsvSource({"mss, 63, 64..65535", "windowScale, 15, -1..14", "synRetries, 256, 0..255",
        "dataRetries, -1, 0..255", "orphans, 0, 1..16777216"})
    void sayWhatIsAllowed(String knob, int value, String allowed) {
        assertThatThrownBy(() -> Knobs.with(knob, value)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(": " + value + " is not in " + allowed);
    }
}
