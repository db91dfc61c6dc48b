package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.splnet.kern.LockRank.INTERFACES;
import static org.splnet.kern.LockRank.ENDPOINT;
import static org.splnet.kern.LockRank.LEAF;
import static org.splnet.kern.LockRank.LISTENER;
import static org.splnet.kern.LockRank.NEIGHBOR;
import static org.splnet.kern.LockRank.TRANSMIT;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.splnet.kern.Violation.Kind;
import org.splnet.kern.Witness.Mode;

class WitnessTest {
    @RegisterExtension
    final Provoked provoked = new Provoked();

    private final RankedLock table = new RankedLock(INTERFACES, "table");
    private final RankedLock listener = new RankedLock(LISTENER, "listener");
    private final RankedLock tcp = new RankedLock(ENDPOINT, "tcp connection");
    private final RankedLock udp = new RankedLock(ENDPOINT, "udp socket");
    private final RankedLock neighbor = new RankedLock(NEIGHBOR, "neighbor");
    private final RankedLock transmit = new RankedLock(TRANSMIT, "transmit queue");

    @AfterEach
    void giveUpEverything() {
        for (RankedLock lock : new RankedLock[] {table, listener, tcp, udp, neighbor, transmit}) {
            while (lock.held()) {
                lock.unlock();
            }
        }
    }

    private static long count(Kind kind) {
        return Witness.report().count(kind);
    }

    @Test
    void isOnInTests() {
        assertThat(System.getProperty(Witness.PROPERTY)).isEqualTo("throw");
        assertThat(Witness.mode()).isEqualTo(Mode.THROW);
    }

    @Nested
    class Rules {
        @Test
        void locksAreTakenInOrderOfRank() {
            table.lock();
            listener.lock();
            tcp.lock();
            neighbor.lock();
            transmit.lock();
            tcp.unlock();
            listener.unlock();
            transmit.unlock();
            neighbor.unlock();
            table.unlock();
            Witness.endOfBatch("order");
            assertThat(Witness.report().violations()).isEmpty();
        }

        @Test
        void aLowerRankAfterAHigherIsAReversal() {
            neighbor.lock();
            assertThatThrownBy(tcp::lock).isInstanceOf(LockOrderException.class)
                    .hasMessage("lock order reversal: ENDPOINT tcp connection after NEIGHBOR neighbor");
            neighbor.unlock();
            assertThat(tcp.held()).isFalse();
            assertThat(count(Kind.ORDER)).isOne();
        }

        @Test
        void theHighestLockHeldCountsEvenIfItWasNotTheLast() {
            Witness.mode(Mode.ORDER);
            transmit.lock();
            table.lock();                          // counted; now the last one taken is the lowest
            Witness.mode(Mode.THROW);
            assertThatThrownBy(tcp::lock)
                    .hasMessage("lock order reversal: ENDPOINT tcp connection after TRANSMIT transmit queue");
        }

        @Test
        void twoOfOneRankAreRefused() {
            tcp.lock();
            assertThatThrownBy(udp::lock)
                    .hasMessage("two locks of one rank: ENDPOINT udp socket after ENDPOINT tcp connection");
            assertThat(count(Kind.SAME_RANK)).isOne();
        }

        @Test
        void recursionIsRefused() {
            tcp.lock();
            assertThatThrownBy(tcp::lock).hasMessage("recursion: ENDPOINT tcp connection");
            assertThat(count(Kind.RECURSION)).isOne();
            tcp.unlock();
            assertThat(tcp.held()).isFalse();
        }

        @Test
        void sleepingIsForTheInterlockAlone() throws Exception {
            SleepPoint point = tcp.sleepPoint();
            table.lock();
            tcp.lock();
            assertThatThrownBy(() -> point.await(1)).isInstanceOf(LockOrderException.class)
                    .hasMessage("sleeping: ENDPOINT tcp connection while holding INTERFACES table");
            table.unlock();
            assertThat(point.await(1)).isLessThanOrEqualTo(0);
            assertThat(tcp.held()).isTrue();
            assertThat(count(Kind.SLEEP)).isOne();
        }

