package org.splnet.pcb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.splnet.kern.Deferred;
import org.splnet.kern.LockRank;
import org.splnet.kern.Race;
import org.splnet.kern.RankedLock;

/// What works without locks: look-ups while the table changes, calls deferred while they run.
final class LockFreeRaces {
    private LockFreeRaces() {
    }

    /// A table, and somebody who looks up what is there all the time.
    abstract static class Table implements Race {
        final PcbTable<String> table = new PcbTable<>(7);
        private String found = "not looked";

        Table() {
            put(1, "kept");
        }

        final void put(int port, String endpoint) {
            table.insert(0, 1, 80, 0, 2, port, endpoint);
        }

        final void remove(int port, String endpoint) {
            table.remove(0, 1, 80, 0, 2, port, endpoint);
        }

        final void look() {
            found = table.lookup(0, 1, 80, 0, 2, 1);
        }

        @Override
        public void check() {
            assertThat(found).as("what was there throughout").isNotNull();
            assertThat(table.lookup(0, 1, 80, 0, 2, 1)).isNotNull();
        }

        @Override
        public void close() {
        }
    }

    /// It grows and shrinks around the one that is looked for.
    static final class Resize extends Table {
        private static final int FULL = 64;

        Resize() {
            for (int port = 2; port < FULL; port++) {
                put(port, "other");
            }
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("reader", this::look);
            cast.accept("writer", () -> {
                for (int port = FULL; port < FULL + 4; port++) {
                    put(port, "new");
                }
            });
            cast.accept("remover", () -> {
                for (int port = 2; port < 6; port++) {
                    remove(port, "other");
                }
            });
        }
    }

    /// It is replaced, as a connection is by its TIME-WAIT.
    static class Replace extends Table {
        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("reader", this::look);
            cast.accept("writer", this::replace);
        }

        void replace() {
            table.replace(0, 1, 80, 0, 2, 1, "kept", "instead");
        }
    }

    /// And with a mistake: in two steps.
    static final class ReplaceInTwoSteps extends Replace {
        @Override
        void replace() {
            remove(1, "kept");
            put(1, "instead");
        }
    }

    /// Two threads change what a deferred call looks at.
    static class Looks extends Deferred.Call implements Race {
        private final RankedLock lock = new RankedLock(LockRank.ENDPOINT, "looks");
        private int state;
        private int seen;

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("one", this::change);
            cast.accept("other", this::change);
        }

        final void change() {
            lock.lock();
            state++;
            lock.unlock();
            later();
        }

        void later() {
            Deferred.later(this);
            Deferred.run();
        }

        @Override
        protected final void run() {
            lock.lock();
            seen = state;
            lock.unlock();
        }

        @Override
        public void check() {
            assertThat(seen).as("the last change seen").isEqualTo(2);
        }

        @Override
        public void close() {
        }
    }

    /// And with a mistake: the mark is cleared when the work is done, not before.
    static final class LateMark extends Looks {
        private final AtomicBoolean queued = new AtomicBoolean();

        @Override
        void later() {
            if (queued.compareAndSet(false, true)) {
                run();
                queued.set(false);
            }
        }
    }
}
