package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.pkt.Output;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// RFC 1122 §3.3.1: which way, and from which address.
@ExtendWith(NoLeaks.class)
class RouteTableTest {
    private IpBed bed = new IpBed();

    @AfterEach
    void close() {
        bed.close();
    }

    private Route to(String address) {
        InetAddr addr = InetAddr.parse(address);
        return bed.ip.routes().lookup(addr.hi(), addr.lo());
    }

    @Test
    void connectedSubnetsAndOurselvesAreKnownWithoutBeingTold() {
        assertThat(to("10.0.0.77").out()).isSameAs(bed.eth0);
        assertThat(to("10.0.0.77").via()).isNull();
        assertThat(to("192.168.7.9").out()).isSameAs(bed.eth1);
        assertThat(to("10.0.0.1").out()).isSameAs(bed.lo);
        assertThat(to("127.9.9.9").out()).isSameAs(bed.lo);
        assertThat(to("8.8.8.8")).isNull();
        assertThat(bed.path("8.8.8.8")).isNull();
    }

    @Test
    void theLongestPrefixWinsThenTheLeastMetric() {
        bed.ip.addRoute(Cidr.parse("0.0.0.0/0"), IpBed.ROUTER, 10);
        bed.ip.addRoute(Cidr.parse("172.16.0.0/12"), IpBed.PEER, 10);
        bed.ip.addRoute(Cidr.parse("172.16.5.0/24"), IpBed.PEER1, 20);
        bed.ip.addRoute(Cidr.parse("172.16.5.0/24"), IpBed.ROUTER, 5);
        assertThat(to("8.8.8.8").via()).isEqualTo(IpBed.ROUTER);
        assertThat(to("172.16.9.9").via()).isEqualTo(IpBed.PEER);
        assertThat(to("172.16.5.9").via()).isEqualTo(IpBed.ROUTER);
        assertThat(bed.ip.removeRoute(Cidr.parse("172.16.5.0/24"), IpBed.ROUTER)).isTrue();
        assertThat(to("172.16.5.9").via()).isEqualTo(IpBed.PEER1);
        assertThat(to("172.16.5.9").source()).isEqualTo(IpBed.HOST1);
        assertThat(bed.ip.removeRoute(Cidr.parse("172.16.5.0/24"), null)).isTrue();
        assertThat(to("172.16.5.9").via()).isEqualTo(IpBed.PEER);
        assertThat(bed.ip.removeRoute(Cidr.parse("172.16.5.0/24"), null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.5/16, 10.0.0.254, has host bits set; its network is 10.1.0.0/16",
        "10.1.0.0/16, 172.16.0.1, is on no connected subnet",
        "10.1.0.0/16, 10.0.0.1, is an address of this host",
        "10.1.0.0/16, 10.0.0.255, is the broadcast or network address of 10.0.0.0/24",
        "10.1.0.0/16, 224.0.0.5, is no other host's address",
        "10.1.0.0/16, 2001:db8::1, is of the other address family",
        "127.0.0.0/8, 10.0.0.254, is this host itself"})
    void refusesRoutesThatLeadNowhere(String to, String via, String why) {
        assertThatThrownBy(() -> bed.ip.addRoute(Cidr.parse(to), InetAddr.parse(via), 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why)
                .hasMessageContaining(to.equals("10.1.0.5/16") ? to : "");
    }

    @Test
    void isTheSameRouteWhetherOrNotTheInterfaceOfItsGatewayIsNamed() {
        Cidr any = Cidr.parse("0.0.0.0/0");
        bed.ip.addRoute(any, IpBed.ROUTER, 1);
        assertThatThrownBy(() -> bed.ip.addRoute(any, IpBed.ROUTER, bed.eth0, 1))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("is there already");
        bed.ip.addRoute(any, IpBed.ROUTER, bed.eth0, 2);
        assertThatThrownBy(() -> bed.ip.addRoute(any, IpBed.ROUTER, 2))
                .isInstanceOf(IllegalStateException.class);
        bed.ip.addRoute(any, IpBed.PEER1, 1);
        bed.ip.addRoute(Cidr.parse("10.2.0.0/16"), null, bed.eth0, 1);
        bed.ip.addRoute(Cidr.parse("10.2.0.0/16"), null, bed.eth1, 1);
        assertThatThrownBy(() -> bed.ip.addRoute(any, null, null, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isOneRouteThoughItsGatewaysInterfaceWasNamedWhileThatHadNoAddress() {
        Cidr any = Cidr.parse("0.0.0.0/0");
        bed.ip.addRoute(any, IpBed.PEER1, 1);
        bed.eth1.removeAddress(Cidr.parse("192.168.7.1/24"));
        bed.ip.addRoute(any, IpBed.PEER1, bed.eth1, 1);
        bed.links.interfaces().addAddress(bed.eth1, Cidr.parse("192.168.7.1/24"));
        var shown = new RouteInfo(any, IpBed.PEER1, bed.eth1.name(), IpBed.HOST1, 1, RouteInfo.Kind.STATIC);
        assertThat(bed.ip.routeInfos()).filteredOn(each -> each.to().equals(any)).containsExactly(shown);
        assertThat(bed.ip.removeRoute(any, IpBed.PEER1, bed.eth1, 1)).isTrue();
        assertThat(bed.ip.routeInfos()).as("the other is still asked for").contains(shown);
        assertThat(bed.ip.removeRoute(any, IpBed.PEER1)).isTrue();
        assertThat(to("8.8.8.8")).isNull();
    }

    @Test
    void aRouteIsUsedWhileItsLinkHasAnAddress() {
        bed.ip.addRoute(Cidr.parse("0.0.0.0/0"), IpBed.PEER1, 1);
        Ip4Path path = bed.path("8.8.8.8");
        assertThat(bed.send(path, Ip4.data(20), 0)).isEqualTo(Output.SENT);
        bed.eth1.removeAddress(Cidr.parse("192.168.7.1/24"));
        assertThat(to("8.8.8.8")).isNull();
        assertThat(bed.send(path, Ip4.data(20), 0)).isEqualTo(Output.BAD_ADDRESS);
        bed.links.interfaces().addAddress(bed.eth1, Cidr.parse("192.168.7.1/24"));
        assertThat(bed.send(path, Ip4.data(20), 0)).as("found again").isEqualTo(Output.SENT);
    }

    /// RFC 1122 §3.3.4.2, strong end system: the interface follows the source address.
    @Test
    void anAddressSpeaksOnItsOwnInterfaceOnly() {
        bed.ip.addRoute(Cidr.parse("0.0.0.0/0"), IpBed.ROUTER, 1);
        bed.ip.addRoute(Cidr.parse("0.0.0.0/0"), IpBed.PEER1, 9);
        assertThat(bed.path("8.8.8.8").out()).isSameAs(bed.eth0);
        assertThat(bed.path(IpBed.HOST1, InetAddr.parse("8.8.8.8")).out()).isSameAs(bed.eth1);
        assertThat(bed.path(IpBed.HOST1, IpBed.PEER)).isNotNull();
        assertThat(bed.path(InetAddr.parse("127.0.0.1"), IpBed.PEER)).isNull();
        assertThat(bed.path(InetAddr.parse("10.9.9.9"), IpBed.PEER)).isNull();
    }

    @Test
    void aWayThatIsKeptFollowsAnotherHostModel() {
        bed.close();
        bed = new IpBed(Configs.weakHost());
        Ip4Path path = bed.path(IpBed.HOST, IpBed.PEER1);
        assertThat(bed.send(path, Ip4.data(8), 0)).isEqualTo(Output.SENT);
        bed.ip.configure(IpConfig.DEFAULTS);
        assertThat(bed.send(path, Ip4.data(8), 0)).isEqualTo(Output.NO_ROUTE);
        bed.ip.configure(Configs.weakHost());
        assertThat(bed.send(path, Ip4.data(8), 0)).isEqualTo(Output.SENT);
    }

    @Test
    void agreesWithALinearSearch() {
        long seed = TestSeed.next();
        Random random = new Random(seed);
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int bits = random.nextInt(33);
            Cidr to = new Cidr(new Ip4Addr(near(random)), bits).subnet();
            routes.add(new Route(to, IpBed.ROUTER, bed.eth0, IpBed.HOST, random.nextInt(3),
                    RouteInfo.Kind.STATIC));
        }
        PrefixIndex index = new PrefixIndex(routes);
        for (int i = 0; i < 20_000; i++) {
            long lo = Ip4Addr.lo(near(random));
            Route best = null;
            for (Route each : routes) {
                if (each.to().contains(0, lo) && (best == null || each.to().prefix() > best.to().prefix()
                        || each.to().prefix() == best.to().prefix() && each.metric() < best.metric())) {
                    best = each;
                }
            }
            assertThat(index.lookup(0, lo)).as("seed %d: %s", seed, Ip4Addr.toString((int) lo))
                    .isSameAs(best);
        }
    }

    /// Addresses that share prefixes of all lengths.
    private static int near(Random random) {
        return 0x0a14_1e28 ^ random.nextInt() >>> random.nextInt(32);
    }
}
