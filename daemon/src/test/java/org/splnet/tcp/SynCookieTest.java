package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.rst;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.conformance.Shows;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.tcp.TcpStats.Counter;

/// SYN cookies (RFC 4987 §3.6): handshakes that nobody remembers until they are complete.
@ExtendWith(NoLeaks.class)
class SynCookieTest {
    private final SynCookie cookie = new SynCookie(Entropy.seeded(5));

    private static DrillSetup always() {
        return drill().config("synCookies", SynCookies.ALWAYS);
    }

    private int read(int ports, int irs, int iss, long nowNs) {
        return cookie.read(1, 2, 3, 4, ports, irs, iss, nowNs);
    }

    @Test
    void rememberWhatTheSynSaid() {
        int[] sizes = {64, 536, 1200, 1360, 1400, 1440, 1460, 8960};
        int[] scales = {-1, 0, 2, 4, 6, 7, 8, 9};
        for (int mss : sizes) {
            for (int scale : scales) {
                for (boolean sack : new boolean[] {true, false}) {
                    int iss = cookie.make(1, 2, 3, 4, 5, 6, mss, scale, sack, s(100));
                    int said = read(5, 6, iss, s(100));
                    assertThat(SynCookie.mss(said)).isEqualTo(mss);
                    assertThat(SynCookie.scale(said)).isEqualTo(scale);
                    assertThat(SynCookie.sack(said)).isEqualTo(sack);
                }
            }
        }
    }

    @Test
    void rememberTheNextLowerOfWhatTheyHaveNoBitsFor() {
        int said = read(5, 6, cookie.make(1, 2, 3, 4, 5, 6, 1459, 14, true, 0), 0);
        assertThat(SynCookie.mss(said)).isEqualTo(1440);
        assertThat(SynCookie.scale(said)).isEqualTo(9);
        said = read(5, 6, cookie.make(1, 2, 3, 4, 5, 6, 65_535, 1, true, 0), 0);
        assertThat(SynCookie.mss(said)).isEqualTo(8960);
        assertThat(SynCookie.scale(said)).isEqualTo(0);
        said = read(5, 6, cookie.make(1, 2, 3, 4, 5, 6, 1, -1, true, 0), 0);
        assertThat(SynCookie.mss(said)).isEqualTo(64);
    }

    @Test
    void areGoodForOneToTwoPeriods() {
        for (long origin : new long[] {0, -s(1000), s(1_000_000), Long.MAX_VALUE - s(200)}) {
            int iss = cookie.make(1, 2, 3, 4, 5, 6, 1460, 7, true, origin);
            assertThat(read(5, 6, iss, origin + s(63))).isNotEqualTo(SynCookie.NONE);
            assertThat(read(5, 6, iss, origin + s(129))).isEqualTo(SynCookie.NONE);
        }
    }

    @Test
    void areGoodForOneConnectionOnly() {
        int iss = cookie.make(1, 2, 3, 4, 5, 6, 1460, 7, true, 0);
        assertThat(read(5 + 1, 6, iss, 0)).isEqualTo(SynCookie.NONE);
        assertThat(read(5, 6 + 1, iss, 0)).isEqualTo(SynCookie.NONE);
        assertThat(cookie.read(1, 2, 3, 5, 5, 6, iss, 0)).isEqualTo(SynCookie.NONE);
        assertThat(new SynCookie(Entropy.seeded(6)).read(1, 2, 3, 4, 5, 6, iss, 0)).isEqualTo(SynCookie.NONE);
        for (int bit = 0; bit < 32; bit++) {
            assertThat(read(5, 6, iss ^ 1 << bit, 0)).as("bit " + bit).isEqualTo(SynCookie.NONE);
        }
    }

