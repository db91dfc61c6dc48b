package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;

/// RFC 1191: what is known of a path is shared, bounded, and forgotten in time.
@ExtendWith(NoLeaks.class)
class PathMtuTest {
    private final IpBed bed = new IpBed();

    PathMtuTest() {
        bed.ip.addRoute(Cidr.parse("0.0.0.0/0"), IpBed.ROUTER, 1);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void whatOnePathLearnsTheOtherKnows() {
        Ip4Path one = bed.path("192.0.2.9");
        Ip4Path two = bed.path("192.0.2.9");
        Ip4Path elsewhere = bed.path("192.0.2.10");
        assertThat(one.mtu()).isEqualTo(1500);
        one.lowerMtu(1300, bed.nowNs);
        assertThat(one.mtu()).isEqualTo(1300);
        assertThat(two.refresh(bed.nowNs)).isTrue();
        assertThat(two.mtu()).isEqualTo(1300);
        assertThat(elsewhere.refresh(bed.nowNs)).isTrue();
        assertThat(elsewhere.mtu()).isEqualTo(1500);
        assertThat(known("192.0.2.9").mtu()).isEqualTo(1300);
        assertThat(known("192.0.2.10")).isNull();
    }

    @Test
    void whatTheInterfaceTakesIsNoLess() {
        Ip4Path path = bed.path("192.0.2.9");
        path.lowerMtu(1300, bed.nowNs);
        assertThat(path.linkMtu()).isEqualTo(1500);
    }

    @Test
    void isNeverRaisedByAMessageAndForgottenInTime() {
        Ip4Path path = bed.path("192.0.2.9");
        path.lowerMtu(1300, bed.nowNs);
        path.lowerMtu(1400, bed.nowNs);
        assertThat(path.mtu()).isEqualTo(1300);
        bed.pass(601 * IpBed.SECOND);
        assertThat(path.refresh(bed.nowNs)).isTrue();
        assertThat(path.mtu()).isEqualTo(1500);
        assertThat(known("192.0.2.9")).isNull();
    }

    @Test
    void belowTheFloorRoutersMayCut() {
        Ip4Path path = bed.path("192.0.2.9");
        path.lowerMtu(296, bed.nowNs);
        assertThat(path.mtu()).isEqualTo(IpConfig.DEFAULTS.minPathMtu());
        bed.send(path, Ip4.data(500), Packet.DONT_FRAGMENT);
        Ip4 sent = bed.nic0.next();
        assertThat(sent.df).isFalse();
        assertThat(sent.id).as("RFC 6864 §4.1: not atomic, so it needs one").isNotZero();
    }

    @Test
    void whatNobodyMayCutHasNoId() {                                    // RFC 6864 §4.1
        bed.send(bed.path("192.0.2.9"), Ip4.data(500), Packet.DONT_FRAGMENT);
        Ip4 sent = bed.nic0.next();
        assertThat(sent.df).isTrue();
        assertThat(sent.id).isZero();
    }

    @Test
    void aLowerMtuCutsOrRefuses() {
        Ip4Path path = bed.path("192.0.2.9");
        path.lowerMtu(1000, bed.nowNs);
        assertThat(bed.send(path, Ip4.data(1200), Packet.DONT_FRAGMENT)).isEqualTo(Output.TOO_BIG);
        assertThat(bed.send(path, Ip4.data(1200), 0)).isEqualTo(Output.SENT);
        assertThat(bed.nic0.next().mf).isTrue();
        assertThat(bed.nic0.next().mf).isFalse();
    }

    @Test
    void remembersOnlySoMany() {
        for (int i = 0; i < 10_000; i++) {
            bed.path(destination(i)).lowerMtu(1200, bed.nowNs);
        }
        assertThat(IntStream.range(0, 10_000).filter(i -> known(destination(i)) != null).count())
                .isBetween(1500L, 2048L);
        Ip4Path last = bed.path("198.18.39.15");
        assertThat(last.mtu()).as("the latest is known").isEqualTo(1200);
    }

    private static String destination(int i) {
        return "198.18." + (i >> 8) + "." + (i & 255);
    }

    private PathMtu.Entry known(String to) {
        return bed.ip.pathMtu().find(0, Ip4Addr.parse(to).lo(), bed.nowNs);
    }
}
