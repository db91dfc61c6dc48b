package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.splnet.config.ConfigReader;
import org.splnet.config.SplnetConfig;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.NetIfDriver;
import org.splnet.net.OneQueueDevice;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Endpoint;
import org.splnet.wire.MacAddr;

/// What testers have: `clock = "manual"`, with hours that pass in a blink, and the return to the first
/// moment; on the whole daemon, threads and all.
@Timeout(60)
class ManualClockTest {
    private static final long SECOND = 1_000_000_000L;

    /// Swallows what is sent; nothing ever comes.
    private static final class Hole implements NetIfDriver {
        @Override
        public String type() {
            return "hole";
        }

        @Override
        public Set<String> optionKeys() {
            return Set.of();
        }

        @Override
        public void validate(DeviceSpec spec) {
            // anything will do
        }

        @Override
        public NetDevice open(DeviceSpec spec) {
            return new OneQueueDevice(spec.name(), MacAddr.parse("02:00:00:00:00:01"), 1500, 0, new Silence(),
                    () -> { });
        }
    }

    private static final class Silence implements DeviceQueue {
        private final java.util.concurrent.Semaphore woken = new java.util.concurrent.Semaphore(0);

        @Override
        public int receive(PacketPool pool, Sink sink, int max) {
            return 0;
        }

        @Override
        public boolean transmit(Packet frame) {
            return true;
        }

        @Override
        public void flush() {
            // all is gone already
        }

        @Override
        public long transmitErrors() {
            return 0;
        }

        @Override
        public void await(long timeoutNs, boolean wantTransmit) {
            try {
                if (woken.tryAcquire(timeoutNs, TimeUnit.NANOSECONDS)) {
                    woken.drainPermits();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void wakeup() {
            woken.release();
        }
    }

    private static Splnetd start(String clock) throws Exception {
        String text = """
                clock = "%s"
                [[interface]]
                name = "eth0"
                driver = "hole"
                addresses = ["10.0.0.1/24"]
                probe = false
                [[neighbor]]
                address = "10.0.0.2"
                mac = "02:00:00:00:00:02"
                [control]
                socket = ""
                """.formatted(clock);
        Drivers drivers = new Drivers(List.of(new Hole()));
        SplnetConfig config = new ConfigReader(drivers).parse("test", text.getBytes(StandardCharsets.UTF_8));
        Splnetd daemon = Splnetd.start(config, drivers);
        daemon.answer();
        return daemon;
    }

    @Test
    void aDeadPeerIsGivenUpAfterItsThreeMinutes() throws Exception {
        try (Splnetd daemon = start("manual")) {
            StreamSocket socket = daemon.tcp().connect(null, Endpoint.parse("10.0.0.2:80"),
                    SocketOptions.DEFAULTS);
            daemon.advance(179 * SECOND);
            assertThat(socket.state()).isEqualTo("SYN-SENT");
            assertThat(daemon.nextDueNs()).isBetween(1L, SECOND + 2_000_000);
            daemon.advance(2 * SECOND);
            assertThat(socket.ready() & Readiness.ERROR).isNotZero();
            assertThat(daemon.tcp().stats().count(Counter.TIMEOUTS)).isEqualTo(1);
            assertThat(daemon.tcp().connections()).isZero();
        }
    }

    @Test
    void keepAlivesAreSentAfterTwoHours() throws Exception {
        try (Splnetd daemon = start("manual")) {
            ListenSocket listener = daemon.tcp().listen(Endpoint.parse("127.0.0.1:99"), 1,
                    SocketOptions.DEFAULTS);
            SocketOptions it = SocketOptions.DEFAULTS;
            StreamSocket socket = daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:99"),
                    it.withKeepAlive(true, it.keepIdleNs(), it.keepIntervalNs(), it.keepCount()));
            assertThat(socket.await(Readiness.CONNECTED, 10 * SECOND) & Readiness.CONNECTED).isNotZero();
            daemon.advance(7199 * SECOND);
            assertThat(daemon.tcp().stats().count(Counter.KEEPALIVE_PROBES)).isZero();
            daemon.advance(2 * SECOND);
            assertThat(daemon.tcp().stats().count(Counter.KEEPALIVE_PROBES)).isEqualTo(1);
            socket.abort();
            listener.close();
        }
    }

    @Test
    void aHealthyConnectionWithinOutlivesADay() throws Exception {
        try (Splnetd daemon = start("manual")) {
            ListenSocket listener = daemon.tcp().listen(Endpoint.parse("127.0.0.1:99"), 1,
                    SocketOptions.DEFAULTS);
            SocketOptions it = SocketOptions.DEFAULTS;
            StreamSocket socket = daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:99"),
                    it.withKeepAlive(true, 60 * SECOND, SECOND, 3));
            assertThat(socket.await(Readiness.CONNECTED, 10 * SECOND) & Readiness.CONNECTED).isNotZero();
            assertThat(listener.await(Readiness.ACCEPTABLE, 10 * SECOND) & Readiness.ACCEPTABLE).isNotZero();
            daemon.advance(86_400 * SECOND);
            assertThat(socket.state()).isEqualTo("ESTABLISHED");
            assertThat(daemon.tcp().stats().count(Counter.KEEPALIVE_PROBES)).isGreaterThan(1000);
            socket.abort();
            listener.close();
        }
    }

