package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.rst;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 9293 §3.8.4.
@ExtendWith(NoLeaks.class)
class KeepAliveTest {
    private static SocketOptions on(int count) {
        return drill().options.withKeepAlive(true, s(100), s(10), count);
    }

    @Test
    @Shows("MUST-28")
    void waitsForTwoHoursUnlessToldOtherwise() {
        SocketOptions it = SocketOptions.DEFAULTS;
        SocketOptions on = drill().options.withKeepAlive(true, it.keepIdleNs(), it.keepIntervalNs(),
                it.keepCount());
        try (Drill tcp = drill().options(on).accepted()) {
            tcp.outNothingFor(s(7199)).after(s(2)).out(ack(1).seq(0));
        }
    }

    @Test
    @Shows("MUST-25")
    void isOffUnlessAskedFor() {                                           // MUST-25
        try (Drill tcp = drill().accepted()) {
            tcp.outNothingFor(s(100_000));
            assertThat(tcp.wheel.armed()).isZero();
        }
    }

    @Test
    @Shows({"MUST-24", "MUST-27", "MUST-29", "MAY-5"})
    void probesAfterTheIdleTimeAndEndsWithoutAnswers() {                   // MUST-24, MUST-27, MUST-29
        try (Drill tcp = drill().options(on(3)).accepted()) {
            tcp.outNothingFor(s(99)).after(s(2)).out(data(0, 0).acks(1)).after(s(10)).out(data(0, 0))
                    .after(s(10)).out(data(0, 0)).after(s(9)).outNothing().state(TcpState.ESTABLISHED)
                    .after(s(2))
                    .out(rst(1)).error(SockError.ETIMEDOUT).gone().counted(Counter.KEEPALIVE_PROBES, 3);
        }
    }

    /// tcp(7), `TCP_USER_TIMEOUT`: be it for less or for more of them.
    @Test
    void aUserTimeoutTakesThePlaceOfTheNumberOfProbes() {
        try (Drill tcp = drill().options(on(9).withUserTimeout(s(20))).accepted()) {
            tcp.after(s(101)).out(data(0, 0)).after(s(10)).out(rst(1)).error(SockError.ETIMEDOUT).gone();
        }
        try (Drill tcp = drill().options(on(1).withUserTimeout(s(115))).accepted()) {
            tcp.after(s(101)).out(data(0, 0)).after(s(10)).out(data(0, 0)).after(s(10)).out(rst(1)).gone();
        }
    }

    @Test
    @Shows({"SHLD-12", "MUST-29"})
    void anAnswerStartsItAnew() {                                          // SHLD-12: no data in the probe
        try (Drill tcp = drill().options(on(2)).accepted()) {
            for (int i = 0; i < 20; i++) {
                tcp.after(s(101)).out(data(0, 0)).in(ack(1));
            }
            tcp.state(TcpState.ESTABLISHED);
        }
    }

    @Test
    @Shows("MUST-26")
    void isSilentWhileSomethingIsHeard() {                                 // MUST-26
        try (Drill tcp = drill().options(on(2)).accepted()) {
            tcp.after(s(90)).in(data(1, 11)).after(s(1)).out(ack(11)).outNothingFor(s(90)).after(s(20))
                    .out(data(0, 0)).read(10);
        }
    }

    @Test
    @Shows("MUST-26")
    void isSilentWhileDataIsOutstanding() {                                // MUST-26
        try (Drill tcp = drill().options(on(2)).accepted()) {
            tcp.after(s(50)).write(10).after(s(300));
            for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                assertThat(seg.seq).isEqualTo(1);
            }
            tcp.counted(Counter.KEEPALIVE_PROBES, 0);
        }
    }

    @Test
    @Shows("MUST-24")
    void canBeSwitchedOnAndOffLater() {
        try (Drill tcp = drill().accepted()) {
            tcp.options(on(2)).after(s(101)).out(data(0, 0)).in(ack(1)).options(drill().options)
                    .outNothingFor(s(1000));
        }
    }

    @Test
    @Shows("MUST-24")
    void whatWasUnansweredWhenItWasSwitchedOffDoesNotCountLater() {
        try (Drill tcp = drill().options(on(1)).accepted()) {
            tcp.after(s(101)).out(data(0, 0)).options(drill().options).outNothingFor(s(500)).options(on(1))
                    .after(ms(10)).out(data(0, 0)).in(ack(1)).outNothingFor(s(90))
                    .state(TcpState.ESTABLISHED);
        }
    }

    @Test
    void otherOptionsDoNotPutItOff() {
        try (Drill tcp = drill().options(on(2)).accepted()) {
            for (int i = 0; i < 5; i++) {
                tcp.outNothing().options(on(2).withNoDelay(i % 2 == 0)).after(s(20));
            }
            tcp.after(s(1)).out(data(0, 0)).options(on(2)).outNothingFor(s(9)).after(s(1)).out(data(0, 0));
        }
    }

    @Test
    void answersThePeersProbes() {                                         // with and without a garbage octet
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).seq(0)).out(ack(1).seq(1)).in(data(0, 1)).out(ack(1).seq(1)).readNothing();
        }
    }
}
