package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.splnet.kern.LockRank.INTERFACES;
import static org.splnet.kern.LockRank.ENDPOINT;
import static org.splnet.kern.LockRank.TRANSMIT;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.splnet.kern.Witness.Mode;

/// What the witness counts and times.
class LockProfileTest {
    @RegisterExtension
    final Provoked provoked = new Provoked();

    private final RankedLock table = new RankedLock(INTERFACES, "table");
    private final RankedLock tcp = new RankedLock(ENDPOINT, "tcp connection");
    private final RankedLock udp = new RankedLock(ENDPOINT, "udp socket");
    private final RankedLock transmit = new RankedLock(TRANSMIT, "transmit queue");

    @Test
    void acquisitionsPerRank() {
        tcp.lock();
        tcp.unlock();
        udp.lock();
        udp.unlock();
        table.lock();
        table.unlock();
        assertThat(stats(ENDPOINT)).isEqualTo(new LockStats(ENDPOINT, 2, 0, 0, 0, 0, 0));
        assertThat(stats(INTERFACES)).isEqualTo(new LockStats(INTERFACES, 1, 0, 0, 0, 0, 0));
        assertThat(Witness.report().ranks()).extracting(LockStats::rank)
                .containsExactly(LockRank.values());
        Witness.reset();
        assertThat(stats(ENDPOINT).acquisitions()).isZero();
    }

    @Test
    void thoseThatHadToWait() throws Exception {
        meet();
        LockStats stats = stats(ENDPOINT);
        assertThat(stats.acquisitions()).isEqualTo(2);
        assertThat(stats.contested()).isOne();
        assertThat(stats.waitNs()).isPositive().isEqualTo(stats.maxWaitNs());
    }

    @Test
    void andWhereTheyDid() throws Exception {
        Witness.mode(Mode.CONTESTED);
        for (int i = 0; i < LockProfile.SAMPLE; i++) {
            meet();
        }
        assertThat(stats(ENDPOINT).contested()).isEqualTo(LockProfile.SAMPLE);
        assertThat(Witness.report().sites()).singleElement().satisfies(site -> {
            assertThat(site.site()).contains("LockProfileTest.java:");
            assertThat(site.contested()).isEqualTo(LockProfile.SAMPLE);
            assertThat(site.maxWaitNs()).isPositive();
        });
    }

    private void meet() throws InterruptedException {
        tcp.lock();
        Thread other = Thread.ofPlatform().start(() -> {
            tcp.lock();
            tcp.unlock();
        });
        while (other.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        tcp.unlock();
        other.join();
    }

    @Test
    void eachPlaceInModeProfile() throws Exception {
        Witness.mode(Mode.PROFILE);
        for (int i = 0; i < 3; i++) {
            tcp.lock();
            transmit.lock();
            transmit.unlock();
            tcp.unlock();
        }
        SleepPoint point = tcp.sleepPoint();
        tcp.lock();
        point.await(1);
        tcp.unlock();
        assertThat(Witness.report().sites()).extracting(LockSite::lock, LockSite::acquisitions)
                .containsExactlyInAnyOrder(tuple("tcp connection", 3L), tuple("transmit queue", 3L),
                        tuple("tcp connection", 1L));
        assertThat(Witness.report().sites()).allSatisfy(site -> {
            assertThat(site.holdNs()).isGreaterThanOrEqualTo(site.maxHoldNs());
            assertThat(site.maxHoldNs()).isPositive();
            assertThat(site.contested()).isZero();
        });
        assertThat(stats(ENDPOINT).holdNs()).isGreaterThan(stats(TRANSMIT).holdNs());
    }

    @Test
    void nothingOfLocksThatAreFreeInModeContested() {
        Witness.mode(Mode.CONTESTED);
        tcp.lock();
        tcp.unlock();
        assertThat(stats(ENDPOINT).acquisitions()).isZero();
        assertThat(Witness.report().sites()).isEmpty();
    }

    private LockStats stats(LockRank rank) {
        return Witness.report().ranks().get(rank.ordinal());
    }

    @Test
    void aWaitIsAnEventOfTheFlightRecorderWhateverTheWitnessDoes() throws Exception {
        Witness.mode(Mode.OFF);
        try (var recording = new Recording()) {
            recording.enable(LockWait.class).withThreshold(Duration.ZERO);
            recording.start();
            meet();
            recording.stop();
            Path file = Files.createTempFile("waits", ".jfr");
            try {
                recording.dump(file);
                assertThat(RecordingFile.readAllEvents(file)).singleElement().satisfies(event -> {
                    assertThat(event.getEventType().getName()).isEqualTo("org.splnet.LockWait");
                    assertThat(event.getString("rank")).isEqualTo("ENDPOINT");
                    assertThat(event.getString("lock")).isEqualTo("tcp connection");
                    assertThat(event.getDuration()).isPositive();
                });
            } finally {
                Files.delete(file);
            }
        }
    }

    @Test
    void threadsThatAreNoMoreStillCount() throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            Thread.ofVirtual().start(() -> {
                udp.lock();
                udp.unlock();
            }).join();
        }
        assertThat(stats(ENDPOINT).acquisitions()).isEqualTo(300);
    }
}
