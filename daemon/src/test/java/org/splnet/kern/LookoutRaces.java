package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/// Who looks and goes to sleep, who has a place looked at, and who writes there.
final class LookoutRaces {
    private LookoutRaces() {
    }

    /// Who writes finds somebody asleep who asked to be woken, or what he has written is found.
    static class Writing implements Race {
        final Lookout lookout = new Lookout();
        final AtomicInteger found = new AtomicInteger();
        final AtomicInteger woken = new AtomicInteger();
        volatile boolean written;
        volatile boolean asleep;
        final Lookout.Place place = new Lookout.Place() {
            @Override
            protected boolean ready(boolean last) {
                if (last) {
                    asleep = true;
                }
                return written;
            }

            @Override
            protected void work() {
                found.incrementAndGet();
            }
        };

        Writing() {
            lookout.wake();
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("looks", () -> {
                lookout.look();
                lookout.sleep();
            });
            cast.accept("reads", this::reads);
            cast.accept("writes", () -> {
                written = true;
                if (asleep) {
                    woken.incrementAndGet();
                }
            });
        }

        void reads() {
            if (written) {
                found.incrementAndGet();
            } else if (!lookout.watch(place) && place.ready(true)) {
                found.incrementAndGet();
            }
        }

        @Override
        public void check() {
            assertThat(found.get() + woken.get()).as("found or woken").isPositive();
        }

        @Override
        public void close() {
        }
    }

    /// Two look, and the place is given up meanwhile: that is told once, and nobody looks afterwards.
    static class Forgetting extends Writing {
        final AtomicInteger told = new AtomicInteger();
        private volatile boolean over;
        private volatile int late;
        final Lookout.Place other = new Lookout.Place() {
            @Override
            protected boolean ready(boolean last) {
                if (over) {
                    late++;
                }
                return true;
            }

            @Override
            protected void work() {
                found.incrementAndGet();
            }
        };

        Forgetting() {
            lookout.wake();
            lookout.watch(other);
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("looks", lookout::look);
            cast.accept("sleeps", lookout::sleep);
            cast.accept("forgets", () -> lookout.forget(other, () -> {
                over = true;
                told.incrementAndGet();
            }));
        }

        @Override
        public void check() {
            assertThat(told).as("told").hasValue(1);
            assertThat(late).as("looked at afterwards").isZero();
        }
    }
}
