package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.kern.LockDiscipline;
import org.splnet.kern.Witness;
import org.splnet.pkt.DropReason;
import org.splnet.service.StreamServer.Limits;
import org.splnet.tcp.Knobs;
import org.splnet.tcp.Remains;
import org.splnet.tcp.TcpConfig;
import org.splnet.tcp.TcpStats.Counter;

/// Ten thousand clients at once within the stack itself: they connect, send, read, half-close, reset, leave
/// without a word, vanish. Real threads, real time; afterwards nothing is left and all counters are balanced.
/// With the witness and without, under both disciplines as all tests are. `-Dsoak.seconds=600` for longer.
@ExtendWith(NoLeaks.class)
class LoopbackSoakTest {
    private static final int AT_ONCE = 10_000;
    private static final int SERVER_PORTS = 1024;
    private static final long SECOND = 1_000_000_000L;
    private static final long SECONDS = Long.getLong("soak.seconds", 7);
    /// Each is connected and says nothing until the last is, too: on a slow machine for minutes.
    private static final long IDLE_NS = 600 * SECOND;
    /// While everything ends the stack's time goes in steps: short ones first, for what is under way.
    private static final long STEP_NS = SECOND / 5;
    private static final long SHORT_NS = 20 * SECOND;
    /// The longest timer, and more.
    private static final long SETTLE_NS = IDLE_NS * 3 / 2;
    /// Of real time, for a slow machine.
    private static final long PATIENCE_NS = 120 * SECOND;
    /// With TIME-WAITs of the usual length the local ports run out, and limits meant for floods hold here.
    private static final TcpConfig CONFIG = Knobs.with("mslNs", SECOND / 10, "finWait2Ns", 5 * SECOND,
            "resetsPerSecond", 1_000_000, "challengeAcksPerSecond", 1_000_000);

    /// One mode after the other, or the one that `-Dsoak.witness` names.
    static List<String> modes() {
        String one = System.getProperty("soak.witness");
        return one == null ? List.of("throw", "off") : List.of(one);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void leavesNothingBehind(String witness) throws Exception {
        Witness.Mode before = Witness.mode();
        Witness.mode(Witness.Mode.parse(witness));
        try (var host = new LoopbackHost(CONFIG, new Limits(2 * AT_ONCE, IDLE_NS))) {
            soak(host, witness);
        } finally {
            Witness.mode(before);
        }
    }

    private static void soak(LoopbackHost host, String witness) throws InterruptedException {
        long seed = TestSeed.next();
        var crowd = new LoopbackCrowd(host, AT_ONCE);
        long fromNs = System.nanoTime();
        crowd.start(seed);
        crowd.awaitConnected();
        long connectedNs = System.nanoTime();
        long atOnce = host.tcp.infos().stream().filter(each -> each.state().equals("ESTABLISHED")
                && each.remote().port() < SERVER_PORTS).count();
        crowd.talk(SECONDS);
        long endNs = System.nanoTime();
        long settledNs = settle(host);
        System.out.printf("loopback %s, witness %s: %d established in %.1f s, talked %.1f s, settled in "
                + "%.1f s (%d of the stack), %d clients, %d verified, %d vanished, told %s, seed %d%n",
                LockDiscipline.current(), witness, atOnce, (connectedNs - fromNs) / 1e9,
                (endNs - connectedNs) / 1e9, (System.nanoTime() - endNs) / 1e9, settledNs / SECOND,
                crowd.begun.sum(), crowd.verified.sum(), crowd.vanished.sum(), crowd.told, seed);
        assertThat(atOnce).as("clients with a connection at once").isEqualTo(AT_ONCE);
        wellTreated(crowd);
        balanced(host);
    }

    /// Waits until nothing is left, TIME-WAITs included, or the longest timer must have expired; the stack's
    /// time is put forward meanwhile.
    ///
    /// @return how much of it
    private static long settle(LoopbackHost host) {
        long aheadNs = 0;
        long fromNs = System.nanoTime();
        while (host.tcp.connections() > 0
                && (aheadNs < SETTLE_NS || System.nanoTime() - fromNs < PATIENCE_NS)) {
            long stepNs = aheadNs < SHORT_NS ? STEP_NS : SECOND;
            host.advance(stepNs);
            LockSupport.parkNanos(SECOND / 100);
            aheadNs += stepNs;
        }
        return aheadNs;
    }

    /// A slow machine may let a client wait until its service gives it up, but nothing else may be told.
    private static void wellTreated(LoopbackCrowd crowd) {
        assertThat(crowd.verified.sum()).isPositive();
        assertThat(crowd.vanished.sum()).isPositive();
        assertThat(crowd.told.keySet()).allMatch(each -> each.startsWith("ECONNRESET "));
        assertThat(crowd.told.values().stream().mapToLong(LongAdder::sum).sum()).as("told %s", crowd.told)
                .isLessThanOrEqualTo(crowd.begun.sum() / 100);
    }

    private static void balanced(LoopbackHost host) {
        assertThat(Remains.of(host.tcp, LoopbackHost.ADDRESS)).as("%s", host.tcp.infos())
                .isEqualTo(new Remains(0, 0, 0, 0, LoopbackHost.LISTENERS, 0));
        assertThat(host.tcp.stats().count(Counter.CLOSED)).isEqualTo(
                host.tcp.stats().count(Counter.CONNECTS) + host.tcp.stats().count(Counter.ACCEPTS));
        assertThat(host.pool.drops().count(DropReason.INTERNAL_ERROR)).isZero();
        assertThat(host.faults()).isZero();
        host.services().forEach((name, stats) -> {
            assertThat(stats.open.sum()).as("open: %s", name).isZero();
            assertThat(stats.refused.sum()).as("refused: %s", name).isZero();
            assertThat(stats.accepted.sum()).as("accepted: %s", name).isPositive();
        });
    }
}
