package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.splnet.Garbage;
import org.splnet.kern.Deferred;
import org.splnet.net.RecyclingAllocator;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.Icmp4Header;

/// Datagrams in and out cost no garbage: exactly none, once warm.
class IpAllocationTest {
    private final IpBed bed = new IpBed(IpConfig.DEFAULTS, 1, new RecyclingAllocator());

    @BeforeEach
    void throwAway() {
        bed.udp.keep = false;
        bed.nic0.discard = true;
    }

    private void arrive(byte[] octets) {
        Packet packet = bed.pool.allocate(octets.length);
        packet.l3 = packet.append(octets.length);
        packet.buf.setBytes(packet.l3, octets);
        packet.rcvIf = bed.eth0.index();
        bed.ip.input(packet, bed.eth0, bed.nowNs);
        Deferred.run();
    }

    @Test
    void deliveringLeavesNothing() {
        byte[] octets = Ip4.udp().payload(Ip4.data(1000)).octets();
        assertThat(Garbage.of(() -> arrive(octets))).isZero();
        assertThat(bed.count(IpStats.Counter.DELIVERED)).isGreaterThanOrEqualTo(Garbage.ROUNDS);
    }

    @Test
    void droppingLeavesNothing() {
        byte[] octets = Ip4.from("10.0.0.2", "10.0.0.9").payload(Ip4.data(1000)).octets();
        assertThat(Garbage.of(() -> arrive(octets))).isZero();
        assertThat(bed.allDrops()).isGreaterThanOrEqualTo(Garbage.ROUNDS);
    }

    @Test
    void answeringPingLeavesNothing() {
        byte[] octets = Ip4.udp().icmp(Icmp4Header.ECHO, 0, 1, Ip4.data(56)).octets();
        assertThat(Garbage.of(() -> {
            bed.nowNs += 2000;
            arrive(octets);
        })).isZero();
        assertThat(bed.ip.stats().icmpOut(Icmp4Header.ECHO_REPLY)).isGreaterThanOrEqualTo(Garbage.ROUNDS);
    }

    @Test
    void sendingLeavesNothing() {
        Ip4Path path = bed.path("10.0.0.2");
        var results = new int[Output.values().length];
        assertThat(Garbage.of(() -> {
            Packet packet = bed.pool.allocate(100);
            packet.l4 = packet.append(100);
            packet.proto = 17;
            results[bed.send(packet, path).ordinal()]++;
        })).isZero();
        assertThat(results[Output.SENT.ordinal()]).isGreaterThanOrEqualTo(Garbage.ROUNDS);
    }
}
