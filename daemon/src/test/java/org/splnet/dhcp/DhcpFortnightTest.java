package org.splnet.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;
import org.splnet.wire.Ip4Addr;

/// Two weeks of virtual time with two servers of changing moods over a wire that loses, doubles, delays and
/// reorders, with conflicts, restarts and outages, by seed.
class DhcpFortnightTest {
    private static final long SECOND = World.SECOND;
    private static final long FORTNIGHT = 14 * 86_400 * SECOND;

    private record Arrival(long atNs, Reply reply) {
    }

    private final List<Arrival> wire = new ArrayList<>();
    /// Until when the servers believe that we have an address.
    private final Map<Ip4Addr, Long> granted = new HashMap<>();
    private World world;
    private SplittableRandom random;
    private double loss;
    private boolean outage;
    private int bound;
    private int served;
    private String seedText;

    @Test
    void neverUsesWhatItHasNotGot() {
        long seed = TestSeed.next();
        for (int i = 0; i < 12; i++) {
            run(seed + i, i % 4 * 0.25);
        }
    }

    private void run(long seed, double lossRate) {
        seedText = "seed " + seed + " loss " + lossRate;
        random = new SplittableRandom(seed);
        loss = lossRate;
        world = new World(seed);
        wire.clear();
        granted.clear();
        bound = 0;
        served = 0;
        outage = false;
        world.machine.start(null, world.nowNs);
        long start = world.nowNs;
        long moodNs = start;
        long answeredNs = 0;
        long usedNs = 0;
        while (world.nowNs - start < FORTNIGHT) {
            long before = world.nowNs;
            boolean using = world.used != null;
            world.nowNs = nextNs(moodNs);
            answeredNs += outage ? 0 : world.nowNs - before;
            usedNs += using && !outage ? world.nowNs - before : 0;
            if (world.nowNs - moodNs >= 0) {
                mood();
                moodNs = world.nowNs + random.nextLong(6 * 3600 * SECOND) + SECOND;
            } else if (world.nowNs == world.wakeNs) {
                world.wake();
            } else {
                arrive();
            }
            serve();
            check();
        }
        assertThat(bound).as(seedText).isPositive();
        if (lossRate == 0) {
            // 12,000 seeds had 0.998 and more.
            assertThat(usedNs / (double) answeredNs).as("how much of the time it had an address; " + seedText)
                    .isGreaterThan(0.99);
        }
        // A client that asks for ever more often would show here: two weeks of 64 s are 19,000.
        assertThat(world.sent.size()).as(seedText).isLessThan(40_000);
    }

    private long nextNs(long moodNs) {
        long next = moodNs;
        if (world.wakeNs != Long.MAX_VALUE && world.wakeNs - next < 0) {
            next = world.wakeNs;
        }
        for (Arrival each : wire) {
            next = each.atNs() - next < 0 ? each.atNs() : next;
        }
        return next - world.nowNs < 0 ? world.nowNs : next;
    }

    /// Something happens to the network or to us.
    private void mood() {
        switch (random.nextInt(7)) {
            case 0 -> outage = !outage;
            case 1 -> world.machine.taken(world.nowNs);
            case 2 -> restart();
            case 3 -> world.machine.linkUp(world.nowNs);
            case 4 -> world.machine.renew(world.nowNs);
            case 5 -> {
                world.machine.release(world.nowNs);
                world.machine.start(null, world.nowNs);
            }
            default -> outage = false;
        }
    }

    private void restart() {
        Lease kept = world.machine.lease();
        world.machine.stop();
        var next = new World(random.nextLong());
        next.nowNs = world.nowNs + random.nextLong(1000 * SECOND);
        world = next;
        served = 0;
        world.machine.start(kept, world.nowNs);
    }

    private void arrive() {
        for (int i = 0; i < wire.size(); i++) {
            if (wire.get(i).atNs() - world.nowNs <= 0) {
                world.machine.reply(wire.remove(i).reply(), world.nowNs);
                return;
            }
        }
    }

    /// The servers answer what was sent since.
    private void serve() {
        if (world.checking != null) {
            Lease lease = world.checking;
            world.checking = null;
            world.nowNs += random.nextLong(4 * SECOND, 7 * SECOND);
            if (random.nextInt(20) == 0) {
                world.machine.taken(world.nowNs);
            } else {
                world.machine.free(world.nowNs);
                bound += world.used == lease ? 1 : 0;
            }
        }
        List<Request> asked = List.copyOf(world.sent.subList(served, world.sent.size()));
        served = world.sent.size();
        for (Request each : asked) {
            if (outage || random.nextDouble() < loss) {
                continue;
            }
            answer(each, World.SERVER);
            if (each.to() == null && random.nextBoolean()) {
                answer(each, World.OTHER);
            }
        }
    }

    private void answer(Request asked, Ip4Addr server) {
        long seconds = random.nextInt(50) == 0 ? Reply.FOREVER : random.nextLong(120, 86_400);
        Ip4Addr wanted = asked.requested() != null ? asked.requested()
                : asked.ciaddr().isUnspecified() ? new Ip4Addr(0x0a01_0100 + random.nextInt(200))
                : asked.ciaddr();
        MessageType type = switch (asked.type()) {
            case DISCOVER -> MessageType.OFFER;
            case REQUEST -> random.nextInt(15) == 0 ? MessageType.NAK : MessageType.ACK;
            default -> null;
        };
        if (type == null || asked.server() != null && !asked.server().equals(server)) {
            return;
        }
        if (type == MessageType.ACK) {
            long until = seconds == Reply.FOREVER ? Long.MAX_VALUE : world.nowNs + seconds * SECOND;
            granted.merge(wanted, until, (a, b) -> a == Long.MAX_VALUE || b == Long.MAX_VALUE ? Long.MAX_VALUE
                    : a - b > 0 ? a : b);
        }
        Reply reply = World.reply(type, asked.xid(), server, type == MessageType.NAK ? "0.0.0.0"
                : wanted.toString(), seconds);
        for (int copies = random.nextInt(10) == 0 ? 3 : 1; copies > 0; copies--) {
            if (random.nextDouble() >= loss) {
                wire.add(new Arrival(world.nowNs + random.nextLong(random.nextInt(10) == 0 ? 90 * SECOND
                        : SECOND), reply));
            }
        }
    }

    /// What is in use was granted and is not over.
    private void check() {
        Lease lease = world.machine.lease();
        assertThat(world.used).as(seedText).isEqualTo(lease);
        if (lease != null) {
            Long until = granted.get(lease.address());
            assertThat(until).as("granted at all; " + seedText).isNotNull();
            assertThat(until == Long.MAX_VALUE || lease.endNs() - until <= 0 || lease.forever())
                    .as("for as long as that; " + seedText).isTrue();
            assertThat(lease.over(world.nowNs - SECOND)).as("not over; " + seedText).isFalse();
        }
        boolean waits = world.machine.state() == DhcpState.OFF || world.wakeNs != Long.MAX_VALUE;
        assertThat(waits).as("has something to wait for; " + seedText).isTrue();
    }
}
