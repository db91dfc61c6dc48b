package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.splnet.inet.FakeNetwork;
import org.splnet.kern.VirtualClock;
import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.InetAddr;
import org.splnet.wire.IpProto;
import org.splnet.wire.TcpHeader;

/// One direction of a link between two transports: loses, delays, reorders, duplicates and corrupts as its
/// seed says, cuts what is to be cut and sometimes merges it again.
final class Pipe {
    /// How bad it is; probabilities.
    record Weather(double loss, double duplicate, double corrupt, double merge, long delayNs,
            long jitterNs) { }

    private final VirtualClock clock;
    private final SplittableRandom rnd;
    private final Weather weather;
    private final FakeNetwork from;
    private final FakeNetwork to;
    private final InetAddr src;
    private final InetAddr dst;
    private Tcp receiver;
    long carried;

    Pipe(VirtualClock clock, SplittableRandom rnd, Weather weather, FakeNetwork from, FakeNetwork to,
            InetAddr src, InetAddr dst) {
        this.clock = clock;
        this.rnd = rnd;
        this.weather = weather;
        this.from = from;
        this.to = to;
        this.src = src;
        this.dst = dst;
    }

    void receiver(Tcp tcp) {
        receiver = tcp;
    }

    /// Takes what was sent.
    ///
    /// @return true if there was anything
    boolean pump() {
        boolean any = false;
        for (FakeNetwork.Sent sent; (sent = from.next()) != null; any = true) {
            Packet packet = sent.packet();
            byte[] octets = sent.octets();
            int gso = packet.gsoSize;
            packet.free();
            if (gso == 0 || rnd.nextDouble() < weather.merge) {
                carry(octets, gso);
            } else {
                cut(octets, gso);
            }
        }
        return any;
    }

    /// Segmentation as a device does it: FIN and PSH in the last one only.
    private void cut(byte[] octets, int gso) {
        int headerLen = (octets[12] & 0xf0) >>> 2;
        for (int at = headerLen; at < octets.length; at += gso) {
            int len = Math.min(gso, octets.length - at);
            byte[] one = Arrays.copyOf(octets, headerLen + len);
            System.arraycopy(octets, at, one, headerLen, len);
            ByteBuf buf = Unpooled.wrappedBuffer(one);
            TcpHeader header = new TcpHeader().wrap(buf, 0);
            header.seq(header.seq() + at - headerLen);
            if (at + len < octets.length) {
                header.flags(header.flags() & ~(TcpHeader.FIN | TcpHeader.PSH));
            }
            carry(one, 0);
        }
    }

    private void carry(byte[] octets, int gso) {
        complete(octets);
        if (rnd.nextDouble() < weather.loss) {
            return;
        }
        int copies = rnd.nextDouble() < weather.duplicate ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            byte[] arriving = octets.clone();
            if (rnd.nextDouble() < weather.corrupt) {
                arriving[rnd.nextInt(arriving.length)] ^= (byte) (1 << rnd.nextInt(8));
            }
            long jitter = weather.jitterNs == 0 ? 0 : rnd.nextLong(weather.jitterNs);
            clock.after(weather.delayNs + jitter, () -> deliver(arriving, gso));
        }
    }

    private void complete(byte[] octets) {
        ByteBuf buf = Unpooled.wrappedBuffer(octets);
        TcpHeader header = new TcpHeader().wrap(buf, 0).checksum(0);
        int sum = Checksum.pseudo(src.hi(), src.lo(), dst.hi(), dst.lo(), IpProto.TCP, octets.length);
        header.checksum(Checksum.finish(Checksum.add(sum, Checksum.sum(buf, 0, octets.length))));
    }

    private void deliver(byte[] octets, int gso) {
        carried++;
        if (Boolean.getBoolean("splnet.trace.pipe")) {
            TcpHeader h = new TcpHeader().wrap(Unpooled.wrappedBuffer(octets), 0);
            System.out.printf("%.3f %s > %s %d-%d %s seq %d ack %d win %d len %d gso %d%n",
                    clock.wallMillis() / 1e3, src, dst, h.srcPort(), h.dstPort(),
                    TcpHeader.flagString(h.flags()), h.seq(), h.ack(), h.window(),
                    octets.length - h.headerLen(), gso);
        }
        Packet packet = to.received(src, dst, IpProto.TCP, octets);
        packet.gsoSize = gso;
        receiver.input(packet, clock.nanoTime());
    }
}