    @Test
    void areNotGuessed() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        int hits = 0;
        for (int i = 0; i < 1 << 20; i++) {
            hits += read(5, 6, random.nextInt(), 0) == SynCookie.NONE ? 0 : 1;
        }
        assertThat(hits).as("seed %d: of a million, where one in 16 would be right", seed).isLessThan(5);
    }

    @Test
    @Shows("RFC4987-3.6")
    void openAConnectionWithAllThatWasSaid() {
        try (Drill tcp = always().listening()) {
            tcp.in(syn().mss(1200).scale(7).sackOk().ts(100, 0)).out(synAck().acks(1).sackOk());
            assertThat(tcp.tcp.connections()).isZero();
            tcp.in(ack(1).seq(1).ts(150, tcp.peer.lastTs)).outNothing().accept().state(TcpState.ESTABLISHED)
                    .counted(Counter.COOKIES_SENT, 1).counted(Counter.COOKIES_ACCEPTED, 1);
            assertThat(tcp.tcb().sndScale).isEqualTo(7);
            assertThat(tcp.tcb().sackAgreed).isTrue();
            tcp.write(1500).out(data(1, 1189).ts(tcp.peer.lastTs, 150));
        }
    }

    @Test
    void openAConnectionOfAPeerThatSaidNothing() {
        try (Drill tcp = always().listening()) {
            tcp.in(syn()).out(synAck().acks(1).noScale().noSackOk().noTs()).in(ack(1).seq(1)).accept()
                    .write(1000).out(data(1, 1001).gso(536));
        }
    }

    @Test
    void textWithTheAcknowledgementIsTaken() {
        try (Drill tcp = always().listening()) {
            tcp.in(tcp.setup.peerSyn()).out(synAck()).in(data(1, 101).acks(1)).accept().read(100);
        }
    }

    @Test
    void openAConnectionInABatchThatBeganBeforeTheyWereSent() {
        try (Drill tcp = always().timestamps().listening()) {
            long nowNs = tcp.clock.nanoTime();
            tcp.after(SynCookie.PERIOD_NS - Math.floorMod(nowNs, SynCookie.PERIOD_NS))
                    .in(tcp.setup.peerSyn()).out(synAck());
            tcp.tcp.input(tcp.peer.packet(ack(1).seq(1)), tcp.clock.nanoTime() - ms(5));
            Deferred.run();
            tcp.outNothing().accept().state(TcpState.ESTABLISHED);
            assertThat(tcp.tcb().rtt.minNs()).isZero();
        }
    }

    @Test
    void aLostSynAckComesAgainWithTheSyn() {
        try (Drill tcp = always().listening()) {
            tcp.in(tcp.setup.peerSyn()).out(synAck()).outNothingFor(s(10)).in(tcp.setup.peerSyn())
                    .out(synAck()).in(ack(1).seq(1)).accept();
        }
    }

    @Test
    void theHandshakeIsMeasuredByTimestamps() {
        try (Drill tcp = always().timestamps().listening()) {
            tcp.in(tcp.setup.peerSyn()).out(synAck()).after(ms(80)).in(ack(1).seq(1)).accept();
            assertThat(tcp.tcb().rtt.srttNs()).isBetween(ms(79), ms(81));
        }
    }

    @Test
    @Shows("RFC4987-3.6")
    void nothingButTheRightAcknowledgementOpens() {
        try (Drill tcp = always().listening()) {
            tcp.in(tcp.setup.peerSyn()).out(synAck());
            tcp.in(rst(1).acks(1)).outNothing().in(ack(2).seq(1)).out(rst(2)).in(ack(1).seq(2)).out(rst(1))
                    .in(synAck().seq(1).acks(1)).out(rst(1))
                    .in(ack(1).seq(1).from(6666)).out(rst().from(6666));
            assertThat(tcp.tcp.connections()).isZero();
            tcp.counted(Counter.COOKIES_ACCEPTED, 0).in(ack(1).seq(1)).accept();
        }
    }

    @Test
    void anAcknowledgementIsLookedAtOnlyIfACookieWasSent() {
        try (Drill tcp = drill().listening()) {
            tcp.in(ack(1).seq(1)).out(rst()).counted(Counter.COOKIES_REFUSED, 0);
        }
        try (Drill tcp = always().listening()) {
            tcp.in(tcp.setup.peerSyn()).out(synAck()).after(s(200)).in(ack(1).seq(1)).out(rst(1))
                    .counted(Counter.COOKIES_REFUSED, 0);
        }
    }

    @Test
    void anEchoFromLongAgoOpensNothing() {
        try (Drill tcp = always().timestamps().listening()) {
            tcp.in(tcp.setup.peerSyn()).out(synAck()).in(ack(1).seq(1).tsEcr(tcp.peer.lastTs - 200_000))
                    .out(rst(1)).counted(Counter.COOKIES_REFUSED, 1);
        }
    }

    @Test
    void aFullAcceptQueueOpensNothing() {
        try (Drill tcp = always().backlog(1).listening()) {
            tcp.in(tcp.setup.peerSyn()).out(synAck()).in(ack(1).seq(1)).outNothing()
                    .in(syn().from(6666).mss(1000)).out(synAck().from(6666))
                    .in(ack(1).seq(1).from(6666)).outNothing().counted(Counter.ACCEPT_QUEUE_FULL, 1);
            assertThat(tcp.tcp.connections()).isEqualTo(1);
            tcp.accept().in(ack(1).seq(1).from(6666)).outNothing().counted(Counter.COOKIES_ACCEPTED, 2);
        }
    }

    @Test
    @Shows("RFC4987-3.6")
    void areSentOnlyUnderPressure() {
        try (Drill tcp = drill().config("halfOpen", 16).listening()) {
            for (int i = 0; i < 16; i++) {
                tcp.in(syn().from(1000 + i).mss(1000)).out(synAck().from(1000 + i));
            }
            tcp.counted(Counter.COOKIES_SENT, 0);
            for (int i = 16; i < 160; i++) {
                tcp.in(syn().from(1000 + i).mss(1000)).out(synAck().from(1000 + i));
            }
            tcp.counted(Counter.COOKIES_SENT, 144).counted(Counter.HALF_OPEN_DROPPED, 0);
            assertThat(tcp.tcp.connections()).isEqualTo(16);
            // an honest one gets through at its first try, and those that were there before too
            tcp.in(tcp.setup.peerSyn()).out(synAck()).in(ack(1).seq(1)).accept().state(TcpState.ESTABLISHED)
                    .in(ack(1).seq(1).from(1003)).counted(Counter.ACCEPTS, 2);
        }
    }

    @Test
    void pressureEndsAPartBelowTheLimit() {
        try (Drill tcp = drill().config("halfOpen", 16).listening()) {
            for (int i = 0; i < 17; i++) {
                tcp.in(syn().from(1000 + i).mss(1000)).out(synAck().from(1000 + i));
            }
            tcp.counted(Counter.COOKIES_SENT, 1).in(ack(1).seq(1).from(1000)).in(syn().from(2000).mss(1000))
                    .out(synAck().from(2000)).counted(Counter.COOKIES_SENT, 2);
            for (int i = 1; i < 4; i++) {
                tcp.in(ack(1).seq(1).from(1000 + i));
            }
            tcp.in(syn().from(2001).mss(1000)).out(synAck().from(2001)).counted(Counter.COOKIES_SENT, 2);
        }
    }

    @Test
    void canBeSwitchedOff() {
        try (Drill tcp = drill().config("halfOpen", 16, "synCookies", SynCookies.NEVER).listening()) {
            for (int i = 0; i < 32; i++) {
                tcp.in(syn().from(1000 + i).mss(1000)).out(synAck().from(1000 + i));
            }
            tcp.counted(Counter.COOKIES_SENT, 0).counted(Counter.HALF_OPEN_DROPPED, 16);
        }
    }
}
