package org.splnet.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.ip.Ip;
import org.splnet.ip.IpConfig;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.Entropy;
import org.splnet.net.AddressClaim;
import org.splnet.net.EtherIf;
import org.splnet.net.FakeDevice;
import org.splnet.net.Frames;
import org.splnet.net.LinkLayer;
import org.splnet.net.NetConfig;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Checksum;
import org.splnet.wire.EtherType;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// A client on an interface whose wire is the test, stepped by hand on virtual time.
abstract class DhcpBed {
    static final MacAddr OURS = MacAddr.parse("02:00:00:00:00:01");
    static final MacAddr SERVER = MacAddr.parse("02:00:00:00:00:99");
    static final long SECOND = 1_000_000_000L;

    /// A DHCP message that went out, and in what.
    record Out(MacAddr to, String source, String destination, DhcpMessage message) {
        MessageType type() {
            return MessageType.of(message.option(53)[0]);
        }
    }

    @TempDir
    Path dir;
    final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    final CalloutWheel wheel = new CalloutWheel(0, () -> { });
    final LinkLayer links = new LinkLayer(pool, wheel, Entropy.seeded(1), NetConfig.defaults());
    final FakeDevice device = new FakeDevice("fake0", OURS);
    final Queue<Runnable> chores = new ArrayDeque<>();
    final List<byte[]> arp = new ArrayList<>();
    final Queue<Out> dhcp = new ArrayDeque<>();
    Ip ip;
    EtherIf link;
    DhcpClient client;
    long nowNs;
    long wallOffset = 1_700_000_000_000L;

    @BeforeEach
    final void interfaceWithoutAddress() {
        ip = new Ip(IpConfig.DEFAULTS, links, wheel, Entropy.seeded(2));
        links.attach(ip);
        link = links.ethernet("eth0", device);
    }

    @AfterEach
    final void end() {
        if (client != null) {
            client.close();
        }
        run();
        ip.shutdown();
        links.detach(link, nowNs);
        Deferred.run();
    }

    final void begin(boolean release, boolean linkLocal) {
        Clock clock = new Clock() {
            @Override
            public long nanoTime() {
                return nowNs;
            }

            @Override
            public long wallMillis() {
                return wallOffset + nowNs / 1_000_000;
            }
        };
        client = new DhcpClient(link, new DhcpConfig("me", null, release, linkLocal, dir.toString()),
                new DhcpClient.Host(ip, wheel, clock, Entropy.seeded(3), chores::add),
                AddressClaim.Listener.NONE);
        client.start();
        pass(SECOND);
    }

    final void run() {
        int done;
        do {
            done = 0;
            for (Duty each : link.duties()) {
                done += each.poll(nowNs);
            }
        } while (done > 0);
        for (FakeDevice.Sent sent; (sent = device.take()) != null; ) {
            int type = ByteBuffer.wrap(sent.octets()).getShort(12) & 0xffff;
            if (type == EtherType.ARP) {
                arp.add(sent.octets());
            } else if (type == EtherType.IPV4) {
                dhcp.add(out(sent.octets()));
            }
        }
        for (Runnable chore; (chore = chores.poll()) != null; ) {
            chore.run();
        }
    }

    static Out out(byte[] frame) {
        ByteBuffer in = ByteBuffer.wrap(frame);
        assertThat(in.get(14 + 9)).isEqualTo((byte) 17);
        assertThat(in.getShort(34)).isEqualTo((short) 68);
        assertThat(in.getShort(36)).isEqualTo((short) 67);
        var message = new DhcpMessage().wrap(Unpooled.wrappedBuffer(frame), 42,
                frame.length - 42);
        assertThat(message.fits()).isTrue();
        return new Out(new MacAddr(in.getLong(0) >>> 16), Ip4Addr.toString(in.getInt(26)),
                Ip4Addr.toString(in.getInt(30)), message);
    }

    final void pass(long ns) {
        for (long left = ns; left > 0; left -= 16 * CalloutWheel.TICK_NS) {
            nowNs += Math.min(left, 16 * CalloutWheel.TICK_NS);
            wheel.advance(nowNs);
            Deferred.run();
            run();
        }
    }

    /// A datagram from the server's port 67 to our port 68.
    final void arrive(ServerMessage message, String destination, boolean broadcast, String source) {
        byte[] payload = message.octets();
        ByteBuffer out = ByteBuffer.allocate(28 + payload.length);
        out.put((byte) 0x45).put(2, (byte) (out.capacity() >>> 8)).put(3, (byte) out.capacity())
                .put(8, (byte) 64).put(9, (byte) 17).putInt(12, Ip4Addr.parse(source).bits())
                .putInt(16, Ip4Addr.parse(destination).bits());
        out.putShort(20, (short) 67).putShort(22, (short) 68).putShort(24, (short) (8 + payload.length))
                .position(28).put(payload);
        int sum = Checksum.sum(Unpooled.wrappedBuffer(out.array()), 0, 20);
        out.putShort(10, (short) Checksum.finish(sum));
        device.arrive(Frames.ether(broadcast ? MacAddr.BROADCAST : OURS, SERVER, EtherType.IPV4, out
                .array()));
        run();
    }

    final ServerMessage message(MessageType type, Out asked) {
        return new ServerMessage(type, asked.message().xid(), OURS).your("10.1.0.7")
                .lease("10.1.0.1", "255.255.255.0", 3600);
    }

    /// From DISCOVER to CHECKING, answered as the server likes.
    final void granted(boolean broadcast, ServerMessage... more) {
        Out discover = dhcp.remove();
        assertThat(discover.type()).isEqualTo(MessageType.DISCOVER);
        String to = broadcast ? "255.255.255.255" : "10.1.0.7";
        arrive(message(MessageType.OFFER, discover), to, broadcast, "10.1.0.1");
        Out request = dhcp.remove();
        assertThat(request.type()).isEqualTo(MessageType.REQUEST);
        arrive(more.length > 0 ? more[0] : message(MessageType.ACK, request).addresses(3, "10.1.0.1")
                .addresses(6, "10.1.0.53").text(15, "example.net").option(26, 5, 120), to, broadcast,
                "10.1.0.1");
        assertThat(client.info().state()).isEqualTo("checking");
        assertThat(link.addresses()).isEmpty();
    }

    final String own() {
        return Arrays.toString(link.addresses());
    }
}
