package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.kern.Clock;
import org.splnet.kern.Lookout;
import org.splnet.service.StreamServer;
import org.splnet.service.status.FakeSource;
import org.splnet.sim.LoopbackHost;
import org.splnet.tcp.TcpConfig;
import org.splnet.unix.Credentials;
import org.splnet.unix.Fd;

/// Whatever a client sends, and whatever descriptors with it: an answer or the end of the connection, never a
/// fault in the log, never something left behind.
///
/// [#fuzzerTestOneInput] is a harness for Jazzer too, as the package `org.splnet.fuzz` says, with
/// `--target_class=org.splnet.control.ControlFuzzTest --instrumentation_includes=org.splnet.control.**` and a
/// directory for its inputs, into which [#main] puts some to begin with. After each input it looks for faults
/// in the log, and now and then waits until nothing is left of those before.
@Timeout(120)
@ExtendWith(NoLeaks.class)
public class ControlFuzzTest {
    private static final int ROUNDS = 1500;
    private static final String[] PIECES = {
        "CONNECT 127.0.0.1:7 HTTP/1.1\r\nHost: x\r\n\r\nhello",
        "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\nSplnet-Padding: 9\r\nSplnet-Local: 127.0.0.1:0\r\n\r\n",
        "CONNECT 127.0.0.1:7 HTTP/1.1\r\nHost: x\r\nSplnet-Ring: 65536\r\n\r\nearly octets",
        "CONNECT 127.0.0.1:19 HTTP/1.1\r\nHost: x\r\nSplnet-Options: {\"SO_LINGER\":9}\r\n\r\n",
        RawClient.request("POST", "/v1/listen",
                "{\"local\":\"127.0.0.1:0\",\"backlog\":3,\"descriptors\":true}"),
        RawClient.request("POST", "/v1/listen", "{\"options\":{\"SO_REUSEADDR\":1}}"),
        RawClient.request("POST", "/v1/bind", "{\"protocol\":\"tcp\",\"local\":\"127.0.0.1:0\"}"),
        RawClient.request("POST", "/v1/datagram", "{\"local\":\"127.0.0.1:0\",\"remote\":\"127.0.0.1:7\"}"),
        RawClient.request("POST", "/v1/datagram", "{\"descriptors\":true}"),
        RawClient.request("POST", "/v1/attach/1", ""),
        RawClient.request("GET", "/v1/sockets/1/options", ""),
        RawClient.request("PUT", "/v1/sockets/1/options", "{\"TCP_NODELAY\":1}"),
        RawClient.request("PUT", "/v1/sockets/1/remote", "{\"remote\":\"127.0.0.1:9\"}"),
        RawClient.request("GET", "/v1/sockets/1/error", ""),
        RawClient.request("GET", "/v1/sockets/2/queues", ""),
        RawClient.request("DELETE", "/v1/sockets/1", ""), RawClient.request("GET", "/v1/status?a=%zz", ""),
        RawClient.request("GET", "/v1/events?kind=link-up", ""), RawClient.request("GET", "/metrics", ""),
        RawClient.request("PUT", "/v1/locks", "{\"witness\":\"off\"}"),
        "POST /v1/listen HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "PUT /v1/log HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
        "GET http://a/v1/status HTTP/1.0\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\n",
        "\0\0\0\50",
        "\0\0\0\55" + "\4\0\0\7\177\0\0\1" + "\0".repeat(32) + "hello", "[".repeat(3000), "%", ":", "-1",
        "99999999999999999999", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:7", "HTTP/1.1", "HTTP/9.9"};

    private static final int ROUNDS_UNTIL_QUIET = 2000;
    private static final int SEEDS = 300;
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

    /// Sockets' numbers begin at 1, so that the pieces name some.
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanoTime() {
            return Clock.system().nanoTime();
        }

        @Override
        public long wallMillis() {
            return 0;
        }
    };

    private static LoopbackHost host;
    private static ControlServer server;
    private static int descriptors;
    private static int rounds;

    /// Writes inputs to begin with into a directory that there is.
    public static void main(String[] directory) throws Exception {
        var rnd = new SplittableRandom(TestSeed.next());
        for (int i = 0; i < SEEDS; i++) {
            Files.write(Path.of(directory[0], "seed-" + i), script(rnd));
        }
    }

