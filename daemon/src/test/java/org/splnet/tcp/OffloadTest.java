package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.inet.FakeNetwork;
import org.splnet.kern.Deferred;
import org.splnet.kern.Round;
import org.splnet.wire.Checksum;
import org.splnet.wire.IpProto;

/// Packets that are cut below TCP: what goes into them.
@ExtendWith(NoLeaks.class)
class OffloadTest {
    @Test
    @Shows("MUST-2")
    void leavesTheChecksumToWhoeverSendsIt() {
        try (Drill tcp = drill().accepted()) {
            tcp.write(1000);
            FakeNetwork.Sent sent = tcp.network.next();
            ByteBuf segment = Unpooled.wrappedBuffer(sent.octets());
            int at = sent.packet().csumOffset;
            sent.packet().free();
            // what a device does: adds up all of it, the sum of the pseudo header included
            segment.setShort(at, Checksum.finish(Checksum.sum(segment, 0, segment.readableBytes())));
            int pseudo = Checksum.pseudo(Drill.HOST.hi(), Drill.HOST.lo(), Drill.PEER.hi(), Drill.PEER.lo(),
                    IpProto.TCP, segment.readableBytes());
            assertThat(Checksum.add(pseudo, Checksum.sum(segment, 0, segment.readableBytes())))
                    .isEqualTo(Checksum.GOOD);
        }
    }

    @Test
    void sendsManySegmentsAsOnePacket() {
        try (Drill tcp = drill().largestSend(65_000).accepted()) {
            tcp.write(10_000).out(data(1, 10_001).gso(1000)).outNothing().in(ack(10_001)).outNothing();
        }
    }

    @Test
    void aPacketOfOneSegmentIsNotToBeCut() {
        try (Drill tcp = drill().largestSend(65_000).accepted()) {
            tcp.write(1000).out(data(1, 1001).gso(0));
        }
    }

    @Test
    void cutsAtMultiplesOfTheSegmentSize() {
        try (Drill tcp = drill().largestSend(4520).accepted()) {
            tcp.write(9500).out(data(1, 4001).gso(1000), data(4001, 8001).gso(1000), data(8001, 9501)
                    .gso(1000));
        }
    }

    @Test
    void theSmallEndWaitsAsNagleSays() {
        try (Drill tcp = drill().largestSend(65_000).accepted()) {
            tcp.write(10).out(data(1, 11)).write(3500).out(data(11, 3011).gso(1000)).outNothing()
                    .in(ack(3011)).out(data(3011, 3511).gso(0));
        }
    }

    @Test
    void theCongestionWindowCountsOctets() {
        try (Drill tcp = drill().largestSend(65_000).accepted()) {
            tcp.write(50_000).out(data(1, 10_001).gso(1000)).outNothing().in(ack(10_001))
                    .out(data(10_001, 28_001).gso(1000)).outNothing();
        }
    }

    @Test
    void thePeersWindowCountsOctetsAndSmallEndsWait() {
        try (Drill tcp = drill().largestSend(65_000).wnd(4700).accepted()) {
            tcp.write(10_000).out(data(1, 4001).gso(1000)).outNothing().in(ack(4001).wnd(4700))
                    .out(data(4001, 8001).gso(1000));
        }
    }

    @Test
    void resendsOneSegmentOnly() {
        try (Drill tcp = drill().largestSend(65_000).accepted()) {
            tcp.write(10_000).out(data(1, 10_001).gso(1000)).after(ms(210)).out(data(1, 1001).gso(0))
                    .outNothing().in(ack(1001)).out(data(1001, 3001).gso(1000));
        }
        try (Drill tcp = drill().largestSend(65_000).accepted()) {
            tcp.write(10_000).out(data(1, 10_001)).in(ack(1001), ack(1001), ack(1001), ack(1001))
                    .out(data(1001, 2001).gso(0)).outNothing();
        }
    }

    @Test
    void aWorkerSendsItsShareAndTheRestInItsNextRounds() {
        try (Drill tcp = drill().largestSend(2540).accepted()) {
            Round.begin(3000);
            tcp.write(9000).out(data(1, 2001).gso(1000), data(2001, 4001).gso(1000)).outNothing();
            assertThat(Round.end()).isTrue();
            Round.begin(3000);
            tcp.in(ack(2001)).out(data(4001, 6001).gso(1000), data(6001, 8001).gso(1000)).outNothing();
            assertThat(Round.end()).isTrue();
            Round.begin(3000);
            Deferred.run();
            tcp.out(data(8001, 9001)).outNothing();
            assertThat(Round.end()).isFalse();
        }
    }

    @Test
    void aFinGoesWithTheLastOfThem() {
        try (Drill tcp = drill().largestSend(65_000).wnd(3000).accepted()) {
            tcp.write(4500).out(data(1, 3001).gso(1000)).shutdownOutput().outNothing().in(ack(3001))
                    .out(data(3001, 4501).withFin().gso(1000));
        }
    }

    @Test
    void doesNotCutWhatCarriesAnUrgentPointer() {
        try (Drill tcp = drill().largestSend(65_000).noDelay().accepted()) {
            tcp.writeUrgent(2500).out(data(1, 1001).urgent(2500).gso(0), data(1001, 2001).urgent(1500).gso(0),
                    data(2001, 2501).urgent(500).gso(0)).write(3000).out(data(2501, 5501).gso(1000));
        }
    }
}
