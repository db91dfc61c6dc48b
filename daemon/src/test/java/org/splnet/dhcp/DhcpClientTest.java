package org.splnet.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.ip.RouteInfo;
import org.splnet.kern.Deferred;
import org.splnet.kern.Event;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.net.Frames;
import org.splnet.pkt.DropReason;
import org.splnet.wire.Checksum;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.MacAddr;

/// The client on an interface: frames out, frames in, addresses and routes in between.
@ExtendWith(NoLeaks.class)
class DhcpClientTest extends DhcpBed {
    @Test
    void speaksFromNoAddressAndHearsWhatIsForAnAddressNotOursYet() throws Exception {
        try (var events = Events.subscribe(Set.of(EventKind.LEASE_BOUND, EventKind.LEASE_LOST), 16,
                () -> { })) {
            begin(false, false);
            Out discover = dhcp.peek();
            assertThat(discover.to()).isEqualTo(MacAddr.BROADCAST);
            assertThat(discover.source()).isEqualTo("0.0.0.0");
            assertThat(discover.destination()).isEqualTo("255.255.255.255");
            assertThat(discover.message().option(12)).containsExactly('m', 'e');
            assertThat(discover.message().option(61)).containsExactly(1, 2, 0, 0, 0, 0, 1);
            granted(false);
            pass(8 * SECOND);
            assertThat(own()).isEqualTo("[10.1.0.7/24]");
            assertThat(arp.size()).as("three probes and two announcements").isEqualTo(5);
            assertThat(link.mtu()).isEqualTo(1400);
            assertThat(ip.routeInfos()).filteredOn(each -> each.kind() == RouteInfo.Kind.STATIC)
                    .singleElement().satisfies(route -> {
                        assertThat(route.via()).hasToString("10.1.0.1");
                        assertThat(route.metric()).isEqualTo(100);
                    });
            LeaseInfo info = client.info();
            assertThat(info.state()).isEqualTo("bound");
            assertThat(info.dns()).hasToString("[10.1.0.53]");
            assertThat(info.domain()).isEqualTo("example.net");
            assertThat(info.leftSeconds()).isBetween(3580L, 3599L);
            assertThat(Files.readString(dir.resolve("eth0.lease"))).contains("10.1.0.7/24 from 10.1.0.1");
            client.release();
            run();
            assertThat(link.addresses()).isEmpty();
            assertThat(link.mtu()).isEqualTo(1500);
            assertThat(ip.routeInfos()).isEmpty();
            assertThat(dir.resolve("eth0.lease")).doesNotExist();
            Event first = events.poll();
            assertThat(first.kind()).isEqualTo(EventKind.LEASE_BOUND);
            assertThat(events.poll().kind()).isEqualTo(EventKind.LEASE_LOST);
        }
    }

    @Test
    void hearsBroadcastsToo() {
        begin(false, false);
        granted(true);
        pass(8 * SECOND);
        assertThat(own()).isEqualTo("[10.1.0.7/24]");
    }

    /// The seam lets by what comes to the client's port from a server's, and nothing else.
    @Test
    void nothingElseGetsByTheRules() {
        begin(false, false);
        Out discover = dhcp.peek();
        long before = pool.drops().count(DropReason.IP_NOT_FOR_US);
        byte[] payload = message(MessageType.OFFER, discover).octets();
        ByteBuffer other = ByteBuffer.allocate(28 + payload.length);
        other.put((byte) 0x45).put(2, (byte) (other.capacity() >>> 8)).put(3, (byte) other.capacity())
                .put(8, (byte) 64).put(9, (byte) 17).putInt(12, 0x0a010001).putInt(16, 0x0a010007)
                .putShort(20, (short) 67).putShort(22, (short) 69).putShort(24, (short) (8 + payload.length))
                .putShort(10, (short) Checksum.finish(Checksum.sum(
                        Unpooled.wrappedBuffer(other.array()), 0, 20)));
        device.arrive(Frames.ether(OURS, SERVER, EtherType.IPV4, other.array()));
        run();
        assertThat(pool.drops().count(DropReason.IP_NOT_FOR_US)).isEqualTo(before + 1);
        long martians = pool.drops().count(DropReason.IP_MARTIAN_SOURCE);
        arrive(message(MessageType.OFFER, discover), "10.1.0.7", false, "127.0.0.1");
        assertThat(pool.drops().count(DropReason.IP_MARTIAN_SOURCE)).isEqualTo(martians + 1);
        assertThat(client.info().state()).isEqualTo("selecting");
    }

