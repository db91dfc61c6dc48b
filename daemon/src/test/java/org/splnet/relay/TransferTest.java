package org.splnet.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.relay.Ways.Kind;
import org.splnet.relay.Ways.Pair;
import org.splnet.relay.Ways.Way;

/// Many connections at once through relays of every kind, each transferring in both directions at once, in
/// pieces of odd sizes, ending each direction at a time of its own, some with a reset in the middle. Every
/// octet is checked, and that afterwards nothing is left.
@Timeout(120)
@ExtendWith(NoLeaks.class)
class TransferTest {
    private static final int AT_ONCE = 16;
    private static final int ROUNDS = 12;

    @TempDir
    private Path dir;

    /// One direction of one connection.
    ///
    /// @param length octets to send, if nobody resets
    /// @param salt makes the octets those of this direction
    /// @param resetAt octets after which the sender resets; negative if it does not
    private record Stream(long length, int salt, long resetAt, long seed) {
        byte octet(long i) {
            return (byte) (i * 131 + (i >>> 8) * 17 + (i >>> 16) * 5 + salt);
        }
    }

    @Test
    void everyOctetArrivesOrAResetDoes() throws Exception {
        long seed = TestSeed.next();
        SplittableRandom random = new SplittableRandom(seed);
        try (Ways ways = new Ways(dir);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Way> all = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                all.add(ways.open(kind));
            }
            for (int round = 0; round < ROUNDS; round++) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    Pair pair = all.get(i % all.size()).connect(ways.stack);
                    running.addAll(transfer(pair, random, threads));
                }
                for (Future<?> each : running) {
                    each.get(60, TimeUnit.SECONDS);
                }
            }
            long from = System.nanoTime();
            while (ways.relays.list().stream().anyMatch(each -> each.open() != 0)) {
                assertThat(System.nanoTime() - from).as("seed %d: %s", seed, ways.relays.list())
                        .isLessThan(LiveStack.PATIENCE_NS);
                Thread.onSpinWait();
            }
            assertThat(ways.relays.list()).as("seed %d", seed).allMatch(each ->
                    each.total() == ROUNDS * AT_ONCE / all.size()
                    && each.idleTimeouts() == 0 && each.refused() == 0);
        }
    }

    private static List<Future<?>> transfer(Pair pair, SplittableRandom random, ExecutorService threads) {
        boolean resets = random.nextInt(4) == 0;
        Stream there = stream(random, resets && random.nextBoolean());
        Stream back = stream(random, resets && there.resetAt < 0);
        var sent = threads.submit(send(pair.client(), there, resets));
        var received = threads.submit(receive(pair.server(), there, resets));
        var sentBack = threads.submit(send(pair.server(), back, resets));
        var receivedBack = threads.submit(receive(pair.client(), back, resets));
        return List.of(threads.submit(() -> {
            // A socket tells its error once, to whichever of its two threads calls first.
            boolean serverTold = !sentBack.get() | received.get() < 0;
            boolean clientTold = !sent.get() | receivedBack.get() < 0;
            boolean carried = pair.client().resets() && pair.server().resets();
            assertThat(serverTold || !carried || there.resetAt < 0).as("%s %s", pair, there).isTrue();
            assertThat(clientTold || !carried || back.resetAt < 0).as("%s %s", pair, back).isTrue();
            pair.close();
            return null;
        }));
    }

    private static Stream stream(SplittableRandom random, boolean resets) {
        long length = random.nextInt(4) == 0 ? random.nextInt(10) : random.nextInt(3_000_000);
        return new Stream(length, random.nextInt(), resets ? random.nextLong(length + 1) : -1,
                random.nextLong());
    }

    /// @return false if the other end has reset
    private static Callable<Boolean> send(End to, Stream stream, boolean resets) {
        return () -> {
            SplittableRandom random = new SplittableRandom(stream.seed);
            long sent = 0;
            try {
                while (sent < stream.length) {
                    int size = 1 + random.nextInt(random.nextInt(8) == 0 ? 200_000 : 3000);
                    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(size, stream.length - sent));
                    while (piece.hasRemaining()) {
                        piece.put(stream.octet(sent++));
                    }
                    piece.flip();
                    while (piece.hasRemaining()) {
                        if (stream.resetAt >= 0 && sent - piece.remaining() >= stream.resetAt) {
                            to.reset();
                            return true;
                        }
                        to.send(piece);
                    }
                }
                if (stream.resetAt >= 0) {
                    to.reset();
                } else {
                    to.finish();
                }
                return true;
            } catch (IOException e) {
                if (!resets) {
                    throw e;
                }
                return false;
            }
        };
    }

    /// @return octets received, all of them unless one end resets; -1 if that was told here
    private static Callable<Long> receive(End at, Stream stream, boolean resets) {
        return () -> {
            ByteBuffer into = ByteBuffer.allocate(100_000);
            SplittableRandom random = new SplittableRandom(~stream.seed);
            long got = 0;
            try {
                while (at.receive(into.clear().limit(1 + random.nextInt(into.capacity()))) >= 0) {
                    for (into.flip(); into.hasRemaining(); got++) {
                        byte octet = into.get();
                        if (octet != stream.octet(got)) {
                            throw new AssertionError("octet " + got + " is " + octet + " in " + stream);
                        }
                    }
                }
            } catch (IOException e) {
                if (!resets) {
                    throw e;
                }
                return -1L;
            }
            if (!resets) {
                assertThat(got).as("%s", stream).isEqualTo(stream.length);
            }
            return got;
        };
    }
}
