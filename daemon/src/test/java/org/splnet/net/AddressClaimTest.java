package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.Deferred;
import org.splnet.net.AddressClaim.State;
import org.splnet.pkt.DropReason;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// RFC 5227: probing, announcing, defending.
@ExtendWith(NoLeaks.class)
class AddressClaimTest {
    private static final Cidr WANTED = Cidr.parse("10.0.0.5/24");
    private static final String PROBE = "ffffffffffff" + "020000000001" + "0806" + "0001080006040001"
            + "020000000001" + "00000000" + "000000000000" + "0a000005";
    private static final String ANNOUNCEMENT = "ffffffffffff" + "020000000001" + "0806" + "0001080006040001"
            + "020000000001" + "0a000005" + "000000000000" + "0a000005";

    private final NetBed bed = new NetBed();
    private final List<String> told = new ArrayList<>();
    private final AddressClaim.Listener listener = new AddressClaim.Listener() {
        @Override
        public void claimed(AddressClaim claim) {
            told.add("claimed " + claim.address());
        }

        @Override
        public void conflict(AddressClaim claim, MacAddr by, boolean persists) {
            told.add("conflict " + by);
        }

        @Override
        public void refused(AddressClaim claim, String why) {
            told.add("refused " + why);
        }
    };

    @AfterEach
    void close() {
        bed.close();
    }

    private AddressClaim claim(boolean probe) {
        AddressClaim claim = bed.nic.claim(WANTED, probe, listener, bed.nowNs());
        Deferred.run();
        return claim;
    }

    private boolean inUse() {
        return bed.links.interfaces().owner(0, WANTED.addr().lo()) == bed.nic;
    }

    /// When, in milliseconds from now, the frames were sent that are sent until then, and what they are.
    private List<Long> timesOf(String frame, long untilMs) {
        List<Long> times = new ArrayList<>();
        for (long ms = 1; ms <= untilMs; ms++) {
            bed.pass(NetBed.MS);
            for (FakeDevice.Sent sent; (sent = bed.device.take()) != null; ) {
                assertThat(sent.hex()).isEqualTo(frame);
                times.add(ms);
            }
        }
        return times;
    }

    @Test
    void probesThreeTimesThenAnnouncesTwice() {
        AddressClaim claim = claim(true);
        List<Long> probes = new ArrayList<>();
        long ms = 0;
        FakeDevice.Sent sent = null;
        for (; ms < 10_000 && !inUse(); ms++) {
            bed.pass(NetBed.MS);
            while ((sent = bed.device.take()) != null && sent.hex().equals(PROBE)) {
                probes.add(ms);
            }
        }
        assertThat(probes).hasSize(3);
        assertThat(probes.get(0)).isBetween(0L, 1002L);                             // PROBE_WAIT
        assertThat(probes.get(1) - probes.get(0)).isBetween(999L, 2003L);           // PROBE_MIN, PROBE_MAX
        assertThat(probes.get(2) - probes.get(1)).isBetween(999L, 2003L);
        assertThat(ms - 1 - probes.get(2)).isBetween(1999L, 2003L);                 // ANNOUNCE_WAIT
        assertThat(sent.hex()).isEqualTo(ANNOUNCEMENT);
        assertThat(claim.state()).isEqualTo(State.ANNOUNCING);
        assertThat(told).containsExactly("claimed 10.0.0.5/24");
        List<Long> announcements = timesOf(ANNOUNCEMENT, 20_000);
        assertThat(announcements).hasSize(1);
        assertThat(announcements.getFirst()).isBetween(1999L, 2003L);               // ANNOUNCE_INTERVAL
        assertThat(claim.state()).isEqualTo(State.HELD);
    }

    /// §2.1: a cable that is plugged in is an occasion to probe, and §2.3 to announce.
    @Test
    void aCableThatIsPluggedInIsToldOfTheAddress() {
        AddressClaim held = claim(false);
        timesOf(ANNOUNCEMENT, 10_000);
        assertThat(held.state()).isEqualTo(State.HELD);
        bed.device.carrier(false);
        bed.run();
        assertThat(bed.nic.info().carrier()).isFalse();
        assertThat(timesOf(ANNOUNCEMENT, 1000)).isEmpty();
        bed.device.carrier(true);
        bed.run();
        assertThat(bed.nic.info().carrier()).isTrue();
        assertProbedForAndAnnounced();
        assertThat(told).as("nobody is told twice").containsExactly("claimed 10.0.0.5/24");
        assertThat(held.state()).isEqualTo(State.HELD);
    }

