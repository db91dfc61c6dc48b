package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.wire.TcpHeader;

/// RFC 9293 §3.7.4: Nagle's algorithm, and PSH (§3.9.1.2).
@ExtendWith(NoLeaks.class)
class NagleTest {
    @Test
    @Shows("SHLD-7")
    void holdsSmallSegmentsWhileSomethingIsOnItsWay() {                    // SHLD-7
        try (Drill tcp = drill().accepted()) {
            tcp.write(10).out(data(1, 11)).write(10).outNothing().write(20).outNothing().in(ack(11))
                    .out(data(11, 41)).write(5).outNothing().in(ack(41)).out(data(41, 46));
        }
    }

    @Test
    void holdsThemAlsoForASmallWindowOfWhichTheyAreHalf() {
        try (Drill tcp = drill().wnd(600).accepted()) {
            tcp.write(100).out(data(1, 101)).write(400).outNothing().in(ack(101)).out(data(101, 501));
        }
    }

    @Test
    void sendsAFullSegmentAtOnce() {
        try (Drill tcp = drill().accepted()) {
            tcp.write(10).out(data(1, 11)).write(990).outNothing().write(10).out(data(11, 1011)).outNothing();
        }
    }

    @Test
    @Shows("MUST-17")
    void canBeSwitchedOff() {                                              // MUST-17
        try (Drill tcp = drill().noDelay().accepted()) {
            tcp.write(10).out(data(1, 11)).write(10).out(data(11, 21)).write(1).out(data(21, 22));
        }
    }

    @Test
    void switchingItOffSendsWhatItHeld() {
        try (Drill tcp = drill().accepted()) {
            tcp.write(10).out(data(1, 11)).write(10).outNothing()
                    .options(tcp.setup.options.withNoDelay(true)).out(data(11, 21));
        }
    }

    @Test
    void aWriteToAnIdleConnectionGoesWhole() {
        try (Drill tcp = drill().accepted()) {
            tcp.write(2500).out(data(1, 1001), data(1001, 2001), data(2001, 2501));
        }
    }

    @Test
    void whatAFinFollowsIsNotHeld() {
        try (Drill tcp = drill().accepted()) {
            tcp.write(10).out(data(1, 11)).write(10).outNothing().shutdownOutput()
                    .out(data(11, 21).withFin());
        }
    }

    @Test
    @Shows({"MUST-60", "MUST-61", "SHLD-27"})
    void pushesWhereTheDataAtHandEnds() {                                  // MUST-60, MUST-61
        try (Drill tcp = drill().accepted()) {
            tcp.write(1500);
            assertThat(tcp.peer.take().flags & TcpHeader.PSH).isZero();
            assertThat(tcp.peer.take().flags & TcpHeader.PSH).isNotZero();
        }
    }
}