        @Test
        void sleepingWithoutTheInterlockIsRefused() {
            SleepPoint point = tcp.sleepPoint();
            assertThatThrownBy(() -> point.await(1)).isInstanceOf(IllegalMonitorStateException.class);
        }

        @Test
        void blockingIsForThoseWhoHoldNothing() {
            Witness.beforeBlocking("reading a file");
            tcp.lock();
            assertThatThrownBy(() -> Witness.beforeBlocking("reading a file"))
                    .hasMessage("blocking: reading a file while holding ENDPOINT tcp connection");
            assertThat(count(Kind.BLOCKING)).isOne();
        }

        @Test
        void callingOutIsForThoseWhoHoldNothing() {
            tcp.lock();
            assertThatThrownBy(() -> Witness.assertNothingHeld("up-call"))
                    .hasMessage("calling: up-call while holding ENDPOINT tcp connection");
            assertThat(count(Kind.CALL)).isOne();
        }

        @Test
        void onlyTheHolderUnlocks() throws Exception {
            var locked = new CountDownLatch(1);
            var done = new CountDownLatch(1);
            Thread holder = Thread.ofPlatform().start(() -> {
                tcp.lock();
                locked.countDown();
                awaitUninterruptibly(done);
                tcp.unlock();
            });
            locked.await();
            assertThatThrownBy(tcp::unlock).isInstanceOf(LockOrderException.class)
                    .hasMessage("unlocked by a stranger: ENDPOINT tcp connection");
            Witness.mode(Mode.ORDER);
            assertThatThrownBy(tcp::unlock).isInstanceOf(IllegalMonitorStateException.class);
            Witness.mode(Mode.OFF);
            assertThatThrownBy(tcp::unlock).isInstanceOf(IllegalMonitorStateException.class);
            done.countDown();
            holder.join();
            assertThat(count(Kind.STRANGER)).isEqualTo(2);
        }

        @Test
        void aBatchEndsWithNothingHeld() {
            tcp.lock();
            assertThatThrownBy(() -> Witness.endOfBatch("tap0"))
                    .hasMessage("held at the end of a batch of tap0: ENDPOINT tcp connection");
            assertThat(count(Kind.LEAK)).isOne();
        }

        @Test
        void theCalloutWheelKeepsToTheOrderEvenWithoutTakingItsLock() {
            var wheel = new CalloutWheel(0, () -> { });
            var callout = new Callout() {
                @Override
                protected void fire(long nowNs) {
                }
            };
            wheel.arm(callout, 10 * CalloutWheel.TICK_NS);
            var leaf = new RankedLock(LEAF, "another leaf");
            leaf.lock();
            assertThatThrownBy(() -> wheel.arm(callout, 1)).isInstanceOf(LockOrderException.class);
            assertThatThrownBy(() -> wheel.arm(callout, 1L << 50)).isInstanceOf(LockOrderException.class);
            leaf.unlock();
        }
    }

    @Nested
    class Modes {
        @Test
        void countsAndLogsEachPairUntilBothSitesAreKnown() {
            Witness.mode(Mode.ORDER);
            for (int i = 0; i < 5; i++) {
                neighbor.lock();
                tcp.lock();
                tcp.unlock();
                neighbor.unlock();
            }
            tcp.lock();
            table.lock();
            WitnessReport report = Witness.report();
            assertThat(report.mode()).isEqualTo(Mode.ORDER);
            assertThat(report.violations()).hasSize(2);
            Violation first = report.violations().getFirst();
            assertThat(first.kind()).isEqualTo(Kind.ORDER);
            assertThat(first.held()).isEqualTo("NEIGHBOR neighbor");
            assertThat(first.other()).isEqualTo("ENDPOINT tcp connection");
            assertThat(first.count()).isEqualTo(5);
            assertThat(first.first().getStackTrace()).anyMatch(f -> f.getClassName().contains("WitnessTest"));
            assertThat(first.first().getCause()).as("known from the second time on")
                    .hasMessage("taken here: NEIGHBOR neighbor");
            assertThat(provoked.logged()).containsExactly(
                    "lock order reversal: ENDPOINT tcp connection after NEIGHBOR neighbor",
                    "lock order reversal: ENDPOINT tcp connection after NEIGHBOR neighbor",
                    "lock order reversal: INTERFACES table after ENDPOINT tcp connection");
        }

