package org.splnet.tcp;

import io.netty.buffer.PooledByteBufAllocator;
import org.splnet.inet.Network;
import org.splnet.inet.Path;
import org.splnet.inet.Transport;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.InetAddr;

/// A network that frees what it is given: what is measured ends where TCP ends.
final class Nowhere extends Path implements Network {
    private static final long MAPPED = 0xffff_0000_0000L;

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);

    @Override
    public Output output(Packet packet, Path path, long nowNs) {
        packet.free();
        return Output.SENT;
    }

    @Override
    public PacketPool pool() {
        return pool;
    }

    @Override
    public void attach(Transport transport) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path path(InetAddr local, InetAddr remote, long nowNs) {
        return this;
    }

    @Override
    public boolean isLocal(long hi, long lo) {
        return false;
    }

    @Override
    public boolean isBroadcast(long hi, long lo) {
        return false;
    }

    @Override
    public void portUnreachable(Packet packet, long nowNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long localHi() {
        return 0;
    }

    @Override
    public long localLo() {
        return MAPPED | 0x0a58_0002L;
    }

    @Override
    public long remoteHi() {
        return 0;
    }

    @Override
    public long remoteLo() {
        return MAPPED | 0x0a58_0001L;
    }

    @Override
    public int mtu() {
        return 1500;
    }

    @Override
    public int linkMtu() {
        return 1500;
    }

    @Override
    public void lowerMtu(int lower, long nowNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int headerLength() {
        return 20;
    }

    @Override
    public int largestSend() {
        return 1480;
    }

    @Override
    public boolean loopback() {
        return false;
    }

    @Override
    public void confirm(long nowNs) {
        // nobody to be confirmed
    }

    @Override
    public void renew(long nowNs) {
        // nothing changes
    }

    @Override
    public void suspect(long nowNs) {
        // nobody to be suspected
    }
}
