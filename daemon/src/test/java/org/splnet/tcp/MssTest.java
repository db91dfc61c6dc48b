package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.inet.FakeNetwork;
import org.splnet.socket.SocketOptions;

/// RFC 9293 §3.7.1: segment sizes.
@ExtendWith(NoLeaks.class)
class MssTest {
    private static int effective(DrillSetup setup) {
        try (Drill tcp = setup.accepted()) {
            return tcp.tcb().mss;
        }
    }

    @Test
    @Shows({"MUST-14", "MUST-67", "SHLD-5", "MAY-3"})
    void announcesWhatItsNetworkTakes() {                                  // MUST-14, MUST-67, SHLD-5
        try (Drill tcp = drill().mtu(9000).listening()) {
            tcp.in(syn()).out(synAck().mss(8960));
        }
        try (Drill tcp = new Drill(drill().mtu(576)).connect()) {
            tcp.out(syn().mss(536));
        }
    }

    @Test
    @Shows("MUST-67")
    void announcesTheSameIfLessGetsThroughToThePeer() {                    // RFC 1191 §3.1
        Drill narrow = new Drill(drill());
        narrow.network.lowered = 700;
        try (Drill tcp = narrow.listen()) {
            tcp.in(syn().mss(1460)).out(synAck().mss(1460)).in(ack(1)).accept();
            tcp.write(1000).out(data(1, 661), data(661, 1001));
        }
    }

    @Test
    @Shows("MUST-16")
    void sendsWhatBothTake() {                                             // MUST-16
        assertThat(effective(drill().mss(1000))).isEqualTo(1000);
        assertThat(effective(drill().mss(9000))).isEqualTo(1460);
        assertThat(effective(drill().mss(1460).mtu(600))).isEqualTo(560);
    }

    @Test
    @Shows("MUST-15")
    void withoutAnAnnouncementItTakesTheDefault() {                        // MUST-15
        assertThat(effective(drill().mss(0))).isEqualTo(536);
        assertThat(Mss.defaultFor(0x2001_0db8L << 32, 1)).isEqualTo(1220);
    }

    @Test
    void doesNotBelieveInSillySizes() {
        assertThat(effective(drill().mss(1))).isEqualTo(64);
        assertThat(effective(drill().config("minMss", 10).mss(1))).isEqualTo(10);
    }

    @Test
    @Shows("MUST-65")
    void sendsTheMssOptionWithSynOnly() {                                  // MUST-65
        try (Drill tcp = drill().accepted()) {
            tcp.write(100);
            assertThat(tcp.peer.take().mss).isNull();
        }
    }

    @Test
    void ignoresAnMssOptionElsewhere() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).mss(100));
            assertThat(tcp.tcb().mss).isEqualTo(1000);
        }
    }

    @Test
    @Shows({"MUST-5", "MUST-6", "MUST-7"})
    void takesOptionsInAnySegment() {                                      // MUST-5, MUST-6, MUST-7
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 11).rawOptions(8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 254, 0)).read(10)
                    .in(data(11, 21).rawOptions(5, 255, 0, 0)).read(10);
        }
    }

    @Test
    @Shows({"MUST-48", "MUST-49", "SHLD-22", "SHLD-23"})
    void carriesTimeToLiveAndTrafficClassAsAsked() {                       // MUST-48, MUST-49
        SocketOptions options = SocketOptions.DEFAULTS.withBuffers(4096, 4096).withIp(17, 0xb8);
        try (Drill tcp = drill().options(options).accepted()) {
            tcp.write(10);
            FakeNetwork.Sent sent = tcp.network.next();
            assertThat(sent.packet().ttl).isEqualTo(17);
            assertThat(sent.packet().tos).isEqualTo(0xb8);
            sent.packet().free();
        }
    }

    @Test
    void takesSegmentsLargerThanWhatItAnnounced() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 9001)).out(ack(9001)).read(9000);
        }
    }
}