        @Test
        void showsWhereTheOtherLockWasTakenIfSitesAreKept() {
            Witness.keepSites(true);
            takeNeighbor();
            assertThatThrownBy(tcp::lock).cause().hasMessage("taken here: NEIGHBOR neighbor")
                    .satisfies(site -> assertThat(site.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("takeNeighbor")));
        }

        private void takeNeighbor() {
            neighbor.lock();
        }

        @Test
        void keepsABoundedNumberOfPairs() {
            Witness.mode(Mode.ORDER);
            tcp.lock();
            for (int i = 0; i < 300; i++) {
                Witness.beforeBlocking("what " + i);
            }
            assertThat(Witness.report().violations()).hasSize(256);
            assertThat(Witness.report().unlisted()).isEqualTo(44);
        }

        @Test
        void isSilentWhenOff() {
            Witness.mode(Mode.OFF);
            neighbor.lock();
            tcp.lock();
            tcp.lock();
            Witness.beforeBlocking("anything");
            Witness.endOfBatch("anything");
            tcp.unlock();
            tcp.unlock();
            neighbor.unlock();
            assertThat(Witness.report().violations()).isEmpty();
            assertThat(Witness.report().ranks()).allMatch(rank -> rank.acquisitions() == 0);
        }

        @Test
        void raisesNoAlarmForALockTakenWhileItWasOff() throws Exception {
            Witness.mode(Mode.OFF);
            table.lock();
            tcp.lock();
            Witness.mode(Mode.THROW);
            table.unlock();
            assertThat(tcp.sleepPoint().await(1)).isLessThanOrEqualTo(0);
            neighbor.lock();
            neighbor.unlock();
            tcp.unlock();
            Witness.endOfBatch("off and on");
            assertThat(Witness.report().violations()).isEmpty();
        }

        @Test
        void raisesNoAlarmForALockGivenUpWhileItWasOff() {
            neighbor.lock();
            Witness.mode(Mode.OFF);
            neighbor.unlock();
            Witness.mode(Mode.THROW);
            Witness.endOfBatch("on and off");
            tcp.lock();
            tcp.unlock();
            assertThat(Witness.report().violations()).isEmpty();
        }

        @Test
        void doesNotBelieveItsMemoryHoweverOftenItIsSwitched() {
            for (int i = 0; i < 100; i++) {
                var lock = new RankedLock(TRANSMIT, "switched");
                lock.lock();
                Witness.mode(Mode.OFF);
                lock.unlock();
                Witness.mode(Mode.THROW);
            }
            table.lock();
            listener.lock();
            assertThatThrownBy(table::lock).isInstanceOf(LockOrderException.class);
        }

        @Test
        void saysWhatIsWrongWithTheProperty() {
            assertThat(Witness.atStart("Order")).isEqualTo(Mode.ORDER);
            assertThat(Witness.atStart(null)).isEqualTo(Mode.OFF);
            assertThat(Witness.atStart("yes")).isEqualTo(Mode.OFF);
            assertThat(provoked.logged()).containsExactly("system property splnet.witness: "
                    + "\"yes\" is not one of off, contested, profile, order, throw; the witness stays off");
            assertThatThrownBy(() -> Mode.parse("")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
