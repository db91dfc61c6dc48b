package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.dhcp.DhcpClient;
import org.splnet.dhcp.DhcpConfig;
import org.splnet.dhcp.SimServer;
import org.splnet.kern.Entropy;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.net.AddressClaim;
import org.splnet.net.AddressInfo;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpConfig;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;

/// A day at a bad cable: an address from the network for two minutes at a time, the link gone every few
/// seconds for hours, and now and then for longer than the lease lasts; a transfer goes on all day.
@ExtendWith(NoLeaks.class)
class DhcpDayTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long HOUR = 3600 * SECOND;
    private static final long LEASE_S = 120;
    /// What is sent each second: a quarter of what the wire takes, so that DHCP is not crowded out.
    private static final long OCTETS = 500;
    private static final long RATE = 16_000;

    @TempDir
    private Path dir;
    private long flaps;
    private long sent;

    @Test
    void aTransferGoesOnAllDay() throws SocketException {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        var sim = new Sim(seed, SimParams.path(0, SECOND / 50, RATE, 3000), Long.MAX_VALUE - 12 * HOUR,
                TcpConfig.DEFAULTS);               // the clock wraps at noon
        sim.left.nic.removeAddress(Cidr.parse("10.0.0.1/24"));
        var server = new SimServer(sim.right.ip, sim.right.nic, Ip4Addr.parse("10.0.0.2"), "10.0.0.7",
                LEASE_S);
        sim.watchRight(frame -> server.frame(frame, sim.nowNs()));
        try (var client = new DhcpClient(sim.left.nic,
                new DhcpConfig("day", null, false, false, dir.toString()),
                // What is kept in files is none of this test's business.
                new DhcpClient.Host(sim.left.ip, sim.left.wheel, sim.clock(),
                        Entropy.seeded(random.nextLong()), chore -> { }),
                AddressClaim.Listener.NONE); var bulk = new Bulk(sim, SocketOptions.DEFAULTS);
                var events = Events.subscribe(Set.of(EventKind.LEASE_LOST), 64, () -> { })) {
            client.start();
            sim.runTo(sim.nowNs() + 20 * SECOND);
            assertThat(client.info().state()).as("seed %d", seed).isEqualTo("bound");
            bulk.begin();
            long begun = sim.nowNs();
            for (int hour = 0; hour < 24; hour++) {
                hour(bulk, random, hour, begun + (hour + 1) * HOUR, seed);
                client.configure(new DhcpConfig("hour-" + hour, null, false, false, dir.toString()));
            }
            pass(bulk, 180 * SECOND);
            assertThat(client.info().state()).as("seed %d", seed).isEqualTo("bound");
            assertThat(sim.left.nic.addressInfos()).extracting(AddressInfo::address).as("seed %d", seed)
                    .containsExactly(Cidr.parse("10.0.0.7/24"));
            assertThat(flaps).isGreaterThan(5000);
            // Once for each flap, unless the next comes within the second it waits, and between them by T1.
            assertThat(server.served()).as("seed %d", seed).isBetween(flaps * 3 / 4, flaps * 2 + 2000);
            int lost = 0;
            while (events.poll() != null) {
                lost++;
            }
            assertThat(lost).as("one for each long outage, seed %d", seed).isEqualTo(4);
            assertThat(bulk.received(0)).as("seed %d", seed).isEqualTo(sent);
        }
    }

    /// Every other one with a link that flaps; in every sixth it is gone for longer than the lease lasts.
    private void hour(Bulk bulk, SplittableRandom random, int hour, long untilNs, long seed)
            throws SocketException {
        Sim sim = bulk.sim;
        long before = bulk.received(0);
        if (hour % 6 == 3) {
            flap(bulk, 2 * LEASE_S * SECOND);
        }
        while (sim.nowNs() - untilNs < -20 * SECOND) {
            long seconds = 1 + random.nextLong(8);
            bulk.send(0, seconds * OCTETS);
            sent += seconds * OCTETS;
            pass(bulk, seconds * SECOND);
            if (hour % 2 == 0) {
                flap(bulk, SECOND / 20 + random.nextLong(SECOND));
            }
        }
        pass(bulk, untilNs - sim.nowNs());
        assertThat(bulk.received(0)).as("in hour %d, seed %d", hour, seed).isGreaterThan(before + 500_000);
    }

    /// Time in which nothing more is sent.
    private static void pass(Bulk bulk, long ns) throws SocketException {
        bulk.await(Long.MAX_VALUE, bulk.sim.nowNs() + ns);
    }

    private void flap(Bulk bulk, long ns) throws SocketException {
        Sim sim = bulk.sim;
        sim.pull(sim.nowNs() + ns);
        pass(bulk, ns);
        sim.plug();
        flaps++;
    }
}