    /// From now on; in use all the while.
    private void assertProbedForAndAnnounced() {
        List<Long> probes = new ArrayList<>();
        for (long ms = 1; probes.size() < 3; ms++) {
            probes.addAll(timesOf(PROBE, 1));
            assertThat(inUse()).isTrue();
            assertThat(ms).as("PROBE_WAIT, PROBE_MAX").isLessThan(5003);
        }
        assertThat(timesOf(ANNOUNCEMENT, 1998)).as("ANNOUNCE_WAIT").isEmpty();
        assertThat(timesOf(ANNOUNCEMENT, 10_000)).hasSize(2);
        assertThat(inUse()).isTrue();
    }

    /// §2.4, and nobody has been told before to send to us what is the other's.
    @Test
    void whoTookTheAddressWhileTheCableWasOutIsNoticedBeforeItIsAnnounced() {
        AddressClaim held = claim(false);
        timesOf(ANNOUNCEMENT, 10_000);
        bed.device.flap();
        bed.run();
        assertThat(held.state()).isEqualTo(State.VERIFYING);
        assertThat(timesOf(PROBE, 1001)).hasSize(1);
        bed.arrive(Frames.reply(NetBed.PEER, "10.0.0.5", NetBed.OURS, "0.0.0.0"));
        assertThat(told).containsExactly("claimed 10.0.0.5/24", "conflict 02:00:00:00:00:99");
        assertThat(bed.device.take().hex()).as("defended").isEqualTo(ANNOUNCEMENT);
        assertThat(timesOf(PROBE, 20_000)).isEmpty();
        assertThat(held.state()).isEqualTo(State.HELD);
        assertThat(inUse()).isTrue();
    }

    @Test
    void answersForItsAddressWhileItLooksWhetherItStillHasIt() {
        claim(false);
        timesOf(ANNOUNCEMENT, 10_000);
        bed.device.flap();
        bed.run();
        bed.arrive(Frames.request(NetBed.PEER, "0.0.0.0", "10.0.0.5"));
        assertThat(bed.device.take().hex()).startsWith("020000000099" + "020000000001" + "0806"
                + "0001080006040002" + "020000000001" + "0a000005");
        assertThat(told).containsExactly("claimed 10.0.0.5/24");
        assertProbedForAndAnnounced();
    }

    @Test
    void anAddressTakenAwayIsNotProbedForWhenTheCableIsBack() {
        AddressClaim claim = claim(false);
        timesOf(ANNOUNCEMENT, 10_000);
        bed.device.flap();
        bed.run();
        bed.nic.removeAddress(WANTED);
        assertThat(timesOf(PROBE, 10_000)).isEmpty();
        assertThat(claim.state()).isEqualTo(State.WITHDRAWN);
    }

    @Test
    void aCableThatWasOutForLessThanALookIsToldOfTheAddressOnce() {
        claim(false);
        timesOf(ANNOUNCEMENT, 10_000);
        bed.device.flap();
        bed.run();
        assertProbedForAndAnnounced();
        bed.run();
        assertThat(timesOf(ANNOUNCEMENT, 10_000)).as("no other flap").isEmpty();
        bed.device.carrier(false);
        bed.device.flap();
        bed.run();
        assertThat(timesOf(ANNOUNCEMENT, 1000)).as("and out again").isEmpty();
    }

    @Test
    void whatWasProbedForWithoutACableIsProbedForAgain() {
        bed.device.carrier(false);
        bed.run();
        claim(true);
        timesOf(PROBE, 1500);
        bed.device.carrier(true);
        bed.run();
        assertThat(timesOf(PROBE, 5003)).hasSize(3);
    }

    /// Nobody has heard that.
    @Test
    void withoutACableNothingCountsAsProbedFor() {
        bed.device.carrier(false);
        bed.run();
        AddressClaim claim = claim(true);
        assertThat(timesOf(PROBE, 20_000)).isEmpty();
        assertThat(claim.state()).isEqualTo(State.PROBING);
        bed.device.carrier(true);
        bed.run();
        assertThat(timesOf(PROBE, 5003)).hasSize(3);
        assertThat(inUse()).isFalse();
        assertThat(timesOf(ANNOUNCEMENT, 3000)).isNotEmpty();
        assertThat(inUse()).isTrue();
    }

