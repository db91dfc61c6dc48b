package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.kern.Deferred;
import org.splnet.pkt.DropReason;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// RFC 826, and what hosts have learnt to be careful with since.
@ExtendWith(NoLeaks.class)
class ArpTest {
    private static final MacAddr OTHER = MacAddr.parse("02:00:00:00:00:77");

    private final NetBed bed = new NetBed();

    @AfterEach
    void close() {
        bed.close();
    }

    private void drops(byte[] frame, DropReason reason) {
        long before = bed.drops(reason);
        bed.arrive(frame);
        assertThat(bed.drops(reason)).isEqualTo(before + 1);
        assertThat(bed.device.take()).isNull();
    }

    @Test
    void asksGetsAnAnswerAndSends() {
        bed.send("10.0.0.9", 20);
        assertThat(bed.device.take().hex()).isEqualTo("ffffffffffff" + "020000000001" + "0806"
                + "0001" + "0800" + "06" + "04" + "0001" + "020000000001" + "0a000001"
                + "000000000000" + "0a000009");
        assertThat(bed.device.take()).isNull();
        bed.arrive(Frames.reply(NetBed.PEER, "10.0.0.9", NetBed.OURS, "10.0.0.1"));
        assertThat(bed.device.take().hex()).startsWith("020000000099" + "020000000001" + "0800" + "00070e15")
                .hasSize(2 * (14 + 20));
        assertThat(bed.state("10.0.0.9")).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void answersWhoAsksForUs() {
        bed.arrive(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.1"));
        assertThat(bed.device.take().hex()).isEqualTo("020000000099" + "020000000001" + "0806"
                + "0001" + "0800" + "06" + "04" + "0002" + "020000000001" + "0a000001"
                + "020000000099" + "0a000009");
    }

    /// RFC 3927 §2.5: whoever else has the address is to hear it.
    @Test
    void speaksToEverybodyFromALinkLocalAddress() {
        bed.links.interfaces().addAddress(bed.nic, Cidr.parse("169.254.3.4/16"));
        bed.arrive(Frames.request(NetBed.PEER, "169.254.9.9", "169.254.3.4"));
        assertThat(bed.device.take().hex()).isEqualTo("ffffffffffff" + "020000000001" + "0806"
                + "0001" + "0800" + "06" + "04" + "0002" + "020000000001" + "a9fe0304"
                + "020000000099" + "a9fe0909");
    }

    @Test
    void answersForEveryAddressOfTheInterface() {
        bed.links.interfaces().addAddress(bed.nic, Cidr.parse("10.5.0.1/16"));
        bed.arrive(Frames.request(NetBed.PEER, "10.5.0.9", "10.5.0.1"));
        assertThat(bed.device.take().hex()).contains("0002" + "020000000001" + "0a050001");
    }

    @Test
    void doesNotAnswerForAddressesOfOtherInterfaces() {
        bed.links.interfaces().addAddress(bed.lo, Cidr.parse("10.0.0.50/32"));
        drops(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.50"), DropReason.ARP_NOT_FOR_US);
    }

    @Test
    void asksFromTheAddressInTheTargetsSubnet() {
        bed.links.interfaces().addAddress(bed.nic, Cidr.parse("10.5.0.1/16"));
        bed.send("10.5.0.9", 20);
        assertThat(bed.device.take().hex()).contains("0001" + "020000000001" + "0a050001");
        bed.send("192.168.1.1", 20);
        assertThat(bed.device.take().hex()).contains("0001" + "020000000001" + "0a000001");
    }

    @Test
    void doesNotAskWithoutAnAddressOfItsOwn() {
        bed.links.interfaces().removeAddress(bed.nic, NetBed.ADDRESS);
        bed.send("10.0.0.9", 20);
        assertThat(bed.device.take()).isNull();
    }

    @Test
    void answersProbesForOurAddress() {
        bed.arrive(Frames.request(NetBed.PEER, "0.0.0.0", "10.0.0.1"));
        assertThat(bed.device.take().hex()).startsWith("020000000099").endsWith("020000000099" + "00000000");
        assertThat(bed.nic.neighbors(bed.nowNs())).isEmpty();
    }

    @Test
    void refusesWhatIsNotEthernetAndIpv4() {
        byte[] good = Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.1");
        for (int len = 14; len < 14 + 28; len++) {
            drops(Arrays.copyOf(good, len), DropReason.ARP_MALFORMED);
        }
        for (int i = 14; i < 20; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 0x40;
            drops(bad, DropReason.ARP_MALFORMED);
        }
        for (int operation : new int[] {0, 3, 4, 8, 0x101}) {
            byte[] bad = good.clone();
            bad[20] = (byte) (operation >> 8);
            bad[21] = (byte) operation;
            drops(bad, DropReason.ARP_MALFORMED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", "224.0.0.1", "127.0.0.1", "240.0.0.1", "0.1.2.3", "10.0.0.255",
        "10.0.0.0"})
    void refusesSenderAddressesThatNoHostHas(String address) {
        drops(Frames.request(NetBed.PEER, address, "10.0.0.1"), DropReason.ARP_BAD_SENDER);
        assertThat(bed.nic.neighbors(bed.nowNs())).isEmpty();
    }

    @Test
    void refusesRepliesFromNobody() {
        drops(Frames.reply(NetBed.PEER, "0.0.0.0", NetBed.OURS, "10.0.0.1"), DropReason.ARP_BAD_SENDER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "00:00:00:00:00:00",
        "02:00:00:00:00:01"})
    void refusesSenderStationsThatAreNone(String station) {
        byte[] arp = Frames.arp(1, MacAddr.parse(station), "10.0.0.9", MacAddr.ZERO, "10.0.0.1");
        drops(Frames.ether(MacAddr.BROADCAST, NetBed.PEER, EtherType.ARP, arp), DropReason.ARP_BAD_SENDER);
    }

    @Test
    void remembersWhoAsksForUsButNoGossip() {
        drops(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.8"), DropReason.ARP_NOT_FOR_US);
        bed.arrive(Frames.reply(NetBed.PEER, "10.0.0.9", NetBed.OURS, "10.0.0.1"));
        bed.arrive(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.9"));
        assertThat(bed.nic.neighbors(bed.nowNs())).isEmpty();
        bed.arrive(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.1"));
        assertThat(bed.state("10.0.0.9")).isEqualTo(NeighborState.STALE);
        assertThat(bed.nic.neighbors(bed.nowNs()).getFirst().mac()).isEqualTo(NetBed.PEER);
    }

    @Test
    void answersButDoesNotRememberWhoIsNotOnTheLink() {
        bed.arrive(Frames.request(NetBed.PEER, "192.168.7.7", "10.0.0.1"));
        assertThat(bed.device.take()).isNotNull();
        assertThat(bed.nic.neighbors(bed.nowNs())).isEmpty();
    }

    @Test
    void hearsayIsUsedButVerifiedAtOnce() {
        bed.arrive(Frames.request(OTHER, "10.0.0.9", "10.0.0.1"));
        bed.discard();
        bed.send("10.0.0.9", 20);
        assertThat(bed.device.take().hex()).startsWith("ffffffffffff").contains("0806");
        assertThat(bed.device.take().hex()).startsWith("020000000077" + "020000000001" + "0800");
        bed.arrive(Frames.reply(NetBed.PEER, "10.0.0.9", NetBed.OURS, "10.0.0.1"));
        bed.send("10.0.0.9", 20);
        assertThat(bed.device.take().hex()).startsWith("020000000099" + "020000000001" + "0800");
        assertThat(bed.state("10.0.0.9")).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void repeatedNewsChangesNothing() {
        bed.resolve("10.0.0.9", NetBed.PEER);
        bed.arrive(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.9"));
        bed.arrive(Frames.reply(NetBed.PEER, "10.0.0.9", NetBed.OURS, "10.0.0.1"));
        assertThat(bed.state("10.0.0.9")).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void aRequestResolvesTooButDoesNotProveThatWeAreHeard() {
        bed.send("10.0.0.9", 20);
        bed.device.take();
        bed.arrive(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.1"));
        assertThat(bed.state("10.0.0.9")).isEqualTo(NeighborState.STALE);
        assertThat(bed.device.take().hex()).contains("0800");
        assertThat(bed.device.take().hex()).contains("0806");
    }

    @ParameterizedTest
    @CsvSource({"ff:ff:ff:ff:ff:ff, 10.0.0.9", "00:00:00:00:00:00, 10.0.0.9", "02:00:00:00:00:77, 224.0.0.1",
        "02:00:00:00:00:77, 0.0.0.0", "02:00:00:00:00:77, ::1", "02:00:00:00:00:77, 2001:db8::1"})
    void refusesStaticNeighborsThatAreNone(String station, String address) {
        assertThatThrownBy(() -> bed.nic.addNeighbor(InetAddr.parse(address), MacAddr.parse(station), 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(address);
    }

    @Test
    void staticNeighborsAreNeitherAskedForNorChanged() {
        bed.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, bed.nowNs());
        bed.pass(3600 * NetBed.SECOND);
        bed.send("10.0.0.9", 20);
        assertThat(bed.device.take().hex()).startsWith("020000000099");
        bed.arrive(Frames.request(OTHER, "10.0.0.9", "10.0.0.1"));
        bed.arrive(Frames.reply(OTHER, "10.0.0.9", NetBed.OURS, "10.0.0.1"));
        bed.neighbor("10.0.0.9").suspect(bed.nowNs());
        Deferred.run();
        NeighborInfo info = bed.nic.neighbors(bed.nowNs()).getFirst();
        assertThat(info.mac()).isEqualTo(NetBed.PEER);
        assertThat(info.fixed()).isTrue();
        assertThat(info.state()).isEqualTo(NeighborState.REACHABLE);
        assertThat(bed.nic.removeNeighbor(InetAddr.parse("10.0.0.9"))).isTrue();
        assertThat(bed.nic.removeNeighbor(InetAddr.parse("10.0.0.9"))).isFalse();
        assertThat(bed.nic.neighbors(bed.nowNs())).isEmpty();
    }
}
