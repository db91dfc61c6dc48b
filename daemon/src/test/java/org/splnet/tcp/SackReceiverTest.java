package org.splnet.tcp;

import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.fin;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 2018 §2 to §4: what a receiver says of what came out of order.
@ExtendWith(NoLeaks.class)
class SackReceiverTest {
    @Test
    @Shows("RFC2018-2")
    void isPermittedIfThePeerPermitsIt() {
        try (Drill tcp = drill().listening()) {
            tcp.in(syn().sackOk()).out(synAck().acks(1).sackOk());
        }
        try (Drill tcp = drill().listening()) {
            tcp.in(syn()).out(synAck().acks(1).noSackOk());
        }
    }

    @Test
    void isOfferedByWhoeverBegins() {
        try (Drill tcp = new Drill(drill()).connect()) {
            tcp.out(syn().sackOk()).in(synAck().acks(1).sackOk()).out(ack(1)).in(data(101, 201))
                    .out(ack(1).sack(101, 201));
        }
    }

    @Test
    @Shows("RFC2018-2")
    void saysNothingIfThePeerDidNotPermitIt() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(101, 201)).out(ack(1).sack());
        }
        try (Drill tcp = drill().sack().config("sack", false).listening()) {
            tcp.in(syn().sackOk()).out(synAck().acks(1).noSackOk());
        }
    }

    @Test
    @Shows({"RFC2018-4-first", "RFC2018-4-recent"})
    void theBlockThatTheSegmentBelongsToComesFirstThenTheMostRecent() {
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(data(101, 201)).out(ack(1).sack(101, 201));
            tcp.in(data(301, 401)).out(ack(1).sack(301, 401, 101, 201));
            tcp.in(data(501, 601)).out(ack(1).sack(501, 601, 301, 401, 101, 201));
            tcp.in(data(201, 251)).out(ack(1).sack(101, 251, 501, 601, 301, 401));
        }
    }

    @Test
    void saysNoMoreThanFourAndForgetsTheOldest() {
        try (Drill tcp = drill().sack().accepted()) {
            for (int i = 1; i <= 5; i++) {
                tcp.in(data(200 * i + 1, 200 * i + 101)).out(ack(1));
            }
            tcp.in(data(1201, 1301)).out(ack(1).sack(1201, 1301, 1001, 1101, 801, 901, 601, 701));
        }
    }

    @Test
    void saysNoMoreThanFitsThePath() {
        try (Drill tcp = drill().mtu(68).sack().timestamps().accepted()) {
            tcp.in(data(101, 201)).out(ack(1).sack(101, 201));
            tcp.in(data(301, 401)).out(ack(1).sack(301, 401));
        }
        try (Drill tcp = drill().mtu(68).sack().accepted()) {
            tcp.in(data(101, 201)).out(ack(1)).in(data(301, 401)).out(ack(1)).in(data(501, 601)).out(ack(1));
            tcp.in(data(701, 801)).out(ack(1).sack(701, 801, 501, 601, 301, 401));
        }
    }

    @Test
    void blocksThatMeetBecomeOne() {
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(data(101, 201)).out(ack(1)).in(data(301, 401)).out(ack(1));
            tcp.in(data(201, 301)).out(ack(1).sack(101, 401));
        }
    }

    /// RFC 2018 §4: as many as there is room for.
    @Test
    @Shows("RFC2018-4-recent")
    void twoThatBecomeOneTakeTheRoomOfOne() {
        try (Drill tcp = drill().sack().accepted()) {
            for (int i = 1; i <= 4; i++) {
                tcp.in(data(200 * i + 1, 200 * i + 101)).out(ack(1));
            }
            tcp.in(data(701, 801)).out(ack(1).sack(601, 901, 401, 501, 201, 301));
        }
    }

    @Test
    void saysNothingOfWhatIsAcknowledged() {
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(data(101, 201)).out(ack(1)).in(data(301, 401)).out(ack(1));
            tcp.in(data(1, 101)).out(ack(201).sack(301, 401));
            tcp.in(data(201, 301)).out(ack(401).sack()).read(400);
        }
    }

    @Test
    @Shows("RFC2883-4")
    void whatComesTwiceOutOfOrderIsSaidFirstAndOnce() {                    // RFC 2883 §4.1.3
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(data(101, 201)).out(ack(1)).in(data(301, 401)).out(ack(1));
            tcp.in(data(101, 201)).out(ack(1).sack(101, 201, 101, 201, 301, 401))
                    .counted(Counter.DUPLICATES, 1);
            tcp.in(data(501, 601)).out(ack(1).sack(501, 601, 101, 201, 301, 401));
        }
    }

    @Test
    @Shows("RFC2883-4")
    void whatComesTwiceIsSaid() {                                          // RFC 2883 §4.1.1
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(data(1, 101)).in(data(101, 201)).out(ack(201)).read(200)
                    .in(data(101, 201)).out(ack(201).sack(101, 201));
            tcp.in(data(301, 401)).out(ack(201).sack(301, 401)).in(data(1, 101))
                    .out(ack(201).sack(1, 101, 301, 401));                 // §4.1.2
        }
    }

    @Test
    void whatComesPartlyTwiceIsSaidAsFarAsItDoes() {                       // RFC 2883 §4.2
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(data(1, 101)).in(data(51, 251)).after(ms(45))
                    .out(ack(251).sack(51, 101)).read(250);
        }
    }

    /// RFC 2883 §4, (1): in the next acknowledgement or never. This one has text, and no room for it.
    @Test
    @Shows("RFC2883-4")
    void whatComesTwiceIsSaidAtOnceOrNever() {
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(data(1, 101)).in(data(51, 251)).write(10).out(data(1, 11).acks(251)).in(ack(11))
                    .in(data(251, 351)).after(ms(45)).out(ack(351).sack()).read(350);
        }
    }

    @Test
    @Shows("RFC2883-4")
    void whatComesPartlyTwiceOutOfOrderIsSaidAsFarAsItDoes() {             // RFC 2883 §4.2
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(data(101, 201)).out(ack(1)).in(data(151, 301)).out(ack(1).sack(151, 201, 101, 301))
                    .in(data(1, 251)).out(ack(301).sack(101, 251)).read(300);
        }
    }

    /// Who is not told that the last has come does not know by it that what is before it is lost.
    @Test
    @Shows("RFC2018-4-first")
    void aFinHasANumberAsAnyOctet() {                                      // RFC 2018 §3
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(data(101, 201).withFin()).out(ack(1).sack(101, 202)).in(data(1, 101)).out(ack(202).sack())
                    .read(200).readEnd();
        }
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(fin(101).acks(1)).out(ack(1).sack(101, 102)).in(data(51, 101)).out(ack(1).sack(51, 102))
                    .in(fin(101).acks(1)).out(ack(1).sack(51, 102))
                    .in(data(1, 51)).out(ack(102).sack()).read(100).readEnd();
        }
    }

    @Test
    void ofWhatHasNoTextNothingIsSaid() {
        try (Drill tcp = drill().sack().accepted()) {
            tcp.in(ack(1).seq(0)).out(ack(1).sack());
        }
    }

    @Test
    void withoutSackNothingIsSaidOfIt() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101)).read(100).in(data(1, 101)).out(ack(101).sack());
        }
    }

    /// What found no room is not said to have come.
    @Test
    @Shows("RFC2018-4-first")
    void ofASegmentThatFoundNoRoomOnlyWhatIsHeldHasComeTwice() {           // RFC 2018 §4, RFC 2883 §4
        try (Drill tcp = drill().sack().config("reassemblySegments", 4).accepted()) {
            for (int at = 101; at < 901; at += 200) {
                tcp.in(data(at, at + 100));
            }
            while (tcp.peer.take() != null) {
                // four pieces, which is all there may be
            }
            tcp.in(data(701, 20_901).gso(1000)).out(ack(1).sack(701, 801, 701, 801, 501, 601, 301, 401));
        }
    }
}
