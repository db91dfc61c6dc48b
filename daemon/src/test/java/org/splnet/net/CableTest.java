package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.kern.Explorer;
import org.splnet.kern.Race;

@ExtendWith(NoLeaks.class)
class CableTest {
    /// The threads of two queues find at the same time that the cable has been pulled.
    static final class Pulled implements Race {
        private final NetBed bed = new NetBed();
        private final Events.Subscription told = Events.subscribe(EnumSet.of(EventKind.LINK_DOWN), 8,
                () -> { });
        private final int generation = bed.links.interfaces().generation();

        Pulled() {
            bed.device.carrier(false);
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("first", () -> bed.nic.lookAtCarrier(bed.nowNs()));
            cast.accept("second", () -> bed.nic.lookAtCarrier(bed.nowNs()));
        }

        @Override
        public void check() {
            assertThat(told.poll()).isNotNull();
            assertThat(told.poll()).as("a second time").isNull();
            assertThat(bed.links.interfaces().generation()).as("for who keeps a way")
                    .isEqualTo(generation + 1);
        }

        @Override
        public void close() {
            told.close();
            bed.close();
        }
    }

    @Test
    void whatSeveralQueuesSeeIsToldOnce() {
        Explorer.of("cable pulled", Pulled::new).schedules(50, 10).seed(TestSeed.next()).passes();
    }
}