    @Test
    void declinesAnAddressThatSomebodyHas() {
        begin(false, false);
        granted(false);
        pass(2 * SECOND);
        device.arrive(Frames.reply(MacAddr.parse("02:00:00:00:00:55"), "10.1.0.7", OURS, "0.0.0.0"));
        run();
        Deferred.run();
        run();
        Out decline = dhcp.remove();
        assertThat(decline.type()).isEqualTo(MessageType.DECLINE);
        assertThat(decline.source()).isEqualTo("0.0.0.0");
        assertThat(decline.message().option(50)).containsExactly(10, 1, 0, 7);
        assertThat(decline.message().option(54)).containsExactly(10, 1, 0, 1);
        assertThat(link.addressInfos()).as("no claim is left").isEmpty();
        pass(9 * SECOND);
        assertThat(dhcp).isEmpty();
        pass(3 * SECOND);
        assertThat(dhcp.remove().type()).isEqualTo(MessageType.DISCOVER);
    }

    @Test
    void defendsOnceAndThenGivesUp() {
        begin(false, false);
        granted(false);
        pass(12 * SECOND);
        MacAddr rival = MacAddr.parse("02:00:00:00:00:55");
        device.arrive(Frames.request(rival, "10.1.0.7", "10.1.0.7"));
        run();
        Deferred.run();
        assertThat(link.addresses()).hasSize(1);
        pass(SECOND);
        device.arrive(Frames.request(rival, "10.1.0.7", "10.1.0.7"));
        run();
        Deferred.run();
        run();
        assertThat(link.addresses()).isEmpty();
        assertThat(dhcp.remove().type()).isEqualTo(MessageType.DECLINE);
        assertThat(client.info().lost()).contains("another station");
    }

    /// RFC 5227 §2.4 (b), also if both conflicts are told of at once.
    @Test
    void givesUpAfterTwoConflictsInOneBatch() {
        begin(false, false);
        granted(false);
        pass(12 * SECOND);
        for (int i = 0; i < 2; i++) {
            device.arrive(Frames.request(MacAddr.parse("02:00:00:00:00:55"), "10.1.0.7", "10.1.0.7"));
        }
        run();
        Deferred.run();
        run();
        assertThat(link.addresses()).isEmpty();
        assertThat(dhcp.remove().type()).isEqualTo(MessageType.DECLINE);
    }

    @Test
    void renewsByUnicastAndTakesAnotherSubnetMask() {
        begin(false, false);
        granted(false);
        pass(8 * SECOND);
        dhcp.clear();
        device.arrive(Frames.request(SERVER, "10.1.0.1", "10.1.0.7"));
        run();
        client.renew();
        run();
        Out renewal = dhcp.remove();
        assertThat(renewal.to()).isEqualTo(SERVER);
        assertThat(renewal.source()).isEqualTo("10.1.0.7");
        assertThat(renewal.destination()).isEqualTo("10.1.0.1");
        arrive(new ServerMessage(MessageType.ACK, renewal.message().xid(), OURS).your("10.1.0.7")
                .lease("10.1.0.1", "255.255.0.0", 3600).option(121, 8, 10, 10, 1, 0, 9), "10.1.0.7", false,
                "10.1.0.1");
        Deferred.run();
        assertThat(own()).isEqualTo("[10.1.0.7/16]");
        assertThat(ip.routeInfos()).filteredOn(each -> each.kind() == RouteInfo.Kind.STATIC).singleElement()
                .satisfies(route -> assertThat(route.via()).hasToString("10.1.0.9"));
        assertThat(link.mtu()).isEqualTo(1500);
    }