    @Test
    void whatThereWasNoMemoryToProbeForIsProbedForAgain() {
        AddressClaim claim = claim(true);
        bed.memory.most(0);
        bed.pass(1100 * NetBed.MS);
        assertThat(bed.drops(DropReason.NO_BUFFERS)).as("it was tried").isPositive();
        bed.memory.most(Integer.MAX_VALUE);
        assertThat(timesOf(PROBE, 4000)).hasSize(2);
        bed.pass(3 * NetBed.SECOND);
        assertThat(claim.state()).isNotEqualTo(State.PROBING);
    }

    @Test
    void withoutProbingTheAddressIsUsedAtOnceAndAnnouncedMeanwhile() {
        AddressClaim claim = claim(false);
        assertThat(inUse()).isTrue();
        assertThat(told).containsExactly("claimed 10.0.0.5/24");
        assertThat(bed.device.take().hex()).isEqualTo(ANNOUNCEMENT);
        assertThat(timesOf(ANNOUNCEMENT, 10_000)).hasSize(1);
        assertThat(claim.state()).isEqualTo(State.HELD);
    }

    @Test
    void addressesStandInTheOrderTheyWereAskedForWhicheverSucceedsFirst() {
        bed.nic.claim(Cidr.parse("10.0.0.5/24"), true, AddressClaim.Listener.NONE, bed.nowNs());
        bed.nic.claim(Cidr.parse("10.0.0.6/24"), false, AddressClaim.Listener.NONE, bed.nowNs());
        bed.nic.claim(Cidr.parse("10.0.0.4/24"), true, AddressClaim.Listener.NONE, bed.nowNs());
        assertThat(bed.nic.addresses()).containsExactly(NetBed.ADDRESS, Cidr.parse("10.0.0.6/24"));
        bed.pass(10 * NetBed.SECOND);
        assertThat(bed.nic.addresses()).containsExactly(NetBed.ADDRESS, Cidr.parse("10.0.0.5/24"),
                Cidr.parse("10.0.0.6/24"), Cidr.parse("10.0.0.4/24"));
    }

