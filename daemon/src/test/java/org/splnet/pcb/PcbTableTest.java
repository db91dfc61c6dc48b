package org.splnet.pcb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.splnet.TestSeed;

@Timeout(120)
class PcbTableTest {
    private record Key(long localHi, long localLo, int localPort, long remoteHi, long remoteLo,
            int remotePort) {
        static Key of(int n) {
            return new Key(0, 0xffff_0a00_0001L, 80, 0, 0xffff_0a00_0000L + (n >>> 15), n & 0x7fff | 0x8000);
        }

        String lookup(PcbTable<String> table) {
            return table.lookup(localHi, localLo, localPort, remoteHi, remoteLo, remotePort);
        }

        String insert(PcbTable<String> table, String endpoint) {
            return table.insert(localHi, localLo, localPort, remoteHi, remoteLo, remotePort, endpoint);
        }

        boolean remove(PcbTable<String> table, String endpoint) {
            return table.remove(localHi, localLo, localPort, remoteHi, remoteLo, remotePort, endpoint);
        }

        boolean replace(PcbTable<String> table, String old, String next) {
            return table.replace(localHi, localLo, localPort, remoteHi, remoteLo, remotePort, old, next);
        }
    }

    private final PcbTable<String> table = new PcbTable<>(0x5eed);

    @Test
    void tellsEveryPartOfTheTupleApart() {
        Key key = new Key(1, 2, 3, 4, 5, 6);
        key.insert(table, "it");
        assertThat(key.lookup(table)).isEqualTo("it");
        for (Key other : List.of(new Key(9, 2, 3, 4, 5, 6), new Key(1, 9, 3, 4, 5, 6),
                new Key(1, 2, 9, 4, 5, 6),
                new Key(1, 2, 3, 9, 5, 6), new Key(1, 2, 3, 4, 9, 6), new Key(1, 2, 3, 4, 5, 9),
                new Key(4, 5, 6, 1, 2, 3))) {
            assertThat(other.lookup(table)).as(other.toString()).isNull();
        }
        Key high = new Key(1, 2, 65535, 4, 5, 65535);
        high.insert(table, "high");
        assertThat(high.lookup(table)).isEqualTo("high");
        assertThat(new Key(1, 2, 65535, 4, 5, 65534).lookup(table)).isNull();
    }

    @Test
    void refusesASecondAndNamesTheFirst() {
        Key key = Key.of(1);
        assertThat(key.insert(table, "first")).isNull();
        assertThat(key.insert(table, "second")).isEqualTo("first");
        assertThat(key.remove(table, "second")).isFalse();
        assertThat(key.replace(table, "second", "third")).isFalse();
        assertThat(key.replace(table, "first", "third")).isTrue();
        assertThat(key.lookup(table)).isEqualTo("third");
        assertThat(key.remove(table, "third")).isTrue();
        assertThat(table.size()).isZero();
    }

    @Test
    void agreesWithAMap() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        Map<Key, String> model = new HashMap<>();
        int range = 3000;
        for (int round = 0; round < 200_000; round++) {
            // Grows and shrinks through several sizes.
            int bias = round / 20_000 % 2 == 0 ? 3 : 7;
            Key key = Key.of(random.nextInt(range));
            String there = model.get(key);
            if (random.nextInt(10) >= bias) {
                String fresh = "e" + round;
                assertThat(key.insert(table, fresh)).as("seed %d", seed).isEqualTo(there);
                model.putIfAbsent(key, fresh);
            } else if (random.nextInt(4) == 0 && there != null) {
                String next = "r" + round;
                assertThat(key.replace(table, there, next)).as("seed %d", seed).isTrue();
                model.put(key, next);
            } else {
                assertThat(key.remove(table, there)).as("seed %d", seed).isEqualTo(there != null);
                model.remove(key);
            }
            Key other = Key.of(random.nextInt(range));
            assertThat(other.lookup(table)).as("seed %d", seed).isEqualTo(model.get(other));
            assertThat(table.size()).as("seed %d", seed).isEqualTo(model.size());
        }
        Set<String> all = new HashSet<>();
        table.forEach(each -> assertThat(all.add(each)).isTrue());
        assertThat(all).containsExactlyInAnyOrderElementsOf(model.values());
    }

    @Test
    void holdsAMillionAndShrinksAgain() {
        int million = 1_000_000;
        PcbTable<Integer> large = new PcbTable<>(TestSeed.next());
        for (int n = 0; n < million; n++) {
            large.insert(0, 1, 80, n >>> 16, 2, n & 0xffff, n);
        }
        assertThat(large.size()).isEqualTo(million);
        for (int n = 0; n < million; n += 997) {
            assertThat(large.lookup(0, 1, 80, n >>> 16, 2, n & 0xffff)).isEqualTo(n);
        }
        int grown = large.buckets();
        for (int n = 0; n < million; n++) {
            Integer it = large.lookup(0, 1, 80, n >>> 16, 2, n & 0xffff);
            assertThat(large.remove(0, 1, 80, n >>> 16, 2, n & 0xffff, it)).isTrue();
        }
        assertThat(large.size()).isZero();
        assertThat(grown).isGreaterThan(500_000);
        assertThat(large.buckets()).isEqualTo(64);
    }

    /// Writers churn, so that the table grows and shrinks all the time; readers must always find what
    /// stays, and under a key never another key's endpoint.
    @Test
    void readersMissNothingAndMistakeNothingWhileWritersChurn() throws Exception {
        int staying = 500;
        int coming = 20_000;
        for (int n = 0; n < staying; n++) {
            Key.of(n).insert(table, "s" + n);
        }
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<String> fault = new AtomicReference<>();
        List<Thread> readers = new ArrayList<>();
        for (int r = 0; r < 2; r++) {
            int first = r;
            readers.add(Thread.ofPlatform().start(() -> {
                int n = first;
                while (!done.get() && fault.get() == null) {
                    n = (n + 7919) % (staying + coming);
                    String got = Key.of(n).lookup(table);
                    boolean right = n < staying ? ("s" + n).equals(got)
                            : got == null || got.equals("c" + n) || got.equals("d" + n);
                    if (!right) {
                        fault.set(n + " gave " + got);
                    }
                }
            }));
        }
        List<Thread> writers = new ArrayList<>();
        for (int w = 0; w < 2; w++) {
            int half = w;
            writers.add(Thread.ofPlatform().start(() -> churn(staying, coming, half)));
        }
        for (Thread writer : writers) {
            writer.join();
        }
        done.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(fault.get()).isNull();
        assertThat(table.size()).isEqualTo(staying);
    }

    private void churn(int staying, int coming, int half) {
        for (int round = 0; round < 5; round++) {
            for (int n = staying + half; n < staying + coming; n += 2) {
                Key.of(n).insert(table, "c" + n);
            }
            for (int n = staying + half; n < staying + coming; n += 2) {
                Key key = Key.of(n);
                String it = key.lookup(table);
                if (n % 3 == 0) {
                    key.replace(table, it, "d" + n);
                    it = key.lookup(table);
                }
                key.remove(table, it);
            }
        }
    }
}
