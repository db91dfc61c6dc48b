package org.splnet.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.kern.FaultLog;
import org.splnet.net.EtherIf;
import org.splnet.net.FakeDevice;
import org.splnet.net.Frames;
import org.splnet.net.LinkLayer;
import org.splnet.net.NetConfig;
import org.splnet.net.NetIf;
import org.splnet.net.NetworkProtocol;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.MacAddr;

/// A capture and the fates of what it shows, with a network protocol in the test's hands.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class CaptureTest {
    private static final int TYPE = 0x88b5;             // for experiments (IEEE 802, 9.2.3)
    private static final MacAddr OURS = MacAddr.parse("02:00:00:00:00:01");
    private static final MacAddr PEER = MacAddr.parse("02:00:00:00:00:99");
    private static final byte[] FRAME = Frames.ether(OURS, PEER, TYPE, new byte[46]);

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private final LinkLayer links = new LinkLayer(pool, new CalloutWheel(0, () -> { }), Entropy.seeded(1),
            NetConfig.defaults());
    private final FakeDevice device = new FakeDevice("fake0", OURS);
    private final EtherIf nic = links.ethernet("eth0", device);
    private final CaptureRoom room = new CaptureRoom(1 << 20);
    private final PcapngReader reader = new PcapngReader();
    private final Semaphore news = new Semaphore(0);
    private Consumer<Packet> input = Packet::free;
    private Capture capture;

    @BeforeEach
    void start() throws Exception {
        links.attach(new NetworkProtocol() {
            @Override
            public int etherType() {
                return TYPE;
            }

            @Override
            public void input(Packet packet, NetIf from, long nowNs) {
                input.accept(packet);
            }
        });
        capture = new Capture(List.of(nic), new Capture.Spec(null, 100, 0, false), "a test", room);
        capture.start(news::release);
        draw();
    }

    @AfterEach
    void stop() {
        capture.close();
        links.detach(nic, 0);
        Deferred.run();
    }

    private void draw() {
        for (byte[] piece; (piece = capture.next()) != null; ) {
            reader.read(piece);
        }
    }

    private void arrive(Consumer<Packet> how) {
        input = how;
        device.arrive(FRAME);
        nic.duties().getFirst().poll(0);
    }

    private void send() {
        Packet packet = pool.allocate(10);
        packet.append(10);
        nic.outputGroup(packet, MacAddr.MASK, TYPE, 0);
        Deferred.run();
    }

    private List<String> shown() {
        return reader.packets.stream().map(each -> (each.direction() == 1 ? "in " : "out ")
                + each.comment()).toList();
    }

    @Test
    void aFrameStandsBeforeWhatItBringsAboutAndIsShownWhenItsFateIsKnown() throws Exception {
        arrive(packet -> {
            send();
            draw();
            assertThat(reader.packets).as("neither it nor what is behind it").isEmpty();
            packet.drop(DropReason.IP_NO_PROTO);
            draw();
            assertThat(reader.packets).as("more might still be said of it").isEmpty();
        });
        assertThat(news.tryAcquire(30, TimeUnit.SECONDS)).as("somebody was told").isTrue();
        draw();
        assertThat(shown()).containsExactly("in dropped: ip-no-proto", "out null");
        assertThat(device.take().octets()).hasSize(24);
    }

    @Test
    void whatFaultsIsDropped() {
        FaultLog.system().clear();
        arrive(packet -> {
            throw new IllegalStateException("on purpose");
        });
        arrive(packet -> {
            packet.blame(DropReason.TCP_NO_MEMORY);
            packet.free();
        });
        arrive(packet -> packet.drop(DropReason.ICMP_CONSUMED));
        draw();
        assertThat(shown()).containsExactly("in dropped: internal-error", "in dropped: tcp-no-memory",
                "in null");
        assertThat(pool.drops().count(DropReason.TCP_NO_MEMORY)).isEqualTo(1);
        FaultLog.system().clear();
    }

    @Test
    void whatIsKeptIsPassedWhateverBecomesOfItLater() {
        Packet[] kept = new Packet[1];
        arrive(packet -> kept[0] = packet);
        draw();
        kept[0].drop(DropReason.NO_BUFFERS);
        arrive(Packet::free);                   // maybe in the same object
        capture.close();
        arrive(packet -> {
            assertThat(packet.fate).as("nobody looks").isNull();
            packet.free();
        });
        draw();
        assertThat(shown()).containsExactly("in null", "in null");
    }

    @Test
    void whatTheFilterOfOneLeavesOutTheOtherHas() throws Exception {
        PcapngReader others = new PcapngReader();
        try (Capture other = new Capture(List.of(nic), new Capture.Spec(null, 100, 0, true), "a test",
                room)) {
            other.start(() -> { });
            arrive(Packet::free);
            arrive(packet -> packet.drop(DropReason.IP_NO_PROTO));
            for (byte[] piece; (piece = other.next()) != null; ) {
                others.read(piece);
            }
        }
        draw();
        assertThat(shown()).containsExactly("in null", "in dropped: ip-no-proto");
        assertThat(others.packets).singleElement().matches(each -> each.comment() != null);
    }

    /// Whatever their number, and whether or not anybody reads from them.
    @Test
    void allCapturesHaveBoundedRoom() throws Exception {
        List<Capture> others = new ArrayList<>();
        assertThatIllegalStateException().isThrownBy(() -> {
            while (true) {
                others.add(new Capture(List.of(nic), new Capture.Spec(null, 100, 0, false), "a test", room));
            }
        }).withMessageContaining("end some");
        assertThat(others).hasSize(3);                  // and the one that there is anyway
        others.getFirst().close();
        others.getFirst().close();
        others.add(new Capture(List.of(nic), new Capture.Spec(null, 100, 0, false), "a test", room));
        assertThat(room.take()).isZero();
        others.forEach(Capture::close);
    }
}
