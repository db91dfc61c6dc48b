package org.splnet.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.splnet.wire.Ip4Addr;

class DhcpMachineTest {
    private static final String ADDRESS = "10.1.0.7";
    private final World world = new World(1);
    private final DhcpMachine machine = world.machine;

    @Test
    void getsAnAddress() {
        machine.start(null, world.nowNs);
        assertThat(world.waits()).as("at random within a second").isBetween(0.0, 1.0);
        assertThat(world.sent).isEmpty();
        world.wake();
        assertThat(world.last()).isEqualTo(new Request(MessageType.DISCOVER, world.last().xid(), 0, false,
                Ip4Addr.ANY, null, null, null));
        int xid = world.last().xid();
        world.nowNs += 3 * World.SECOND / 2;
        world.answer(MessageType.OFFER, ADDRESS, 3600);
        assertThat(world.last()).as("RFC 2131 table 5, and §3.1 (3): the same secs").isEqualTo(
                new Request(MessageType.REQUEST, xid, 0, false, Ip4Addr.ANY, Ip4Addr.parse(ADDRESS),
                World.SERVER, null));
        world.answer(MessageType.ACK, ADDRESS, 3600);
        assertThat(machine.state()).isEqualTo(DhcpState.CHECKING);
        assertThat(world.used).isNull();
        machine.free(world.nowNs);
        assertThat(machine.state()).isEqualTo(DhcpState.BOUND);
        assertThat(world.done).containsExactly("bound " + ADDRESS);
        assertThat(world.waits()).as("T1, less a sixteenth by chance").isBetween(1600.0, 1800.0);
    }

    /// RFC 2131 §4.1: 4, 8, 16, 32, 64 s, each give or take one.
    @Test
    void asksEverMoreSeldom() {
        machine.start(null, world.nowNs);
        world.wake();
        int xid = world.last().xid();
        for (double expected : new double[] {4, 8, 16, 32, 64, 64, 64}) {
            assertThat(world.waits()).isCloseTo(expected, Offset.offset(1.0));
            world.wake();
            assertThat(world.last().xid()).isEqualTo(xid);
        }
        assertThat(world.last().secs()).isBetween(248, 256);
        assertThat(world.sent).extracting(Request::broadcast).startsWith(false, true, false, true);
        assertThat(world.done).as("told once").containsExactly("unanswered");
    }

    @Test
    void asksTheServerItChoseFourTimes() {
        machine.start(null, world.nowNs);
        world.wake();
        world.answer(MessageType.OFFER, ADDRESS, 3600);
        for (int i = 0; i < 4; i++) {
            assertThat(world.last().type()).isEqualTo(MessageType.REQUEST);
            world.wake();
        }
        assertThat(machine.state()).isEqualTo(DhcpState.INIT);
        world.wake();
        assertThat(world.last().type()).isEqualTo(MessageType.DISCOVER);
    }

    @Test
    void passesOverWhatDoesNotAnswerIt() {
        machine.start(null, world.nowNs);
        assertThat(machine.awaits(0)).as("nothing was asked").isFalse();
        world.wake();
        int xid = world.last().xid();
        assertThat(machine.awaits(xid)).isTrue();
        assertThat(machine.awaits(xid + 1)).isFalse();
        machine.reply(World.reply(MessageType.OFFER, xid + 1, World.SERVER, ADDRESS, 3600), world.nowNs);
        machine.reply(World.reply(MessageType.ACK, xid, World.SERVER, ADDRESS, 3600), world.nowNs);
        machine.reply(World.reply(MessageType.NAK, xid, World.SERVER, "0.0.0.0", -1), world.nowNs);
        assertThat(machine.state()).isEqualTo(DhcpState.SELECTING);
        world.answer(MessageType.OFFER, ADDRESS, 3600);
        // the offer twice, another server's words, another address, nobody's words
        world.answer(MessageType.OFFER, "10.1.0.8", 3600);
        machine.reply(World.reply(MessageType.NAK, xid, World.OTHER, "0.0.0.0", -1), world.nowNs);
        machine.reply(World.reply(MessageType.ACK, xid, World.OTHER, ADDRESS, 3600), world.nowNs);
        machine.reply(World.reply(MessageType.ACK, xid, null, ADDRESS, 3600), world.nowNs);
        world.answer(MessageType.ACK, "10.1.0.9", 3600);
        assertThat(machine.state()).isEqualTo(DhcpState.REQUESTING);
        world.answer(MessageType.ACK, ADDRESS, 3600);
        world.answer(MessageType.ACK, ADDRESS, 3600);
        world.answer(MessageType.NAK, "0.0.0.0", -1);
        machine.free(world.nowNs);
        assertThat(machine.awaits(xid)).isFalse();
        world.answer(MessageType.NAK, "0.0.0.0", -1);
        assertThat(world.done).containsExactly("bound " + ADDRESS);
    }