    @Test
    void doesNotAnswerForAnAddressWhileProbing() {
        claim(true);
        bed.arrive(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.5"));
        assertThat(bed.device.take()).isNull();
        assertThat(inUse()).isFalse();
    }

    @Test
    void leavesAnAddressThatSomebodyHasAndTriesAgainAMinuteLater() {
        AddressClaim claim = claim(true);
        bed.pass(1500 * NetBed.MS);
        bed.arrive(Frames.reply(NetBed.PEER, "10.0.0.5", NetBed.OURS, "0.0.0.0"));
        assertThat(claim.state()).isEqualTo(State.CONFLICT);
        assertThat(told).containsExactly("conflict 02:00:00:00:00:99");
        assertThat(bed.drops(DropReason.ARP_CONFLICT)).isEqualTo(1);
        while (bed.device.take() != null) {
            // probes
        }
        assertThat(timesOf(PROBE, 59_000)).isEmpty();
        bed.pass(10 * NetBed.SECOND);
        assertThat(inUse()).isTrue();
        assertThat(told).containsExactly("conflict 02:00:00:00:00:99", "claimed 10.0.0.5/24");
    }

    @Test
    void twoThatProbeForTheSameAddressBothLeaveIt() {
        AddressClaim claim = claim(true);
        bed.arrive(Frames.request(NetBed.PEER, "0.0.0.0", "10.0.0.5"));
        assertThat(claim.state()).isEqualTo(State.CONFLICT);
    }

    @Test
    void anotherUserOfAnAddressInConflictIsAnOrdinaryNeighbor() {
        claim(true);
        bed.arrive(Frames.request(NetBed.PEER, "10.0.0.5", "10.0.0.5"));
        bed.arrive(Frames.request(NetBed.PEER, "10.0.0.5", "10.0.0.1"));
        assertThat(bed.state("10.0.0.5")).isEqualTo(NeighborState.STALE);
        assertThat(bed.drops(DropReason.ARP_CONFLICT)).isEqualTo(1);
    }

    @Test
    void defendsItsAddressOncePerIntervalAndKeepsIt() {
        AddressClaim claim = claim(false);
        bed.pass(5 * NetBed.SECOND);
        while (bed.device.take() != null) {
            // announcements
        }
        byte[] rival = Frames.request(NetBed.PEER, "10.0.0.5", "10.0.0.5");
        int defences = 0;
        for (int second = 0; second < 60; second++) {
            bed.arrive(rival);
            for (FakeDevice.Sent sent; (sent = bed.device.take()) != null; defences++) {
                assertThat(sent.hex()).isEqualTo(ANNOUNCEMENT);
            }
            bed.pass(NetBed.SECOND);
        }
        assertThat(defences).isEqualTo(6);
        assertThat(claim.state()).isEqualTo(State.HELD);
        assertThat(inUse()).isTrue();
        assertThat(bed.drops(DropReason.ARP_CONFLICT)).isEqualTo(60);
        // each time: defended, then that it came back; not once per frame
        assertThat(told).hasSize(1 + 12);
        assertThat(bed.state("10.0.0.5")).isNull();
    }

    @Test
    void defendsAddressesThatWereGivenWithoutAClaim() {
        bed.arrive(Frames.request(NetBed.PEER, "10.0.0.1", "10.0.0.1"));
        assertThat(bed.device.take().hex()).contains("0a000001" + "000000000000" + "0a000001");
        bed.arrive(Frames.request(NetBed.PEER, "10.0.0.1", "10.0.0.1"));
        assertThat(bed.device.take()).isNull();
    }

    @Test
    void ourOwnProbesComingBackAreNoConflict() {
        AddressClaim claim = claim(true);
        bed.pass(1100 * NetBed.MS);
        bed.arrive(bed.device.take().octets());
        assertThat(claim.state()).isEqualTo(State.PROBING);
        assertThat(bed.drops(DropReason.ETHER_BAD_SOURCE)).isEqualTo(1);
    }

    @Test
    void withdrawingGivesTheAddressBack() {
        AddressClaim claim = claim(false);
        claim.withdraw();
        claim.withdraw();
        assertThat(inUse()).isFalse();
        assertThat(claim.state()).isEqualTo(State.WITHDRAWN);
        assertThat(bed.wheel.armed()).isZero();
        claim(false);
        assertThat(inUse()).isTrue();
    }

    @Test
    void anAddressTakenAwayIsNotAnnouncedAndMayBeClaimedAgain() {
        AddressClaim claim = claim(false);
        bed.device.take();
        bed.nic.removeAddress(WANTED);
        bed.pass(3 * NetBed.SECOND);
        assertThat(bed.device.take()).isNull();
        assertThat(claim.state()).isEqualTo(State.WITHDRAWN);
        claim(false);
        assertThat(inUse()).isTrue();
    }

    @Test
    void anAddressGivenElsewhereMeanwhileIsNotTaken() {
        AddressClaim claim = claim(true);
        bed.links.interfaces().addAddress(bed.lo, Cidr.parse("10.0.0.5/32"));
        bed.pass(10 * NetBed.SECOND);
        assertThat(claim.state()).isEqualTo(State.WITHDRAWN);
        assertThat(told).containsExactly("refused eth0: 10.0.0.5/24: lo0 has that address");
    }

    @Test
    void refusesWhatCannotBeClaimed() {
        claim(true);
        assertThatThrownBy(() -> claim(true)).hasMessageContaining("is being claimed already");
        assertThatThrownBy(() -> bed.nic.claim(NetBed.ADDRESS, true, listener, bed.nowNs()))
                .hasMessageContaining("it has that address already");
        assertThatThrownBy(() -> bed.nic.claim(Cidr.parse("2001:db8::1/64"), true, listener, bed.nowNs()))
                .hasMessageContaining("is no IPv4 address");
    }

    @Test
    void probesAndAnnouncesAnewWhenTheLinkComesBack() {
        AddressClaim held = claim(false);
        AddressClaim wanted = bed.nic.claim(Cidr.parse("10.0.0.6/24"), true, listener, bed.nowNs());
        bed.nic.up(false, bed.nowNs());
        bed.pass(20 * NetBed.SECOND);
        while (bed.device.take() != null) {
            // sent before
        }
        assertThat(wanted.state()).isEqualTo(State.PROBING);
        bed.nic.up(true, bed.nowNs());
        assertThat(held.state()).isEqualTo(State.VERIFYING);
        assertThat(inUse()).isTrue();
        bed.pass(15 * NetBed.SECOND);
        assertThat(wanted.state()).isEqualTo(State.HELD);
        assertThat(held.state()).isEqualTo(State.HELD);
    }
}