    @Test
    void keepsItsLeaseAcrossARestart() throws Exception {
        begin(false, false);
        granted(false);
        pass(8 * SECOND);
        dhcp.clear();
        client.close();
        run();
        assertThat(dhcp).as("without a word").isEmpty();
        assertThat(link.addresses()).isEmpty();
        pass(60 * SECOND);
        begin(false, false);
        Out reboot = dhcp.remove();
        assertThat(reboot.type()).isEqualTo(MessageType.REQUEST);
        assertThat(reboot.message().option(50)).containsExactly(10, 1, 0, 7);
        assertThat(reboot.message().option(54)).isNull();
        pass(45 * SECOND);
        assertThat(own()).as("nobody answered").isEqualTo("[10.1.0.7/24]");
        assertThat(client.info().leftSeconds()).isBetween(3400L, 3500L);
        client.close();
        dhcp.clear();
        wallOffset -= 1_000_000;
        begin(false, false);
        assertThat(dhcp.remove().type()).as("the wall clock was set back").isEqualTo(MessageType.DISCOVER);
        client.close();
        Files.writeString(dir.resolve("eth0.lease"), "since-ms 5\nack zz\n");
        dhcp.clear();
        begin(false, false);
        assertThat(dhcp.remove().message().option(50)).as("a broken file").isNull();
    }

    @Test
    void keepsALeaseForeverThoughTheWallClockWasSetBack() {
        begin(false, false);
        granted(false, new ServerMessage(MessageType.ACK, dhcp.element().message().xid(), OURS)
                .your("10.1.0.7").lease("10.1.0.1", "255.255.255.0", Reply.FOREVER));
        pass(8 * SECOND);
        for (long millis : new long[] {1_000_000, wallOffset + 86_400_000}) {
            client.close();
            dhcp.clear();
            wallOffset -= millis;
            begin(false, false);
            assertThat(dhcp.peek().message().option(50)).as("also before 1970").containsExactly(10, 1, 0, 7);
            assertThat(dhcp.peek().type()).isEqualTo(MessageType.REQUEST);
            pass(60 * SECOND);
            assertThat(own()).as("nobody answered").isEqualTo("[10.1.0.7/24]");
            assertThat(client.info().state()).isEqualTo("bound");
            assertThat(dhcp).hasSize(3);
        }
    }

    /// RFC 2131 §3.7, §4.4.2: it asks for what it has, without a server's identifier, and uses it meanwhile.
    @Test
    void verifiesItsLeaseWhenTheCableIsBack() {
        begin(false, false);
        granted(false);
        pass(8 * SECOND);
        dhcp.clear();
        device.carrier(false);
        pass(30 * SECOND);
        assertThat(dhcp).as("nobody is there").isEmpty();
        device.carrier(true);
        pass(2 * SECOND);
        Out reboot = dhcp.remove();
        assertThat(reboot.type()).isEqualTo(MessageType.REQUEST);
        assertThat(reboot.message().option(50)).containsExactly(10, 1, 0, 7);
        assertThat(reboot.message().option(54)).isNull();
        assertThat(own()).isEqualTo("[10.1.0.7/24]");
        arrive(message(MessageType.ACK, reboot), "10.1.0.7", false, "10.1.0.1");
        assertThat(client.info().state()).isEqualTo("bound");
        assertThat(client.info().leftSeconds()).as("counts anew").isGreaterThan(3590);
    }

    @Test
    void verifiesItsLeaseWhenTheCableWasOutForAMoment() {
        begin(false, false);
        granted(false);
        pass(8 * SECOND);
        dhcp.clear();
        device.flap();
        pass(2 * SECOND);
        Out reboot = dhcp.remove();
        assertThat(reboot.type()).isEqualTo(MessageType.REQUEST);
        assertThat(reboot.message().option(50)).containsExactly(10, 1, 0, 7);
    }

    /// Ours stands still meanwhile, the server's clock does not.
    @Test
    void verifiesItsLeaseWhenTheMachineHasSlept() {
        begin(false, false);
        granted(false);
        pass(8 * SECOND);
        wallOffset -= 8 * 3600 * 1000;
        pass(200 * SECOND);
        wallOffset += 4000;
        pass(200 * SECOND);
        assertThat(dhcp).as("set back, and a little ahead").isEmpty();
        wallOffset += 8 * 3600 * 1000;
        for (int i = 0; i < 62 && dhcp.isEmpty(); i++) {
            pass(SECOND);
        }
        Out reboot = dhcp.remove();
        assertThat(reboot.type()).isEqualTo(MessageType.REQUEST);
        assertThat(reboot.message().option(50)).containsExactly(10, 1, 0, 7);
        assertThat(reboot.message().option(54)).isNull();
        assertThat(own()).as("meanwhile").isEqualTo("[10.1.0.7/24]");
        arrive(new ServerMessage(MessageType.NAK, reboot.message().xid(), OURS).addresses(54, "10.1.0.1"),
                "255.255.255.255", true, "10.1.0.1");
        assertThat(link.addresses()).isEmpty();
    }