    @Test
    void renewsFromItsServerThenFromAnyThenIsLost() {
        world.bind(ADDRESS, 3600);
        long since = world.used.sinceNs();
        world.wake();
        assertThat(world.last()).as("RFC 2131 table 5: unicast, with ciaddr alone").isEqualTo(new Request(
                MessageType.REQUEST, world.last().xid(), 0, false, Ip4Addr.parse(ADDRESS), null, null,
                World.SERVER));
        Set<Integer> xids = new HashSet<>();
        while (machine.state() == DhcpState.RENEWING) {
            assertThat(xids.add(world.last().xid())).as("each try a conversation").isTrue();
            assertThat(world.last().to()).isEqualTo(World.SERVER);
            world.wake();
        }
        assertThat(machine.state()).isEqualTo(DhcpState.REBINDING);
        assertThat((world.nowNs - since) / World.SECOND).as("T2").isEqualTo(3150);
        while (machine.state() == DhcpState.REBINDING) {
            assertThat(world.last().to()).isNull();
            assertThat(world.last().ciaddr()).isEqualTo(Ip4Addr.parse(ADDRESS));
            world.wake();
        }
        assertThat((world.nowNs - since) / World.SECOND).isEqualTo(3600);
        assertThat(world.sent).as("not too often").hasSizeLessThan(15);
        assertThat(world.done).containsExactly("bound " + ADDRESS, "lost " + ADDRESS + ": expired");
        world.wake();
        assertThat(world.last().type()).isEqualTo(MessageType.DISCOVER);
        assertThat(world.last().requested()).as("the same again, please").isEqualTo(Ip4Addr.parse(ADDRESS));
    }

    /// The new lease counts from the request that was answered, not from the answer.
    @Test
    void countsFromTheRequest() {
        world.bind(ADDRESS, 3600);
        world.wake();
        long asked = world.nowNs;
        world.nowNs += 3 * World.SECOND;
        world.answer(MessageType.ACK, ADDRESS, 600);
        assertThat(machine.state()).isEqualTo(DhcpState.BOUND);
        assertThat(world.used.endNs() - asked).isEqualTo(600 * World.SECOND);
        assertThat(world.done).containsExactly("bound " + ADDRESS, "renewed " + ADDRESS);
    }

    @Test
    void anotherServerMayRebind() {
        world.bind(ADDRESS, 3600);
        while (machine.state() != DhcpState.REBINDING) {
            world.wake();
        }
        machine.reply(World.reply(MessageType.ACK, world.last().xid(), World.OTHER, ADDRESS, 3600),
                world.nowNs);
        assertThat(world.used.server()).isEqualTo(World.OTHER);
        assertThat(machine.state()).isEqualTo(DhcpState.BOUND);
    }

    @Test
    void givesUpWhatIsRefused() {
        world.bind(ADDRESS, 3600);
        world.wake();
        world.answer(MessageType.NAK, "0.0.0.0", -1);
        assertThat(world.done).containsExactly("bound " + ADDRESS,
                "lost " + ADDRESS + ": refused by 10.1.0.1", "forgot");
        assertThat(world.waits()).isLessThan(1.1);
        world.wake();
        assertThat(world.last().requested()).isNull();
    }

    @Test
    void refusedAgainAndAgainAsksEverMoreSeldom() {
        machine.start(null, world.nowNs);
        double most = 0;
        for (int i = 0; i < 12; i++) {
            world.wake();
            world.answer(MessageType.OFFER, ADDRESS, 3600);
            world.answer(MessageType.NAK, "0.0.0.0", -1);
            assertThat(world.waits()).isGreaterThanOrEqualTo(i == 0 ? 0 : Math.min(256, 1 << i));
            most = Math.max(most, world.waits());
        }
        assertThat(most).isLessThan(260);
    }

    @Test
    void declinesWhatSomebodyHas() {
        world.check(ADDRESS, 3600);
        machine.taken(world.nowNs);
        assertThat(world.last()).as("RFC 2131 table 5").isEqualTo(new Request(MessageType.DECLINE,
                world.last().xid(), 0, false, Ip4Addr.ANY, Ip4Addr.parse(ADDRESS), World.SERVER, null));
        assertThat(world.waits()).as("RFC 2131 §3.1 (5)").isBetween(10.0, 11.1);
        assertThat(world.done).containsExactly("forgot");
        machine.free(world.nowNs);
        assertThat(machine.state()).as("a claim too late").isEqualTo(DhcpState.INIT);
        world.wake();
        assertThat(world.last().requested()).isNull();
    }

