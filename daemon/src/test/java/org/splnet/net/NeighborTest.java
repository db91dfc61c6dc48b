package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.Deferred;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.wire.MacAddr;

/// The states of RFC 4861 §7.3, with ARP asking the questions. The reachable time of this seed is read from
/// the table; by §6.3.2 it is random.
@ExtendWith(NoLeaks.class)
class NeighborTest {
    private static final String HOST = "10.0.0.9";
    private static final String BROADCAST = "ffffffffffff";
    private static final String UNICAST = "020000000099";

    private NetBed bed = new NetBed();
    private final long reachableNs = bed.nic.arpNeighbors().reachableNs();

    @AfterEach
    void close() {
        bed.close();
    }

    private void sees(String start) {
        FakeDevice.Sent sent = bed.device.take();
        assertThat(sent).as("a frame").isNotNull();
        assertThat(sent.hex()).startsWith(start);
    }

    private void seesNothing() {
        assertThat(bed.device.take()).isNull();
    }

    private void answer() {
        bed.arrive(Frames.reply(NetBed.PEER, HOST, NetBed.OURS, "10.0.0.1"));
    }

    @Test
    void reachableTimeIsWithinHalfAndOneAndAHalfTimesTheBase() {
        assertThat(reachableNs).isBetween(15 * NetBed.SECOND, 45 * NetBed.SECOND);
    }

    @Test
    void creatingANeighborSendsNothingAndUnusedItGoes() {
        Neighbor n = bed.neighbor(HOST);
        seesNothing();
        assertThat(n.live()).isTrue();
        assertThat(bed.neighbor(HOST)).isSameAs(n);
        bed.pass(2 * NetBed.SECOND);
        assertThat(n.live()).isFalse();
        assertThat(bed.nic.neighbors(bed.nowNs())).isEmpty();
    }