    @Test
    void anotherNetworkAtTheCableTakesTheAddressAway() {
        begin(false, false);
        granted(false);
        pass(8 * SECOND);
        dhcp.clear();
        link.up(false, nowNs);
        link.up(true, nowNs);
        pass(2 * SECOND);
        Out reboot = dhcp.remove();
        arrive(new ServerMessage(MessageType.NAK, reboot.message().xid(), OURS).addresses(54, "10.2.0.1")
                .text(56, "wrong\nnetwork"), "255.255.255.255", true, "10.2.0.1");
        assertThat(link.addresses()).isEmpty();
        assertThat(client.info().lost()).isEqualTo("refused by 10.2.0.1: wrong?network");
        pass(2 * SECOND);
        assertThat(dhcp.remove().type()).isEqualTo(MessageType.DISCOVER);
    }

    @Test
    void aCableThatComesEndsTheWaitingForAServer() {
        device.carrier(false);
        begin(false, false);
        pass(200 * SECOND);
        dhcp.clear();
        device.carrier(true);
        pass(2 * SECOND);
        assertThat(dhcp).as("not up to a minute later").isNotEmpty();
        client.close();
        dhcp.clear();
        device.carrier(false);
        run();
        device.carrier(true);
        pass(5 * SECOND);
        assertThat(dhcp).as("it has ended").isEmpty();
    }

    @Test
    void releasesAtTheEndIfAskedTo() {
        begin(true, false);
        granted(false);
        pass(8 * SECOND);
        dhcp.clear();
        client.close();
        run();
        Out release = dhcp.remove();
        assertThat(release.type()).isEqualTo(MessageType.RELEASE);
        assertThat(release.source()).isEqualTo("10.1.0.7");
        assertThat(release.destination()).as("the server's station is not known")
                .isEqualTo("255.255.255.255");
        assertThat(dir.resolve("eth0.lease")).doesNotExist();
        client.close();
        client.renew();
        assertThat(dhcp).as("it has ended").isEmpty();
    }

    @Test
    void fallsBackToLinkLocalAndComesBack() {
        begin(false, true);
        pass(45 * SECOND);
        assertThat(link.addresses()).singleElement().asString().matches("169\\.254\\.\\d+\\.\\d+/16");
        String first = client.info().linkLocal().toString();
        MacAddr rival = MacAddr.parse("02:00:00:00:00:55");
        for (int i = 0; i < 2; i++) {
            device.arrive(Frames.request(rival, first.substring(0, first.indexOf('/')), "169.254.9.9"));
            run();
            Deferred.run();
        }
        pass(10 * SECOND);
        assertThat(client.info().linkLocal().toString()).isNotEqualTo(first);
        assertThat(link.addresses()).hasSize(1);
        while (dhcp.size() > 1) {
            dhcp.remove();
        }
        assertThat(dhcp.peek().source()).as("a link-local address is none to ask from").isEqualTo("0.0.0.0");
        Out discover = dhcp.remove();
        arrive(message(MessageType.OFFER, discover), "255.255.255.255", true, "10.1.0.1");
        Out request = dhcp.remove();
        arrive(message(MessageType.ACK, request), "255.255.255.255", true, "10.1.0.1");
        pass(8 * SECOND);
        assertThat(own()).isEqualTo("[10.1.0.7/24]");
        assertThat(client.info().linkLocal()).isNull();
    }

    @Test
    void anAddressThatAnotherInterfaceOfOursHasIsDeclined() {
        links.interfaces().addAddress(link, Cidr.parse("10.1.0.7/24"));
        begin(false, false);
        Out discover = dhcp.remove();
        arrive(message(MessageType.OFFER, discover), "255.255.255.255", true, "10.1.0.1");
        Out request = dhcp.remove();
        arrive(message(MessageType.ACK, request), "255.255.255.255", true, "10.1.0.1");
        Deferred.run();
        run();
        assertThat(dhcp.remove().type()).isEqualTo(MessageType.DECLINE);
        assertThat(own()).isEqualTo("[10.1.0.7/24]");
        assertThat(client.info().state()).isEqualTo("init");
    }
}
