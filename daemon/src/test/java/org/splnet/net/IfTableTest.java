package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip6Addr;
import org.splnet.wire.MacAddr;

@ExtendWith(NoLeaks.class)
class IfTableTest {
    private final NetBed bed = new NetBed();
    private final IfTable table = bed.links.interfaces();

    @AfterEach
    void close() {
        bed.close();
    }

    private NetIf owner(String address) {
        InetAddr a = InetAddr.parse(address);
        return table.owner(a.hi(), a.lo());
    }

    @Test
    void findsInterfacesByIndexAndName() {
        assertThat(table.byName("eth0")).isSameAs(bed.nic);
        assertThat(table.byIndex(bed.nic.index())).isSameAs(bed.nic);
        assertThat(table.byName("eth1")).isNull();
        assertThat(table.byIndex(99)).isNull();
        assertThat(table.all()).containsExactly(bed.lo, bed.nic);
    }

    @Test
    void keepsSeveralAddressesTheFirstBeingPrimary() {
        table.addAddress(bed.nic, Cidr.parse("10.0.0.2/24"));
        table.addAddress(bed.nic, Cidr.parse("2001:db8::1/64"));
        assertThat(bed.nic.addresses()).extracting(Cidr::toString)
                .containsExactly("10.0.0.1/24", "10.0.0.2/24", "2001:db8::1/64");
        assertThat(owner("10.0.0.2")).isSameAs(bed.nic);
        assertThat(owner("2001:db8::1")).isSameAs(bed.nic);
        assertThat(owner("10.0.0.3")).isNull();
        assertThat(table.removeAddress(bed.nic, NetBed.ADDRESS)).isTrue();
        assertThat(table.removeAddress(bed.nic, NetBed.ADDRESS)).isFalse();
        assertThat(owner("10.0.0.1")).isNull();
        assertThat(bed.nic.addresses()[0]).hasToString("10.0.0.2/24");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0.0.0.0/8       | the unspecified address",
        "224.0.0.1/24    | a group address",
        "255.255.255.255/32 | the limited broadcast address",
        "10.1.0.255/24   | its subnet's broadcast address",
        "10.1.0.0/24     | its subnet's network address",
        "127.0.0.1/8     | a loopback address",
        "::/64           | the unspecified address",
        "ff02::1/64      | a group address",
        "::1/128         | a loopback address",
        "10.0.0.1/24     | it has that address already",
        "10.0.0.1/16     | it has that address already",
    })
    void refusesWhatNoInterfaceMayHave(String address, String why) {
        int generation = table.generation();
        assertThatThrownBy(() -> table.addAddress(bed.nic, Cidr.parse(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("eth0: " + address).hasMessageContaining(why);
        assertThat(table.generation()).isEqualTo(generation);
    }

    @Test
    void refusesAnAddressThatAnotherInterfaceHas() {
        assertThatThrownBy(() -> table.addAddress(bed.lo, Cidr.parse("10.0.0.1/32")))
                .hasMessage("lo0: 10.0.0.1/32: eth0 has that address");
    }

    @Test
    void takesHostsOfPointToPointPrefixesAndLoopbackOnLoopback() {
        table.addAddress(bed.nic, Cidr.parse("10.9.0.0/31"));
        table.addAddress(bed.nic, Cidr.parse("10.9.1.255/32"));
        table.addAddress(bed.lo, Cidr.parse("127.0.0.1/8"));
        assertThat(owner("127.0.0.1")).isSameAs(bed.lo);
        assertThat(owner("10.9.0.0")).isSameAs(bed.nic);
    }

    private boolean isBroadcast(String address) {
        InetAddr a = InetAddr.parse(address);
        return table.isBroadcast(a.hi(), a.lo());
    }

    @Test
    void knowsTheBroadcastsOfEachLink() {
        table.addAddress(bed.lo, Cidr.parse("127.0.0.1/8"));
        table.addAddress(bed.nic, Cidr.parse("192.0.2.1/31"));
        assertThat(isBroadcast("10.0.0.255")).isTrue();
        assertThat(isBroadcast("10.0.0.0")).isFalse();
        assertThat(isBroadcast("127.255.255.255")).as("no link").isFalse();
        assertThat(isBroadcast("192.0.2.1")).as("RFC 3021").isFalse();
        table.removeAddress(bed.nic, NetBed.ADDRESS);
        assertThat(isBroadcast("10.0.0.255")).isFalse();
    }

    @Test
    void countsEveryChangeInItsGeneration() {
        int before = table.generation();
        table.addAddress(bed.nic, Cidr.parse("10.0.0.2/24"));
        assertThat(table.generation()).isEqualTo(before + 1);
        bed.nic.up(false, bed.nowNs());
        assertThat(table.generation()).isEqualTo(before + 2);
        bed.nic.up(false, bed.nowNs());
        assertThat(table.generation()).isEqualTo(before + 2);
    }

    @Test
    void interfacesComeAndGo() {
        EtherIf other = bed.links.ethernet("eth1", new FakeDevice("fake1", NetBed.PEER));
        table.addAddress(other, Cidr.parse("10.1.0.1/24"));
        assertThatThrownBy(() -> bed.links.ethernet("eth1", new FakeDevice("fake2", NetBed.PEER)))
                .hasMessage("eth1: there is an interface of that name");
        bed.links.detach(other, bed.nowNs());
        bed.links.detach(other, bed.nowNs());
        assertThat(owner("10.1.0.1")).isNull();
        assertThat(other.addresses()).isEmpty();
        assertThat(other.up()).isFalse();
        assertThat(table.byIndex(other.index())).isNull();
        assertThatThrownBy(() -> table.addAddress(other, Cidr.parse("10.1.0.1/24")))
                .hasMessageContaining("no such interface any more");
        EtherIf next = bed.links.ethernet("eth1", new FakeDevice("fake3", NetBed.PEER));
        assertThat(next.index()).isGreaterThan(other.index());
        bed.links.detach(next, bed.nowNs());
    }

    @Test
    void ownersAgreeWithAMap() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        Map<InetAddr, NetIf> model = new HashMap<>();
        model.put(NetBed.ADDRESS.addr(), bed.nic);
        for (int i = 0; i < 400; i++) {
            InetAddr a = random.nextBoolean() ? new Ip4Addr(0x0a010000 | random.nextInt(1, 300))
                    : new Ip6Addr(0x2001_0db8_0000_0000L, random.nextInt(1, 300));
            NetIf on = random.nextBoolean() ? bed.nic : bed.lo;
            var cidr = new Cidr(a, a.bitLength());
            if (model.get(a) == null) {
                table.addAddress(on, cidr);
                model.put(a, on);
            } else if (table.removeAddress(on, cidr)) {
                assertThat(model.remove(a)).isSameAs(on);
            }
            InetAddr b = new Ip4Addr(0x0a010000 | random.nextInt(1, 300));
            assertThat(table.owner(a.hi(), a.lo())).as("seed %d", seed).isSameAs(model.get(a));
            assertThat(table.owner(b.hi(), b.lo())).as("seed %d", seed).isSameAs(model.get(b));
        }
    }

    @Test
    void showsItselfToPeople() {
        IfInfo info = table.info().get(1);
        assertThat(info.name()).isEqualTo("eth0");
        assertThat(info.mac()).isEqualTo(NetBed.OURS);
        assertThat(info.mtu()).isEqualTo(1500);
        assertThat(info.up()).isTrue();
        assertThat(info.addresses()).containsExactly(NetBed.ADDRESS);
        assertThat(table.info().get(0).mac()).isEqualTo(MacAddr.ZERO);
        assertThat(table.info().get(0).mtu()).isEqualTo(65535);
    }
}
