package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.DrillSetup.drill;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.inet.NetworkError;
import org.splnet.pkt.Packet;
import org.splnet.socket.CongestionAlgorithm;
import org.splnet.socket.SocketException;
import org.splnet.wire.Seq;
import org.splnet.wire.TcpHeader;

/// A peer that says whatever comes to its mind, near the edges of the windows most of all: nothing may throw,
/// leak, hang or break what always holds.
@ExtendWith(NoLeaks.class)
class HostilePeerTest {
    private static final int RUNS = Integer.getInteger("splnet.tcp.hostile", 600);
    private static final int STEPS = 150;

    @Test
    void survivesARandomPeer() {
        long first = TestSeed.next();
        for (int i = 0; i < RUNS; i++) {
            try {
                run(new SplittableRandom(first + i));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + (first + i), e);
            }
        }
    }

    private static void run(SplittableRandom rnd) {
        DrillSetup setup = drill().peerIsn(rnd.nextInt()).iss(rnd.nextInt()).mss(1 + rnd.nextInt(1400))
                .buffers(2048 << rnd.nextInt(6), 2048 << rnd.nextInt(6)).wnd(rnd.nextInt(65_536))
                .largestSend(rnd.nextBoolean() ? 0 : 65_000)
                .config("reassemblySegments", 4 + rnd.nextInt(20),
                        "receiveMemory", 65_536L + rnd.nextInt(100_000));
        if (rnd.nextBoolean()) {
            setup.scale(rnd.nextInt(16));
        }
        if (rnd.nextBoolean()) {
            setup.sack();
        }
        if (rnd.nextBoolean()) {
            setup.config("congestionControl", CongestionAlgorithm.CUBIC, "synCookies", SynCookies.ALWAYS,
                    "pacing", true, "fastOpen", FastOpenMode.BOTH, "ecn", EcnMode.ON);
        }
        try (Drill tcp = begin(rnd, setup)) {
            for (int step = 0; step < STEPS; step++) {
                step(rnd, tcp);
                drain(tcp);
                if (tcp.socket != null) {
                    check(tcp.tcb());
                }
            }
        }
    }

    private static Drill begin(SplittableRandom rnd, DrillSetup setup) {
        return switch (rnd.nextInt(10)) {
            case 0 -> setup.synSent();
            case 1 -> setup.simultaneous();
            case 2 -> setup.synReceived();
            case 3 -> setup.wnd(5000).finWait1();
            case 4 -> setup.wnd(5000).finWait2();
            case 5 -> setup.closeWait();
            case 6 -> setup.wnd(5000).closing();
            case 7 -> setup.wnd(5000).lastAck();
            default -> setup.accepted();
        };
    }

    private static void step(SplittableRandom rnd, Drill tcp) {
        switch (rnd.nextInt(12)) {
            case 0 -> tcp.after(rnd.nextLong(Drill.ms(rnd.nextBoolean() ? 50 : 5000)));
            case 1 -> write(rnd, tcp);
            case 2 -> read(tcp);
            case 3 -> rarely(rnd, tcp);
            default -> tcp.tcp.input(packet(rnd, tcp), tcp.clock.nanoTime());
        }
        tcp.after(0);
    }

    private static void write(SplittableRandom rnd, Drill tcp) {
        if (tcp.socket == null) {
            return;
        }
        ByteBuf data = tcp.network.pool().allocator().directBuffer().writeZero(1 + rnd.nextInt(5000));
        try {
            tcp.socket.send(data);
        } catch (SocketException e) {
            assertThat(e.error()).isNotNull();
        } finally {
            data.release();
        }
    }

    private static void read(Drill tcp) {
        if (tcp.socket == null) {
            return;
        }
        try {
            ByteBuf got = tcp.socket.receive(3000);
            if (got != null) {
                got.release();
            }
        } catch (SocketException e) {
            assertThat(e.error()).isNotNull();
        }
    }

    private static void rarely(SplittableRandom rnd, Drill tcp) {
        if (tcp.socket == null) {
            return;
        }
        switch (rnd.nextInt(6)) {
            case 0 -> tcp.socket.options(tcp.setup.options.withNoDelay(rnd.nextBoolean())
                    .withKeepAlive(true, Drill.s(1), Drill.s(1), 2));
            case 1 -> {
                try {
                    tcp.socket.shutdownOutput();
                } catch (SocketException e) {
                    assertThat(e.error()).isNotNull();
                }
            }
            case 2 -> {
                if (rnd.nextInt(4) == 0) {
                    tcp.socket.close();
                }
            }
            case 3 -> tcp.path().mtu = 68 + rnd.nextInt(1500);
            default -> {
                NetworkError.Kind[] kinds = NetworkError.Kind.values();
                Tcb tcb = tcp.tcb();
                tcp.peer.icmp(kinds[rnd.nextInt(kinds.length)], tcb.sndUna - tcb.iss + rnd.nextInt(3) - 1);
            }
        }
    }

    /// Mostly near what the connection expects.
    private static Packet packet(SplittableRandom rnd, Drill tcp) {
        Seg seg = new Seg();
        int[] flags = {TcpHeader.ACK, TcpHeader.ACK, TcpHeader.ACK | TcpHeader.PSH,
            TcpHeader.ACK | TcpHeader.FIN, TcpHeader.SYN, TcpHeader.SYN | TcpHeader.ACK, TcpHeader.RST,
            TcpHeader.ACK | TcpHeader.URG, 0, rnd.nextInt(512)};
        seg.flags = flags[rnd.nextInt(flags.length)];
        if ((seg.flags & TcpHeader.RST) != 0 && rnd.nextInt(4) != 0) {
            seg.flags = TcpHeader.ACK;
        }
        seg.len = rnd.nextInt(3) == 0 ? 0 : rnd.nextInt(3000);
        seg.wnd = rnd.nextInt(4) == 0 ? 0 : rnd.nextInt(65_536);
        seg.up = rnd.nextInt(65_536);
        seg.gso = rnd.nextBoolean() ? 0 : 1 + rnd.nextInt(1400);
        seg.seq = rnd.nextInt(100_000) - 50_000;
        Tcb tcb = tcp.socket == null ? null : tcp.tcb();
        if (tcb != null) {
            int[] seqs = {tcb.rcvNxt, tcb.rcvNxt, tcb.rcvNxt + rnd.nextInt(5000), tcb.rcvAdv, tcb.rcvNxt - 1,
                tcb.rcvNxt - rnd.nextInt(3000), tcb.rcvAdv - rnd.nextInt(3000), tcb.irs, rnd.nextInt()};
            int[] acks = {tcb.sndUna, tcb.sndNxt, tcb.sndMax, tcb.sndMax + 1, tcb.sndUna - 1, tcb.iss,
                tcb.sndUna + rnd.nextInt(2000), tcb.sndMax, rnd.nextInt(),
                tcb.sndUna + rnd.nextInt(Math.max(1, tcb.flight()))};
            seg.absSeq = seqs[rnd.nextInt(seqs.length)];
            seg.absAck = acks[rnd.nextInt(acks.length)];
        } else {
            seg.ack = rnd.nextInt(4) - 1;
        }
        if (tcb != null && rnd.nextInt(3) == 0) {
            seg.sack = new int[2 * rnd.nextInt(1, 5)];
            int base = tcb.sndUna - tcp.peer.conversation(seg.port).ourIsn;
            int reach = tcb.flight() + 10;
            for (int i = 0; i < seg.sack.length; i++) {
                seg.sack[i] = rnd.nextInt(20) == 0 ? rnd.nextInt() : base + rnd.nextInt(-5, reach);
            }
        }
        if (rnd.nextInt(10) == 0) {
            int[] options = new int[rnd.nextInt(40)];
            for (int i = 0; i < options.length; i++) {
                options[i] = rnd.nextInt(rnd.nextBoolean() ? 10 : 256);
            }
            seg.rawOptions(options);
        }
        return tcp.peer.packet(seg);
    }

    private static void drain(Drill tcp) {
        for (org.splnet.inet.FakeNetwork.Sent sent; (sent = tcp.network.next()) != null; ) {
            sent.packet().free();
        }
    }

    /// What always holds.
    private static void check(Tcb tcb) {
        assertThat(Seq.leq(tcb.sndUna, tcb.sndNxt)).as("SND.UNA =< SND.NXT").isTrue();
        assertThat(Seq.leq(tcb.sndNxt, tcb.sndMax)).as("SND.NXT =< highest sent").isTrue();
        assertThat(tcb.mss).isPositive();
        assertThat(tcb.cc.cwnd()).isGreaterThanOrEqualTo(tcb.mss);
        assertThat(tcb.detached || tcb.sndUna == tcb.iss || tcb.finAcked() || tcb.dataSeq == tcb.sndUna)
                .as("the send queue begins with SND.UNA").isTrue();
        if (tcb.detached) {
            assertThat(tcb.armed).isZero();
            assertThat(tcb.queued()).isZero();
        } else if (tcb.state.sends() && tcb.hasUnsent() && tcb.sndNxt != tcb.iss) {
            int timers = TcpTimer.REXMT.bit() | TcpTimer.PERSIST.bit();
            assertThat(tcb.armed & timers).as("something will be done about what waits").isNotZero();
        }
        if (tcb.sndMax != tcb.sndUna && !tcb.detached) {
            int timers = TcpTimer.REXMT.bit() | TcpTimer.PERSIST.bit();
            assertThat(Integer.bitCount(tcb.armed & timers)).as(
                    "one timer for what is on its way: %s, SND.UNA %d, SND.NXT %d, highest sent %d",
                    tcb.state, tcb.sndUna - tcb.iss, tcb.sndNxt - tcb.iss, tcb.sndMax - tcb.iss)
                    .isEqualTo(1);
        }
    }
}
