package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/// Two who bring something and one who closes, at one descriptor: the [Turn] as the relays use it.
final class TurnRaces {
    private TurnRaces() {
    }

    /// As it should be: what was brought before the end is seen, one at a time, and the descriptor is closed
    /// once, with nobody at it.
    static class Closing implements Race {
        final Turn turn = new Turn();
        final AtomicInteger brought = new AtomicInteger();
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger closes = new AtomicInteger();
        final AtomicInteger pushes = new AtomicInteger();  // that somebody has promised
        volatile int seen;
        volatile boolean closing;
        private int together;
        private int late;

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("one", this::bring);
            cast.accept("other", this::bring);
            cast.accept("closer", () -> {
                closing = true;
                if (turn.close()) {
                    close1();
                }
            });
        }

        final void bring() {
            brought.incrementAndGet();
            push();
        }

        void push() {
            if (!turn.enter()) {
                return;
            }
            do {
                if (closing) {
                    turn.leaveForGood();
                    close1();
                    return;
                }
                work();
            } while (!turn.leave());
        }

        final void work() {
            if (inside.incrementAndGet() != 1) {
                together++;
            }
            if (closes.get() != 0) {
                late++;
            }
            seen = brought.get();
            inside.decrementAndGet();
        }

        final void close1() {
            closes.incrementAndGet();
        }

        @Override
        public void check() {
            while (pushes.getAndDecrement() > 0) {
                push();                 // the poller's thread comes to it in the end
            }
            assertThat(together).as("two at work at once").isZero();
            assertThat(late).as("work with a closed descriptor").isZero();
            assertThat(closes).as("closed once").hasValue(1);
            assertThat(turn.enter()).as("entered after the end").isFalse();
        }

        @Override
        public void close() {
        }
    }

    /// Nobody closes: nothing that was brought is overlooked.
    static class Bringing extends Closing {
        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("one", this::bring);
            cast.accept("other", this::bring);
            cast.accept("third", this::bring);
        }

        @Override
        public void check() {
            while (pushes.getAndDecrement() > 0) {
                push();
            }
            assertThat(seen).as("seen of what three brought").isEqualTo(3);
        }
    }

    /// After one piece of work the turn is passed on, and somebody promised to come again.
    static class PassingOn extends Closing {
        @Override
        final void push() {
            if (!turn.enter()) {
                return;
            }
            if (closing) {
                turn.leaveForGood();
                close1();
                return;
            }
            work();
            turn.passOn();
            pushes.incrementAndGet();
        }
    }

    /// A mistake: the turn is passed on, and nobody comes again.
    static final class PassingOnForgetting extends Bringing {
        @Override
        void push() {
            if (!turn.enter()) {
                return;
            }
            work();
            turn.passOn();
        }
    }

    /// A mistake: whoever closes does not ask whether somebody is at work.
    static final class ClosingAtOnce extends Closing {
        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("one", this::bring);
            cast.accept("closer", () -> {
                turn.close();
                close1();
            });
        }
    }

    /// A mistake: the mark that it ends is set too late to be seen by whoever works.
    static final class LateMark extends Closing {
        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("one", this::bring);
            cast.accept("closer", () -> {
                if (turn.close()) {
                    close1();
                }
                brought.get();          // a place for others to come in between
                closing = true;
            });
        }
    }
}
