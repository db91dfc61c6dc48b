package org.splnet.inet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.InetAddr;

/// A network protocol that keeps what it is given: for tests of transports without `ip`. Packets handed
/// down wait in [#next] and belong to it; [#close] frees what nobody took. Safe for use by several threads
/// as far as [#output] goes.
public final class FakeNetwork implements Network, AutoCloseable {
    /// The host's own address.
    public static final InetAddr HOST = InetAddr.parse("10.0.0.1");
    /// Another host.
    public static final InetAddr PEER = InetAddr.parse("10.0.0.2");
    /// The subnet's broadcast address.
    public static final InetAddr SUBNET_BROADCAST = InetAddr.parse("10.0.0.255");

    /// One packet that went down.
    ///
    /// @param packet as it was given, addresses filled in from the path
    /// @param path the way it went
    /// @param atNs when
    public record Sent(Packet packet, Path path, long atNs) {
        /// All octets from the transport header on, copied.
        public byte[] octets() {
            byte[] all = new byte[packet.length()];
            int head = packet.end - packet.start;
            packet.buf.getBytes(packet.start, all, 0, head);
            int at = head;
            for (int i = 0; i < packet.pieces(); i++) {
                packet.pieceBuf(i).getBytes(packet.pieceAt(i), all, at, packet.pieceLen(i));
                at += packet.pieceLen(i);
            }
            return all;
        }
    }

    private static final int TCP_HEADER = 20;

    private final PacketPool pool;
    private final Set<InetAddr> locals = new LinkedHashSet<>();
    private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
    private final List<Transport> transports = new ArrayList<>();
    /// What [#output] answers; the packet is recorded only if that is [Output#SENT].
    public volatile Output answer = Output.SENT;
    /// MTU of the interface of new paths.
    public volatile int mtu = 1500;
    /// More than that is known not to get through on new paths.
    public volatile int lowered = Integer.MAX_VALUE;
    /// MTU that a path is found to have when something larger is to go along it, which is refused.
    public volatile int narrows = Integer.MAX_VALUE;
    /// Largest send of new paths, 0 for what the MTU allows.
    public volatile int largestSend;
    /// True if nothing has a route.
    public volatile boolean unreachable;
    /// How often a transport asked for "port unreachable".
    public volatile int portUnreachables;

    /// A network with pooled direct buffers.
    public FakeNetwork() {
        this(PooledByteBufAllocator.DEFAULT);
    }

    /// A network with these buffers.
    public FakeNetwork(ByteBufAllocator allocator) {
        pool = new PacketPool(allocator);
        locals.add(HOST);
        locals.add(InetAddr.parse("127.0.0.1"));
    }

    /// One more address of this host.
    public void addLocal(InetAddr address) {
        locals.add(address);
    }

    /// Address taken away.
    public void removeLocal(InetAddr address) {
        locals.remove(address);
    }

    /// The oldest packet that went down and was not taken, null if none; the caller frees it.
    public Sent next() {
        return sent.poll();
    }

    /// How many wait in [#next].
    public int waiting() {
        return sent.size();
    }

    /// A received packet with the transport's octets in a buffer of its own, as `ip` hands it up: `l3`
    /// points at 20 octets of nothing in front of it.
    public Packet received(InetAddr from, InetAddr to, int proto, byte[] octets) {
        ByteBuf buf = pool.allocator().directBuffer(20 + octets.length);
        buf.writeZero(20).writeBytes(octets);
        return received(from, to, proto, buf);
    }

    /// As above with a given buffer, whose octets from 20 are the transport's. Consumes `buf`.
    public Packet received(InetAddr from, InetAddr to, int proto, ByteBuf buf) {
        Packet packet = pool.wrap(buf, 0, buf.writerIndex());
        packet.l3 = 0;
        packet.l4 = 20;
        packet.start = 20;
        packet.proto = proto;
        packet.ttl = 64;
        packet.srcHi = from.hi();
        packet.srcLo = from.lo();
        packet.dstHi = to.hi();
        packet.dstLo = to.lo();
        return packet;
    }

    /// The counter of drops for that reason.
    public long drops(DropReason reason) {
        return pool.drops().count(reason);
    }

    @Override
    public void attach(Transport transport) {
        transports.add(transport);
    }

    @Override
    public Path path(InetAddr local, InetAddr remote, long nowNs) {
        if (unreachable || local != null && !local.isUnspecified() && !locals.contains(local)) {
            return null;
        }
        InetAddr source = local == null || local.isUnspecified()
                ? remote.isLoopback() || locals.contains(remote) ? remote : HOST : local;
        FakePath path = new FakePath(source.hi(), source.lo(), remote.hi(), remote.lo());
        path.linkMtu = mtu;
        path.mtu = Math.min(mtu, lowered);
        path.largestSend = largestSend;
        path.loopback = locals.contains(remote);
        return path;
    }

    @Override
    public Output output(Packet packet, Path path, long nowNs) {
        packet.srcHi = path.localHi();
        packet.srcLo = path.localLo();
        packet.dstHi = path.remoteHi();
        packet.dstLo = path.remoteLo();
        Output now = fits(packet, (FakePath) path) ? answer : Output.TOO_BIG;
        if (now != Output.SENT) {
            packet.free();
            return now;
        }
        sent.add(new Sent(packet, path, nowNs));
        return now;
    }

    private boolean fits(Packet packet, FakePath path) {
        int segment = packet.gsoSize == 0 ? packet.length() : TCP_HEADER + packet.gsoSize;
        boolean fits = path.headerLength() + segment <= narrows;
        path.mtu = fits ? path.mtu : narrows;
        return fits;
    }

    @Override
    public boolean isLocal(long hi, long lo) {
        return locals.contains(InetAddr.of(hi, lo));
    }

    @Override
    public boolean isBroadcast(long hi, long lo) {
        return hi == 0 && (lo == 0xffff_ffff_ffffL || lo == SUBNET_BROADCAST.lo());
    }

    @Override
    public void portUnreachable(Packet packet, long nowNs) {
        portUnreachables++;
    }

    @Override
    public PacketPool pool() {
        return pool;
    }

    @Override
    public void close() {
        for (Sent each; (each = next()) != null; ) {
            each.packet().free();
        }
    }
}