    /// One input: steps of one octet that says what, one that says how much, and so many octets.
    public static void fuzzerTestOneInput(byte[] script) throws Exception {
        if (server == null) {
            start(Path.of(System.getProperty("java.io.tmpdir"), "fuzz-" + ProcessHandle.current().pid()));
        }
        List<Integer> mine = new ArrayList<>();
        try (RawClient client = RawClient.of(server)) {
            Fd call = Fd.mine();
            for (int i = 0; i + 1 < script.length; ) {
                int what = script[i] & 7;
                int length = Math.min((script[i] & 255) >> 3 << 8 | script[i + 1] & 255,
                        script.length - i - 2);
                byte[] octets = Arrays.copyOfRange(script, i + 2, i + 2 + length);
                i += 2 + length;
                switch (what) {
                    case 0 -> client.pass(length == 0 ? 'P' : octets[0], pair(Fd.PACKETS, mine));
                    case 1 -> client.pass('P', pair(length % 2 == 0 ? Fd.STREAM : Fd.PACKETS, mine));
                    case 2 -> client.pass('P', length % 3 == 0 ? client.fd : length % 3);
                    case 3 -> {
                        if (!mine.isEmpty()) {         // datagrams, or not, at one that was passed
                            new RawOctets(mine.get(length % mine.size())).offer(octets);
                        }
                    }
                    case 4 -> {
                        if (length % 16 == 0) {
                            client.endsSending();
                        } else {
                            new RawOctets(client.fd).drain();
                        }
                    }
                    default -> new RawOctets(client.fd).offer(octets);
                }
            }
            new RawOctets(client.fd).drain();
            mine.forEach(call::close);
        }
        if (++rounds % ROUNDS_UNTIL_QUIET == 0) {
            nothingIsLeft();
        }
        assertThat(faults()).isEmpty();
    }

    private static void nothingIsLeft() throws InterruptedException {
        until(() -> server.desk().table().all().isEmpty() && server.sessions() == 0);
        until(() -> descriptors() <= descriptors);
    }

    private static Set<String> faults() {
        return LOG.list.stream().map(each -> each.getFormattedMessage() + (each.getThrowableProxy() == null
                ? "" : " " + each.getThrowableProxy().getClassName())).collect(Collectors.toSet());
    }

    /// One end, the other of which lives a little longer.
    private static int pair(int type, List<Integer> mine) {
        int one = Fd.mine().pair(type);
        int other = Fd.mine().second();
        mine.add(other);
        mine.add(one);
        return one;
    }

    private static void start(Path dir) throws Exception {
        Files.createDirectories(dir);
        ThresholdFilter loud = new ThresholdFilter();
        loud.setLevel(Level.WARN.levelStr);
        loud.start();
        LOG.addFilter(loud);
        LOG.list = new CopyOnWriteArrayList<>();
        LOG.start();
        ((Logger) LoggerFactory.getLogger("ROOT")).addAppender(LOG);
        host = new LoopbackHost(TcpConfig.DEFAULTS, new StreamServer.Limits(10_000, 60_000_000_000L));
        Rule all = Rule.everything(Credentials.own());
        server = ControlServer.open(dir.resolve("control.sock"), new ControlServer.Stack(new FakeSource(),
                new FakeSteering(), host.tcp, host.udp, host.echo, PooledByteBufAllocator.DEFAULT,
                        CLOCK, new Lookout()),
                List.of(all), ControlServer.Limits.DEFAULTS);
        descriptors = descriptors();
    }

    private static void stop() {
        server.close();
        host.close();
        assertThat(host.faults()).isZero();
        server = null;
        ((Logger) LoggerFactory.getLogger("ROOT")).detachAppender(LOG);
        assertThat(faults()).isEmpty();
    }

    @Test
    void survivesWhateverItIsSent() throws Exception {
        Path dir = Files.createTempDirectory("fuzz");
        start(dir);
        try {
            var rnd = new SplittableRandom(TestSeed.next());
            for (int round = 0; round < ROUNDS; round++) {
                fuzzerTestOneInput(script(rnd));
            }
            nothingIsLeft();
        } finally {
            stop();
            Files.delete(dir);
        }
    }

    private static byte[] script(SplittableRandom rnd) {
        var out = new java.io.ByteArrayOutputStream();
        for (int steps = 1 + rnd.nextInt(6); steps > 0; steps--) {
            int what = rnd.nextInt(3) == 0 ? rnd.nextInt(5) : 5;
            StringBuilder text = new StringBuilder();
            for (int n = 1 + rnd.nextInt(3); n > 0; n--) {
                text.append(PIECES[rnd.nextInt(PIECES.length)]);
            }
            byte[] octets = text.toString().getBytes(StandardCharsets.ISO_8859_1);
            for (int n = rnd.nextInt(4) == 0 ? rnd.nextInt(8) : 0; n > 0; n--) {
                octets[rnd.nextInt(octets.length)] = (byte) rnd.nextInt(256);
            }
            int length = Math.min(rnd.nextInt(4) == 0 ? rnd.nextInt(octets.length) : octets.length, 0x1fff);
            out.write(what | length >> 8 << 3);
            out.write(length & 255);
            out.write(octets, 0, length);
        }
        return out.toByteArray();
    }

    private static int descriptors() {
        String[] all = new File("/proc/self/fd").list();
        return all == null ? 0 : all.length;
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - untilNs).as("waited for too long: %d sockets, %d sessions,"
                    + " %d descriptors", server.desk().table().all().size(), server.sessions(), descriptors())
                    .isNegative();
            Thread.onSpinWait();
        }
    }
}