    @Test
    void declinesWhatSomebodyKeepsUsing() {
        world.bind(ADDRESS, 3600);
        machine.taken(world.nowNs);
        assertThat(world.last().type()).isEqualTo(MessageType.DECLINE);
        assertThat(world.done).contains("lost " + ADDRESS + ": address in use by another station");
        assertThat(machine.lease()).isNull();
    }

    private Lease kept(long secondsAgo) {
        return new Lease(World.reply(MessageType.ACK, 5, World.SERVER, ADDRESS, 3600),
                world.nowNs - secondsAgo * World.SECOND);
    }

    @Test
    void asksForWhatItHadBeforeTheRestart() {
        machine.start(kept(600), world.nowNs);
        world.wake();
        assertThat(world.last()).as("RFC 2131 table 5: INIT-REBOOT").isEqualTo(new Request(
                MessageType.REQUEST, world.last().xid(), 0, false, Ip4Addr.ANY, Ip4Addr.parse(ADDRESS), null,
                null));
        world.answer(MessageType.ACK, ADDRESS, 3600);
        assertThat(machine.state()).isEqualTo(DhcpState.CHECKING);
        machine.free(world.nowNs);
        assertThat(world.done).containsExactly("bound " + ADDRESS);
    }

    @Test
    void usesWhatItHadIfNobodyAnswersAfterTheRestart() {
        machine.start(kept(600), world.nowNs);
        while (machine.state() != DhcpState.CHECKING) {
            world.wake();
        }
        assertThat(world.sent).hasSize(3).allMatch(each -> each.type() == MessageType.REQUEST);
        machine.free(world.nowNs);
        assertThat(machine.state()).isEqualTo(DhcpState.BOUND);
        assertThat(world.used.endNs() - world.nowNs).isLessThan(3000 * World.SECOND);
    }

    @Test
    void beginsAnewWhenWhatItHadIsRefusedOrOver() {
        machine.start(kept(600), world.nowNs);
        world.wake();
        world.answer(MessageType.NAK, "0.0.0.0", -1);
        assertThat(world.done).containsExactly("refused by 10.1.0.1", "forgot");
        world.wake();
        assertThat(world.last().type()).isEqualTo(MessageType.DISCOVER);

        var other = new World(2);
        other.machine.start(kept(3610), other.nowNs);
        other.wake();
        assertThat(other.last().type()).isEqualTo(MessageType.DISCOVER);
        assertThat(other.last().requested()).isEqualTo(Ip4Addr.parse(ADDRESS));
    }

    @Test
    void releases() {
        world.bind(ADDRESS, 3600);
        machine.release(world.nowNs);
        assertThat(world.last()).as("RFC 2131 table 5").isEqualTo(new Request(MessageType.RELEASE,
                world.last().xid(), 0, false, Ip4Addr.parse(ADDRESS), null, World.SERVER, World.SERVER));
        assertThat(machine.state()).isEqualTo(DhcpState.OFF);
        assertThat(world.wakeNs).isEqualTo(Long.MAX_VALUE);
        assertThat(world.done).containsExactly("bound " + ADDRESS, "lost " + ADDRESS + ": released",
                "forgot");
        machine.timeout(world.nowNs);
        assertThat(machine.state()).isEqualTo(DhcpState.OFF);
    }

    @Test
    void renewsWhenAsked() {
        world.bind(ADDRESS, 3600);
        machine.renew(world.nowNs);
        assertThat(machine.state()).isEqualTo(DhcpState.RENEWING);
        world.answer(MessageType.ACK, ADDRESS, 3600);
        assertThat(world.done).contains("renewed " + ADDRESS);

        var searching = new World(3);
        searching.machine.start(null, searching.nowNs);
        for (int i = 0; i < 8; i++) {
            searching.wake();
        }
        searching.machine.renew(searching.nowNs);
        assertThat(searching.waits()).isLessThan(0.1);
    }

    /// RFC 2131 §3.7: it asks, and goes on using what it has meanwhile.
    @Test
    void asksAgainWhenTheLinkIsBack() {
        world.bind(ADDRESS, 3600);
        machine.linkUp(world.nowNs);
        world.wake();
        assertThat(machine.state()).isEqualTo(DhcpState.REBOOTING);
        assertThat(world.used).isNotNull();
        world.answer(MessageType.ACK, ADDRESS, 3600);
        assertThat(machine.state()).isEqualTo(DhcpState.BOUND);
        assertThat(world.done).containsExactly("bound " + ADDRESS, "renewed " + ADDRESS);
        machine.linkUp(world.nowNs);
        world.wake();
        world.answer(MessageType.NAK, "0.0.0.0", -1);
        assertThat(world.used).as("another network").isNull();
    }