    @Test
    void asksThreeTimesASecondApartThenFails() {
        assertThat(bed.send(HOST, 20)).isEqualTo(Output.SENT);
        sees(BROADCAST);
        for (int i = 0; i < 2; i++) {
            bed.pass(999 * NetBed.MS);
            seesNothing();
            bed.pass(3 * NetBed.MS);
            sees(BROADCAST);
        }
        bed.pass(990 * NetBed.MS);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.INCOMPLETE);
        bed.pass(20 * NetBed.MS);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.FAILED);
        seesNothing();
    }

    @Test
    void givesWhatItHeldBackToItsProtocolWhenItFails() {
        bed.send(HOST, 20);
        bed.send(HOST, 30);
        bed.pass(4 * NetBed.SECOND);
        assertThat(bed.ip.unreachable).extracting(b -> b.length).containsExactly(20, 30);
        assertThat(bed.drops(DropReason.NEIGHBOR_UNREACHABLE)).isEqualTo(2);
        assertThat(bed.nic.info().counters().outDrops()).isEqualTo(2);
    }

    @Test
    void asksAgainWithTheNextPacketAfterFailure() {
        bed.send(HOST, 20);
        bed.pass(3100 * NetBed.MS);
        while (bed.device.take() != null) {
            // the three requests
        }
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.FAILED);
        assertThat(bed.send(HOST, 20)).isEqualTo(Output.SENT);
        sees(BROADCAST);
        answer();
        assertThat(bed.device.take().octets()).hasSize(14 + 20);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void refusesPacketsForAMomentAfterFailureIfToldTo() {
        bed.close();
        NetConfig.Neighbors d = NetConfig.Neighbors.defaults();
        bed = new NetBed(new NetConfig.Neighbors(d.limit(), d.holdPackets(), d.holdOctets(),
                d.holdTotalOctets(), d.reachableNs(), d.delayNs(), d.retransmitNs(),
                d.tries(), 3 * NetBed.SECOND, d.forgetNs(), d.broadcastsPerSecond()));
        bed.send(HOST, 20);
        bed.pass(3100 * NetBed.MS);
        while (bed.device.take() != null) {
            // the three requests
        }
        for (int i = 0; i < 10; i++) {
            assertThat(bed.send(HOST, 20)).isEqualTo(Output.HOST_DOWN);
        }
        seesNothing();
        assertThat(bed.drops(DropReason.NEIGHBOR_UNREACHABLE)).isEqualTo(11);
        bed.pass(3 * NetBed.SECOND);
        assertThat(bed.send(HOST, 20)).isEqualTo(Output.SENT);
        sees(BROADCAST);
    }

    @Test
    void aLateAnswerEndsTheFailure() {
        bed.send(HOST, 20);
        bed.pass(3100 * NetBed.MS);
        answer();
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.STALE);
    }

    @Test
    void sendsWhatItHeldInOrder() {
        bed.send(HOST, 20);
        bed.send(HOST, 21);
        bed.send(HOST, 22);
        sees(BROADCAST);
        answer();
        for (int len = 20; len <= 22; len++) {
            assertThat(bed.device.take().octets()).hasSize(14 + len);
        }
    }

    @Test
    void holdsTheNewestPacketsUpToACount() {
        for (int len = 20; len < 20 + 88; len++) {
            assertThat(bed.send(HOST, len)).isEqualTo(Output.SENT);
        }
        assertThat(bed.drops(DropReason.NEIGHBOR_HOLD_FULL)).isEqualTo(24);
        assertThat(bed.nic.neighbors(bed.nowNs()).getFirst().held()).isEqualTo(64);
        sees(BROADCAST);
        answer();
        assertThat(bed.device.take().octets()).hasSize(14 + 44);
        assertThat(bed.device.waiting()).isEqualTo(63);
    }

    @Test
    void becomesStaleWhenTheReachableTimeIsOver() {
        bed.resolve(HOST, NetBed.PEER);
        bed.pass(reachableNs - 10 * NetBed.MS);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.REACHABLE);
        bed.pass(20 * NetBed.MS);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.STALE);
        seesNothing();
    }

    @Test
    void aPacketToAStaleNeighborGoesAtOnceAndAProbeFollowsAfterTheDelay() {
        bed.resolve(HOST, NetBed.PEER);
        bed.pass(reachableNs + 10 * NetBed.MS);
        bed.send(HOST, 20);
        sees(UNICAST + "020000000001" + "0800");
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.DELAY);
        bed.pass(4990 * NetBed.MS);
        seesNothing();
        bed.pass(20 * NetBed.MS);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.PROBE);
        sees(UNICAST + "020000000001" + "0806");           // RFC 1122 §2.3.2.1: unicast poll
        bed.send(HOST, 20);
        sees(UNICAST + "020000000001" + "0800");
        answer();
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void aProbeAsksTwiceAtTheOldStationAndOnceEverywhere() {
        bed.resolve(HOST, NetBed.PEER);
        bed.pass(reachableNs + 10 * NetBed.MS);
        bed.send(HOST, 20);
        sees(UNICAST);
        bed.pass(5010 * NetBed.MS);
        sees(UNICAST);
        bed.pass(1010 * NetBed.MS);
        sees(UNICAST);
        bed.pass(1010 * NetBed.MS);
        sees(BROADCAST);
        bed.pass(1010 * NetBed.MS);
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.FAILED);
    }

    /// Else what was reachable a moment before is believed to be so for half a minute.
    @Test
    void aCableThatWasOutLeadsToOthers() {
        bed.resolve(HOST, NetBed.PEER);
        bed.send("10.0.0.77", 30);
        sees(BROADCAST);
        bed.device.flap();
        bed.run();
        assertThat(bed.nic.neighbors(bed.nowNs())).singleElement().satisfies(asked ->
                assertThat(asked.held()).isOne());
        bed.send(HOST, 20);
        sees(BROADCAST);
    }

    /// Else nobody would ever be asked again, and packets held for good.
    @Test
    void whatThereWasNoMemoryToAskIsAskedNextTime() {
        bed.send(HOST, 20);
        sees(BROADCAST);
        bed.memory.most(0);
        bed.pass(1010 * NetBed.MS);
        assertThat(bed.drops(DropReason.NO_BUFFERS)).isOne();
        seesNothing();
        bed.memory.most(Integer.MAX_VALUE);
        bed.pass(1010 * NetBed.MS);
        sees(BROADCAST);
        bed.resolve(HOST, NetBed.PEER);
    }

    @Test
    void adviceFromAboveSparesTheProbe() {
        bed.resolve(HOST, NetBed.PEER);
        Neighbor n = bed.neighbor(HOST);
        for (int i = 0; i < 20; i++) {
            bed.pass(10 * NetBed.SECOND);
            n.confirm(bed.nowNs());
            bed.send(HOST, 20);
            sees(UNICAST + "020000000001" + "0800");
            assertThat(n.state()).isEqualTo(NeighborState.REACHABLE);
        }
        bed.pass(reachableNs + 10 * NetBed.MS);
        assertThat(n.state()).isEqualTo(NeighborState.STALE);
        bed.send(HOST, 20);
        n.confirm(bed.nowNs());
        assertThat(n.state()).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void adviceFromAboveDoesNotMakeUpAStation() {
        bed.send(HOST, 20);
        bed.neighbor(HOST).confirm(bed.nowNs());
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.INCOMPLETE);
        bed.pass(3100 * NetBed.MS);
        bed.neighbor(HOST).confirm(bed.nowNs());
        assertThat(bed.state(HOST)).isEqualTo(NeighborState.FAILED);
    }

    @Test
    void doubtFromAboveProbesAtOnceButNotOftenerThanASecond() {
        bed.resolve(HOST, NetBed.PEER);
        Neighbor n = bed.neighbor(HOST);
        n.suspect(bed.nowNs());
        Deferred.run();
        seesNothing();                                      // it was asked for just now
        bed.pass(NetBed.SECOND + 10 * NetBed.MS);
        n.suspect(bed.nowNs());
        n.suspect(bed.nowNs());
        Deferred.run();
        sees(UNICAST + "020000000001" + "0806");
        seesNothing();
        assertThat(n.state()).isEqualTo(NeighborState.PROBE);
        answer();
        assertThat(n.state()).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void isForgottenWhenUnusedForLong() {
        bed.resolve(HOST, NetBed.PEER);
        Neighbor n = bed.neighbor(HOST);
        bed.pass(reachableNs + 1190 * NetBed.SECOND);
        assertThat(n.live()).isTrue();
        bed.pass(20 * NetBed.SECOND);
        assertThat(n.live()).isFalse();
        assertThat(bed.wheel.armed()).isZero();
    }

    @Test
    void sendingToOneRemovedFindsItsSuccessor() {
        Neighbor n = bed.neighbor(HOST);
        bed.pass(2 * NetBed.SECOND);
        bed.nic.output(bed.packet(20), n, 0x800, bed.nowNs());
        Deferred.run();
        sees(BROADCAST);
        answer();
        assertThat(bed.device.take().octets()).hasSize(34);
    }

    @Test
    void goingDownDropsWhatWaitsAndForgetsAll() {
        bed.resolve(HOST, NetBed.PEER);
        bed.send("10.0.0.10", 20);
        bed.nic.up(false, bed.nowNs());
        assertThat(bed.nic.neighbors(bed.nowNs())).isEmpty();
        assertThat(bed.drops(DropReason.INTERFACE_DOWN)).isEqualTo(1);
        assertThat(bed.send(HOST, 20)).isEqualTo(Output.DOWN);
        assertThat(bed.drops(DropReason.INTERFACE_DOWN)).isEqualTo(2);
        Deferred.run();
        assertThat(bed.ip.unreachable).isEmpty();
    }

    @Test
    void showsItsAgeToPeople() {
        bed.resolve(HOST, NetBed.PEER);
        bed.pass(7 * NetBed.SECOND);
        List<NeighborInfo> all = new ArrayList<>(bed.nic.neighbors(bed.nowNs()));
        assertThat(all.getFirst().ageNs()).isEqualTo(7 * NetBed.SECOND);
        assertThat(all.getFirst().mac()).isEqualTo(NetBed.PEER);
        assertThat(all.getFirst().link()).isEqualTo("eth0");
        bed.send("10.0.0.10", 20);
        assertThat(bed.nic.neighbors(bed.nowNs())).filteredOn(i -> i.mac() == null).hasSize(1);
        assertThat(MacAddr.ZERO).isNotEqualTo(all.getFirst().mac());
    }
}
