package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.capture.PcapngReader;
import org.splnet.config.ClockMode;
import org.splnet.config.ControlConfig;
import org.splnet.config.InterfaceConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.control.PullStream;
import org.splnet.control.Refusal;
import org.splnet.control.Steering.CaptureSpec;
import org.splnet.kern.Clock;
import org.splnet.net.Frames;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;
import org.splnet.wire.MacAddr;

/// Captures of a running daemon.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class DaemonCaptureTest {
    private static final long PATIENCE_S = 30;
    private static final int IN = 1;
    private static final int OUT = 2;
    private static final MacAddr PEER = MacAddr.parse("02:00:00:00:00:01");
    private static final byte[] REQUEST = Frames.request(PEER, "10.9.0.1", "10.9.0.2");

    private final WireDriver wire = new WireDriver();
    private final Semaphore news = new Semaphore(0);
    private final PcapngReader reader = new PcapngReader();
    private Splnetd daemon;

    @BeforeEach
    void start() throws Exception {
        SplnetConfig d = SplnetConfig.defaults();
        InterfaceConfig one = new InterfaceConfig("w0", "wire", null, 0, List.of(Cidr.parse("10.9.0.2/24")),
                false, Map.of());
        daemon = Splnetd.start(new SplnetConfig(ClockMode.SYSTEM, d.locks(), d.witness(), List.of(one),
                List.of(), List.of(), d.net(), d.ip(), d.udp(), d.tcp(), d.services(), List.of(),
                new ControlConfig(""), d.log()), new Drivers(List.of(wire)));
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private PullStream capture(String filter, List<String> interfaces, int snaplen, long count) {
        return capture(new CaptureSpec(filter, interfaces, snaplen, count, false));
    }

    private PullStream capture(CaptureSpec spec) {
        PullStream stream = daemon.steering().capture(spec);
        stream.start(news::release);
        return stream;
    }

    private void drawUntil(PullStream stream, BooleanSupplier enough) throws Exception {
        while (true) {
            for (byte[] piece; (piece = stream.next()) != null; ) {
                reader.read(piece);
            }
            if (enough.getAsBoolean()) {
                return;
            }
            assertThat(news.tryAcquire(PATIENCE_S, TimeUnit.SECONDS)).as("%s", reader.packets).isTrue();
        }
    }

    @Test
    void framesInAndOutWithTheirTimes() throws Exception {
        long before = Clock.system().wallNanos();
        daemon.answer();
        try (PullStream stream = capture(null, List.of("w0"), 262_144, 0)) {
            assertThat(stream.type()).isEqualTo("application/x-pcapng");
            wire.arrive(REQUEST);
            drawUntil(stream, () -> reader.packets.stream().anyMatch(DaemonCaptureTest::answer));
            assertThat(reader.interfaces).containsExactly("w0");
            assertThat(reader.linkTypes).containsExactly(1);
            assertThat(new String(reader.section.get(4))).startsWith("splnet ");
            var in = reader.packets.stream().filter(each -> each.direction() == IN).findFirst().orElseThrow();
            assertThat(in.octets()).isEqualTo(REQUEST);
            var out = reader.packets.stream().filter(DaemonCaptureTest::answer).toList().getLast();
            while (wire.sent.stream().noneMatch(each -> Arrays.equals(each, out.octets()))) {
                Thread.onSpinWait();            // it was shown before it was sent
            }
            assertThat(in.timeNs()).isBetween(before, Clock.system().wallNanos());
            assertThat(stream.ended()).isFalse();
        }
        wire.arrive(REQUEST);
        daemon.close();
    }

    /// Of ARP, unlike the announcements.
    private static boolean answer(PcapngReader.Captured frame) {
        return frame.direction() == OUT && frame.octets()[13] == 6 && frame.octets()[21] == 2;
    }

    @Test
    void loopbackIsSeenOnceAndCutToTheLengthAskedForAndEnds() throws Exception {
        daemon.tcp().listen(Endpoint.parse("127.0.0.1:99"), 1, SocketOptions.DEFAULTS);
        try (PullStream stream = capture(null, List.of("lo"), 30, 3)) {
            daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:99"), SocketOptions.DEFAULTS);
            drawUntil(stream, stream::ended);
            assertThat(reader.linkTypes).containsExactly(1);
            assertThat(reader.packets).hasSize(3).allSatisfy(each -> {
                assertThat(each.direction()).isEqualTo(IN);
                assertThat(each.octets()).hasSize(30).containsSequence(8, 0, 0x45);
                assertThat(each.length()).isGreaterThanOrEqualTo(54);
            });
            assertThat(reader.statistics.get(0)).containsEntry(8, 3L).containsEntry(5, 0L);
            assertThat(stream.next()).isNull();
        }
    }

    /// A datagram from the peer, octet by octet, the IP checksum right.
    private static byte[] udp(int port, int udpChecksum, int identification, int fragment, int octets) {
        ByteBuffer ip = ByteBuffer.allocate(28 + octets);
        ip.put((byte) 0x45).put((byte) 0).putShort((short) ip.capacity()).putShort((short) identification);
        ip.putShort((short) fragment).put((byte) 64).put((byte) 17).putShort((short) 0);
        ip.putInt(0x0a090001).putInt(0x0a090002);
        ip.putShort((short) 5000).putShort((short) port).putShort((short) (8 + octets));
        ip.putShort((short) udpChecksum);
        int sum = 0;
        for (int i = 0; i < 20; i += 2) {
            sum += ip.getShort(i) & 0xffff;
        }
        ip.putShort(10, (short) ~((sum & 0xffff) + (sum >>> 16)));
        return Frames.ether(WireDriver.MAC, PEER, 0x800, ip.array());
    }

    private static byte[] spoiled(byte[] frame, int at) {
        byte[] other = frame.clone();
        other[at] ^= 0x40;
        return other;
    }

    private List<String> comments(int direction) {
        return reader.packets.stream().filter(each -> each.direction() == direction)
                .map(PcapngReader.Captured::comment).toList();
    }

    private Optional<PcapngReader.Captured> error() {
        return reader.packets.stream().filter(each -> each.direction() == OUT && each.octets()[14 + 9] == 1)
                .findFirst();
    }

    @Test
    void whatIsDroppedHasItsReason() throws Exception {
        daemon.answer();
        List<byte[]> frames = List.of(REQUEST, udp(9, 0, 1, 0, 8), udp(9, 0x1234, 2, 0, 8),
                spoiled(udp(9, 0, 3, 0, 8), 14 + 10), new byte[5],
                Frames.request(PEER, "10.9.0.1", "10.9.0.77"), udp(9, 0, 4, 0x2000, 8), REQUEST);
        try (PullStream stream = capture(null, List.of("w0"), 262_144, 0)) {
            frames.forEach(wire::arrive);
            drawUntil(stream, () -> comments(IN).size() == frames.size() && error().isPresent());
            assertThat(comments(IN)).containsExactly(null, "dropped: udp-no-port",
                    "dropped: udp-bad-checksum", "dropped: ip-bad-checksum", "dropped: ether-short",
                    "dropped: arp-not-for-us", null, null);
            assertThat(reader.packets.stream().filter(each -> each.direction() == IN)
                    .map(PcapngReader.Captured::octets)).usingElementComparator(Arrays::compare)
                    .containsExactlyElementsOf(frames);
            // The error that the second brought about comes behind it, and is not dropped.
            assertThat(reader.packets.indexOf(error().orElseThrow())).isGreaterThan(1);
            assertThat(comments(OUT)).allMatch(each -> each == null);
        }
    }

    @Test
    void onLoopbackASegmentForNobodyIsDroppedAndTheAnswerIsNot() throws Exception {
        try (PullStream stream = capture(null, List.of("lo"), 262_144, 0)) {
            daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:98"), SocketOptions.DEFAULTS);
            drawUntil(stream, () -> comments(IN).contains(null));
            int answer = comments(IN).indexOf(null);
            assertThat(comments(OUT)).isEmpty();
            assertThat(reader.packets.get(answer).octets()[14 + 20 + 13] & 4).as("RST").isNotZero();
            assertThat(comments(IN).subList(0, answer)).as("a SYN, which may have been sent again")
                    .isNotEmpty().containsOnly("dropped: tcp-no-endpoint");
        }
    }

    @Test
    void ofADatagramInFragmentsTheOneThatBringsItAlongHasTheReason() throws Exception {
        daemon.answer();
        byte[] first = udp(9, 0x1234, 7, 0x2000, 8);
        byte[] second = udp(9, 0, 7, 2, 8);
        try (PullStream stream = capture(null, List.of("w0"), 262_144, 0)) {
            wire.arrive(first);
            wire.arrive(second);
            wire.arrive(first);
            drawUntil(stream, () -> comments(IN).size() == 3);
            assertThat(comments(IN)).containsExactly(null, "dropped: udp-bad-checksum", null);
        }
    }

    @Test
    void onlyWhatIsDroppedIfThatIsWanted() throws Exception {
        daemon.answer();
        try (PullStream stream = capture(new CaptureSpec(null, List.of(), 262_144, 2, true))) {
            for (int i = 0; i < 100; i++) {
                wire.arrive(REQUEST);
            }
            wire.arrive(new byte[3]);
            wire.arrive(REQUEST);
            wire.arrive(udp(9, 0x1234, 1, 0, 8));
            drawUntil(stream, stream::ended);
            assertThat(comments(IN)).containsExactly("dropped: ether-short", "dropped: udp-bad-checksum");
            assertThat(reader.statistics.get(1)).containsEntry(8, 2L).containsEntry(5, 0L);
        }
    }

    @Test
    void whatWaitsForANeighborThatIsNotThereComesWhenItIsDropped() throws Exception {
        daemon.answer();
        try (PullStream stream = capture(null, List.of("w0"), 262_144, 0)) {
            daemon.tcp().connect(null, Endpoint.parse("10.9.0.50:7"), SocketOptions.DEFAULTS);
            drawUntil(stream, () -> comments(OUT).contains("dropped: neighbor-unreachable"));
            assertThat(reader.packets).filteredOn(each -> each.comment() != null).allSatisfy(each ->
                    assertThat(each.octets()).startsWith(0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 8, 0, 0x45));
        }
    }

    @Test
    void whatFindsNoRoomIsCounted() throws Exception {
        try (PullStream stream = capture(null, List.of(), 100, 0)) {
            for (int i = 0; i < 9000; i++) {
                wire.arrive(REQUEST);
            }
            while (counted() < 9000) {
                Thread.onSpinWait();
            }
            drawUntil(stream, () -> reader.interfaces.size() == 2);
            // From here on nobody draws until all frames have passed.
            reader.packets.clear();
            reader.statistics.clear();
            for (int i = 0; i < 20_000; i++) {
                wire.arrive(REQUEST);
            }
            while (counted() < 29_000) {
                Thread.onSpinWait();
            }
            reader.read(stream.next());
            assertThat(reader.statistics.get(1)).as("behind the first piece").isNotNull();
            assertThat(reader.statistics.get(1).get(5)).isBetween(20_000L - 8192, 29_000L);
        }
    }

    private long counted() {
        return daemon.source().interfaces().get(1).counters().get("in-packets");
    }

    @Test
    void whatCannotBeCapturedIsRefused() {
        assertThatThrownBy(() -> capture(null, List.of("w1"), 100, 0)).isInstanceOf(Refusal.class)
                .hasMessageContaining("there is lo, w0");
        assertThatThrownBy(() -> capture("x".repeat(5000), List.of(), 100, 0))
                .hasMessageContaining("longer than 4096");
        assertThatThrownBy(() -> capture("a\0b", List.of(), 100,
                0)).hasMessageContaining("control characters");
        assertThatThrownBy(() -> capture("tcp", List.of(), 100, 0))
                .hasMessageContaining("netif-pcap is not installed");
    }
}
