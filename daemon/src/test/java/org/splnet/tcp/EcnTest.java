package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;
import static org.splnet.wire.TcpHeader.CWR;
import static org.splnet.wire.TcpHeader.ECE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.pkt.Output;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 3168: explicit congestion notification.
@ExtendWith(NoLeaks.class)
class EcnTest {
    private static final int NOT_ECT = 0;
    /// The third bit of an AccECN SYN (RFC 9768 §3.1.1), once the nonce sum.
    private static final int AE = 0x100;

    /// The peer has asked for it.
    private static Drill granted(DrillSetup setup) {
        return setup.listening().in(syn().mss(1000).congestion(ECE | CWR)).out(synAck().congestion(ECE))
                .in(ack(1).seq(1)).accept();
    }

    /// Four segments are on their way.
    private static Drill flying() {
        Drill tcp = granted(drill().config("initialWindow", 10).wnd(60_000)).write(20_000);
        for (int i = 0; i < 10; i++) {
            tcp.out(data(1 + 1000 * i, 1001 + 1000 * i).ecn(Ecn.ECT_0).congestion(0));
        }
        return tcp.outNothing();
    }

    @Test
    @Shows({"SHLD-8", "RFC3168-6.1.1"})
    void isGrantedToWhoAsks() {                                            // §6.1.1
        try (Drill tcp = granted(drill())) {
            tcp.write(100).out(data(1, 101).ecn(Ecn.ECT_0).congestion(0));
        }
    }

    @Test
    void isGrantedToWhoAsksForMore() {                                     // RFC 9768 §3.1.2
        try (Drill tcp = drill().listening()) {
            tcp.in(syn().mss(1000).flag(ECE | CWR | AE)).out(synAck().congestion(ECE));
        }
    }

    @Test
    void isNotGrantedWhenOff() {
        try (Drill tcp = drill().config("ecn", EcnMode.OFF).listening()) {
            tcp.in(syn().mss(1000).congestion(ECE | CWR)).out(synAck().congestion(0))
                    .in(ack(1).seq(1)).accept().write(100).out(data(1, 101).ecn(NOT_ECT));
        }
    }

    @Test
    void oneFlagAloneAsksForNothing() {
        try (Drill tcp = drill().listening()) {
            tcp.in(syn().mss(1000).congestion(ECE)).out(synAck().congestion(0));
        }
    }

    @Test
    void isAskedForIfWanted() {
        try (Drill tcp = new Drill(drill().config("ecn", EcnMode.ON)).connect()) {
            tcp.out(syn().congestion(ECE | CWR).ecn(NOT_ECT)).in(synAck().acks(1).mss(1000).congestion(ECE))
                    .out(ack(1)).write(100).out(data(1, 101).ecn(Ecn.ECT_0));
        }
        try (Drill tcp = new Drill(drill()).connect()) {
            tcp.out(syn().congestion(0));
        }
    }

    @Test
    @Shows("RFC3168-6.1.1")
    void aMirrorGrantsNothing() {                                          // §6.1.1
        try (Drill tcp = new Drill(drill().config("ecn", EcnMode.ON)).connect()) {
            tcp.out(syn()).in(synAck().acks(1).mss(1000).congestion(ECE | CWR))
                    .out(ack(1)).write(100).out(data(1, 101).ecn(NOT_ECT));
        }
    }

    @Test
    @Shows("RFC3168-6.1.1.1")
    void aSynThatGoesAgainAsksNoMore() {                                   // §6.1.1.1
        try (Drill tcp = new Drill(drill().config("ecn", EcnMode.ON)).connect()) {
            tcp.out(syn().congestion(ECE | CWR)).after(ms(1005)).out(syn().congestion(0))
                    .in(synAck().acks(1).mss(1000).congestion(ECE)).out(ack(1))
                    .write(100).out(data(1, 101).ecn(NOT_ECT));
        }
    }

    @Test
    @Shows("RFC3168-6.1.1")
    void nothingIsMarkedWithoutIt() {
        try (Drill tcp = drill().accepted()) {
            tcp.write(100).out(data(1, 101).ecn(NOT_ECT).congestion(0))
                    .in(data(1, 101).ecn(Ecn.CE)).after(ms(45)).out(ack(101).congestion(0)).read(100);
        }
    }