    @Test
    void withoutBeingAdvancedNothingHappens() throws Exception {
        try (Splnetd daemon = start("manual")) {
            daemon.tcp().connect(null, Endpoint.parse("10.0.0.2:80"), SocketOptions.DEFAULTS);
            daemon.advance(0);
            long due = daemon.nextDueNs();
            assertThat(due).isBetween(1L, SECOND + 10_000_000);
            Thread.yield();
            assertThat(daemon.nextDueNs()).as("a clock that runs would have come nearer").isEqualTo(due);
            assertThat(daemon.advance(due - 1)).isZero();
            assertThat(daemon.nextDueNs()).isEqualTo(1);
            assertThat(daemon.advance(SECOND - due + 10_000_000)).isPositive();
            assertThat(daemon.tcp().stats().count(Counter.RETRANSMIT_TIMEOUTS)).isEqualTo(1);
        }
    }

    @Test
    void aResetLeavesNothingButListeners() throws Exception {
        try (Splnetd daemon = start("manual")) {
            ListenSocket listener = daemon.tcp().listen(Endpoint.parse("127.0.0.1:99"), 5,
                    SocketOptions.DEFAULTS);
            Endpoint here = Endpoint.parse("127.0.0.1:99");
            StreamSocket open = daemon.tcp().connect(null, here, SocketOptions.DEFAULTS);
            StreamSocket dead = daemon.tcp().connect(null, Endpoint.parse("10.0.0.2:80"),
                    SocketOptions.DEFAULTS);
            assertThat(open.await(Readiness.CONNECTED, 10 * SECOND) & Readiness.CONNECTED).isNotZero();
            // the last segment of the handshake has arrived
            assertThat(listener.await(Readiness.ACCEPTABLE, 10 * SECOND) & Readiness.ACCEPTABLE).isNotZero();
            daemon.reset();
            assertThat(daemon.tcp().connections()).isZero();
            for (Counter each : Counter.values()) {
                assertThat(daemon.tcp().stats().count(each)).as(each.name()).isZero();
            }
            assertThat(open.ready() & Readiness.ERROR).isNotZero();
            assertThat(dead.ready() & Readiness.ERROR).isNotZero();
            assertThat(listener.accept()).isNull();
            StreamSocket again = daemon.tcp().connect(null, here, SocketOptions.DEFAULTS);
            assertThat(again.await(Readiness.CONNECTED, 10 * SECOND) & Readiness.CONNECTED).isNotZero();
            daemon.reset();
            assertThat(daemon.advance(7200 * SECOND)).as("no timer is left of them").isLessThan(10);
            listener.close();
        }
    }

    @Test
    void onlyAManualClockCanBeAdvanced() throws Exception {
        try (Splnetd daemon = start("system")) {
            assertThatThrownBy(() -> daemon.advance(1)).isInstanceOf(IllegalStateException.class);
        }
        try (Splnetd daemon = start("manual")) {
            assertThatThrownBy(() -> daemon.advance(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