    /// It may lead to another network, where a server says no; without asking it would be used until T1.
    @Test
    void aLinkThatIsBackWhileAnAddressIsCheckedHasItAskedForAgain() {
        world.check(ADDRESS, 3600);
        assertThat(machine.state()).isEqualTo(DhcpState.CHECKING);
        machine.linkUp(world.nowNs);
        machine.free(world.nowNs);
        assertThat(world.used).as("a check that is over").isNull();
        world.wake();
        assertThat(machine.state()).isEqualTo(DhcpState.REBOOTING);
        assertThat(world.last().requested()).isEqualTo(Ip4Addr.parse(ADDRESS));
        world.answer(MessageType.NAK, "0.0.0.0", -1);
        assertThat(world.used).isNull();
        assertThat(world.done).containsExactly("refused by 10.1.0.1", "forgot");
    }

    /// Else the end of the lease would be missed, too.
    @Test
    void goesOnAfterARequestThatCouldNotBeSent() {
        machine.start(null, world.nowNs);
        world.fails = new OutOfMemoryError("on purpose");
        assertThatThrownBy(world::wake).isInstanceOf(OutOfMemoryError.class);
        assertThat(world.waits()).isBetween(3.0, 5.0);
        world.wake();
        assertThat(world.last().type()).isEqualTo(MessageType.DISCOVER);
        world.answer(MessageType.OFFER, ADDRESS, 3600);
        world.answer(MessageType.ACK, ADDRESS, 3600);
        machine.free(world.nowNs);
        world.fails = new OutOfMemoryError("on purpose");
        assertThatThrownBy(world::wake).isInstanceOf(OutOfMemoryError.class);
        assertThat(machine.state()).isEqualTo(DhcpState.RENEWING);
        assertThat(world.waits()).isBetween(60.0, 1800.0);
        world.fails = new OutOfMemoryError("on purpose");
        assertThatThrownBy(() -> machine.taken(world.nowNs)).isInstanceOf(OutOfMemoryError.class);
        assertThat(machine.state()).isEqualTo(DhcpState.INIT);
        assertThat(world.waits()).isGreaterThanOrEqualTo(10);
    }

    /// §3.1 (5): ten seconds at least after a DECLINE, whatever the link does.
    @Test
    void aLinkThatFlapsDoesNotShortenTheWaitAfterAConflict() {
        world.bind(ADDRESS, 3600);
        machine.taken(world.nowNs);
        assertThat(world.waits()).isGreaterThanOrEqualTo(10);
        machine.linkUp(world.nowNs);
        assertThat(world.waits()).isGreaterThanOrEqualTo(10);
    }

    @Test
    void aLeaseForeverIsNotRenewedUnlessAsked() {
        world.bind(ADDRESS, Reply.FOREVER);
        assertThat(world.waits()).isGreaterThan(365 * 86_400.0);
        assertThat(world.used.over(world.nowNs + (1L << 61))).isFalse();
        machine.renew(world.nowNs);
        world.answer(MessageType.ACK, ADDRESS, Reply.FOREVER);
        assertThat(world.done).containsExactly("bound " + ADDRESS, "renewed " + ADDRESS);
    }

    /// Half of what is left of it would be decades.
    @Test
    void aLeaseForeverIsAskedForEachHourUntilSomebodyAnswers() {
        world.bind(ADDRESS, Reply.FOREVER);
        machine.renew(world.nowNs);
        assertThat(world.waits()).isEqualTo(3600);
        world.wake();
        assertThat(machine.state()).isEqualTo(DhcpState.RENEWING);
        Reply timed = new Reply(MessageType.ACK, world.last().xid(), World.SERVER, Ip4Addr.parse(ADDRESS),
                Reply.FOREVER, 1800, 3150, World.SETTINGS, null, "00");
        machine.reply(timed, world.nowNs);
        while (machine.state() != DhcpState.REBINDING) {
            world.wake();
        }
        assertThat((world.nowNs - world.used.sinceNs()) / World.SECOND).as("T2").isBetween(3150L, 3154L);
        assertThat(world.waits()).isEqualTo(3600);
        world.wake();
        assertThat(machine.state()).isEqualTo(DhcpState.REBINDING);
    }

    @Test
    void timesThatMakeNoSenseAreNotBelieved() {
        Reply ack = new Reply(MessageType.ACK, 1, World.SERVER, Ip4Addr.parse(ADDRESS), 1000, 900, 800,
                World.SETTINGS, null, "00");
        assertThat(new Lease(ack, 0).renewNs()).isEqualTo(500 * World.SECOND);
        assertThat(new Lease(ack, 0).rebindNs()).isEqualTo(875 * World.SECOND);
        Reply often = new Reply(MessageType.ACK, 1, World.SERVER, Ip4Addr.parse(ADDRESS), 1000, 0, 1,
                World.SETTINGS, null, "00");
        assertThat(new Lease(often, 0).renewNs()).isEqualTo(500 * World.SECOND);
    }
}