    @Test
    @Shows("RFC3168-6.1.3")
    void congestionMetIsToldUntilTheSenderHasReacted() {                   // §6.1.3
        try (Drill tcp = granted(drill())) {
            tcp.in(data(1, 101).ecn(Ecn.CE)).out(ack(101).congestion(ECE).ecn(NOT_ECT))
                    .in(data(101, 201).ecn(Ecn.ECT_0)).after(ms(45)).out(ack(201).congestion(ECE))
                    .write(10).out(data(1, 11).congestion(ECE))
                    .in(data(201, 301).ecn(Ecn.ECT_0).flag(CWR)).after(ms(45)).out(ack(301).congestion(0))
                    .counted(Counter.CONGESTION_MET, 1).read(300);
        }
    }

    @Test
    void aSegmentWithCwrCanMeetCongestionToo() {
        try (Drill tcp = granted(drill())) {
            tcp.in(data(1, 101).ecn(Ecn.CE)).out(ack(101).congestion(ECE))
                    .in(data(101, 201).ecn(Ecn.CE).flag(CWR)).after(ms(45)).out(ack(201).congestion(ECE))
                    .read(200);
        }
    }

    @Test
    @Shows("RFC3168-6.1.2")
    void theWindowIsReducedOncePerRoundTrip() {                            // §6.1.2
        try (Drill tcp = flying()) {
            tcp.in(ack(1001).flag(ECE)).outNothing();
            assertThat(tcp.tcb().cc.cwnd()).isBetween(4000, 5000);
            for (int i = 2; i <= 5; i++) {
                tcp.in(ack(1 + 1000 * i).flag(ECE)).outNothing();
            }
            tcp.counted(Counter.CONGESTION_TOLD, 1).counted(Counter.RETRANSMITS, 0);
        }
    }

    /// A recovery before it was needless, as comes out now; this was not.
    @Test
    @Shows("RFC3168-6.1.2")
    void whatWasToldIsNotTakenBackWithAnEarlierLoss() {                    // RFC 4015 §3
        try (Drill tcp = drill().config("initialWindow", 10).wnd(60_000).listening()) {
            tcp.in(syn().mss(1000).sackOk().congestion(ECE | CWR)).out(synAck()).after(ms(20))
                    .in(ack(1).seq(1)).accept().write(40_000).after(ms(20));
            int end = drain(tcp);
            tcp.in(ack(1).sack(1001, 4001)).out(data(1, 1001)).after(ms(1)).in(ack(end));
            for (int i = 0; i < 3; i++) {
                end = drain(tcp);
                tcp.after(ms(20)).in(ack(end));
            }
            end = drain(tcp);
            int before = tcp.tcb().cc.cwnd();
            tcp.after(ms(20)).in(ack(end).flag(ECE)).counted(Counter.CONGESTION_TOLD, 1);
            int reduced = tcp.tcb().cc.cwnd();
            assertThat(reduced).isLessThan(before);
            tcp.in(ack(end).sack(1, 1001)).counted(Counter.SPURIOUS_RECOVERIES, 0)
                    .counted(Counter.DSACKS_IN, 1);
            assertThat(tcp.tcb().cc.cwnd()).isEqualTo(reduced);
            drain(tcp);
        }
    }

    /// Behind all that has gone out.
    private static int drain(Drill tcp) {
        int end = 0;
        for (Seg seg; (seg = tcp.peer.take()) != null; ) {
            end = Math.max(end, seg.seq + seg.len);
        }
        return end;
    }

    @Test
    void whatALossHasReducedIsNotReducedAgain() {
        try (Drill tcp = drill().config("initialWindow", 10).wnd(60_000).listening()) {
            tcp.in(syn().mss(1000).sackOk().congestion(ECE | CWR)).out(synAck()).after(ms(20))
                    .in(ack(1).seq(1)).accept().write(10_000).after(ms(20));
            drain(tcp);
            tcp.in(ack(1).sack(1001, 4001)).out(data(1, 1001));
            int ssthresh = tcp.tcb().cc.ssthresh();
            tcp.in(ack(1).sack(1001, 5001).flag(ECE)).counted(Counter.CONGESTION_TOLD, 0);
            assertThat(tcp.tcb().cc.ssthresh()).isEqualTo(ssthresh);
            drain(tcp);
        }
    }

    /// Its window may be a segment now.
    @Test
    void whoHasReactedIsAcknowledgedAtOnce() {
        try (Drill tcp = granted(drill())) {
            tcp.in(data(1, 101).ecn(Ecn.CE)).out(ack(101).congestion(ECE))
                    .in(data(101, 201).ecn(Ecn.ECT_0).flag(CWR)).out(ack(201).congestion(0))
                    .in(data(201, 251).ecn(Ecn.ECT_0)).outNothing()
                    .in(data(251, 351).ecn(Ecn.CE)).out(ack(351).congestion(ECE))
                    .in(data(351, 401).ecn(Ecn.CE).flag(CWR)).out(ack(401).congestion(ECE))
                    .counted(Counter.CONGESTION_MET, 3).read(400);
        }
    }

    @Test
    @Shows("RFC3168-6.1.2")
    void theNextNewSegmentSaysThatItWas() {                                // §6.1.2: CWR
        try (Drill tcp = flying()) {
            tcp.in(ack(1001).flag(ECE)).outNothing().in(ack(7001))
                    .out(data(10_001, 11_001).congestion(CWR).ecn(Ecn.ECT_0),
                            data(11_001, 12_001).congestion(0))
                    .in(ack(12_001).flag(ECE)).counted(Counter.CONGESTION_TOLD, 2);
            while (tcp.peer.take() != null) {
                // a new window
            }
        }
    }

    @Test
    void cwrIsInOneSegmentOnly() {                                         // with segmentation offload
        try (Drill tcp = granted(drill().largestSend(20_020)).write(5000)) {
            tcp.out(data(1, 5001).gso(1000)).in(ack(5001).flag(ECE)).outNothing()
                    .write(3000).out(data(5001, 6001).gso(0).congestion(CWR),
                            data(6001, 7001).congestion(0)).outNothing()
                    .in(ack(7001)).out(data(7001, 8001)).in(ack(8001)).outNothing();
        }
        try (Drill tcp = granted(drill().largestSend(20_020)).write(10_000)) {
            tcp.out(data(1, 10_001).gso(1000)).in(ack(5001).flag(ECE)).outNothing().write(3000).outNothing()
                    .in(ack(10_001)).out(data(10_001, 11_001).congestion(CWR).gso(0),
                            data(11_001, 13_001).congestion(0));
        }
    }

    @Test
    @Shows("RFC3168-6.1.5")
    void whatGoesAgainIsNotMarked() {                                      // §6.1.5
        try (Drill tcp = granted(drill())) {
            tcp.write(100).out(data(1, 101).ecn(Ecn.ECT_0)).after(ms(205)).out(data(1, 101).ecn(NOT_ECT));
        }
    }

    @Test
    @Shows("RFC3168-6.1.2")
    void oneReductionIsToldOnce() {                                        // §6.1.2: the first new packet
        try (Drill tcp = flying()) {
            tcp.in(ack(1001).flag(ECE)).outNothing();
            int told = 0;
            for (int at = 2001; at <= 9001; at += 1000) {
                tcp.in(ack(at).flag(ECE));
                for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                    told += seg.flags & CWR;
                }
            }
            assertThat(told).isEqualTo(CWR);
            tcp.counted(Counter.CONGESTION_TOLD, 1);
        }
    }

    /// The queue of the interface is full.
    @Test
    void whatCouldNotGoOutHasToldNothing() {
        try (Drill tcp = flying()) {
            tcp.in(ack(1001).flag(ECE)).outNothing();
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(ack(7001)).outNothing();
            tcp.network.answer = Output.SENT;
            tcp.after(ms(210)).out(data(10_001, 11_001).congestion(CWR));
            while (tcp.peer.take() != null) {
                // what else there is room for
            }
        }
    }

    /// The octet may be thrown away, and the mark with it.
    @Test
    @Shows("RFC3168-6.1.6")
    void aWindowProbeIsNotMarked() {                                       // §6.1.6
        try (Drill tcp = granted(drill())) {
            tcp.write(100).out(data(1, 101)).in(ack(101).wnd(0).flag(ECE)).write(100).after(ms(210))
                    .out(data(101, 102).ecn(NOT_ECT).congestion(0)).in(ack(101).wnd(1000))
                    .out(data(101, 201));
        }
    }

    /// Who asks once more without it has given up on it.
    @Test
    @Shows("RFC3168-6.1.1")
    void isNotGrantedToWhoAsksNoLonger() {                                 // §6.1.1
        try (Drill tcp = drill().listening()) {
            tcp.in(syn().mss(1000).congestion(ECE | CWR)).out(synAck().congestion(ECE)).in(syn().mss(1000))
                    .out(synAck().congestion(0)).in(ack(1).seq(1)).accept().write(100)
                    .out(data(1, 101).ecn(NOT_ECT));
        }
    }

    @Test
    @Shows("RFC3168-6.1.1")
    void whatTheUserSaysMarksNoSyn() {                                     // §6.1.1
        DrillSetup setup = drill();
        try (Drill tcp = new Drill(setup.options(setup.options.withIp(0, 0x13))).connect()) {
            tcp.out(syn().ecn(NOT_ECT));
        }
    }
}
