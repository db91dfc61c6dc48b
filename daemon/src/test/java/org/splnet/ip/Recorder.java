package org.splnet.ip;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.splnet.inet.NetworkError;
import org.splnet.inet.Transport;
import org.splnet.pkt.Packet;
import org.splnet.wire.InetAddr;

/// A transport that keeps what it is told.
final class Recorder implements Transport {
    /// A datagram as it was handed up.
    record Datagram(InetAddr src, InetAddr dst, int flags, int ttl, int tos, int rcvIf, byte[] payload) {
        boolean has(int flag) {
            return (flags & flag) == flag;
        }
    }

    /// An error as it was reported.
    record Error(NetworkError.Kind kind, int mtu, InetAddr local, InetAddr remote, byte[] quoted) {
    }

    private final int number;
    final ArrayDeque<Datagram> datagrams = new ArrayDeque<>();
    final ArrayDeque<Error> errors = new ArrayDeque<>();
    /// Sees each packet before it is freed, if set.
    Consumer<Packet> peek = packet -> { };
    /// Runs for each error before it is kept.
    Runnable onError = () -> { };
    boolean keep = true;
    /// Whether the datagrams that met errors are its own.
    boolean owner = true;

    Recorder(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public void input(Packet packet, long nowNs) {
        peek.accept(packet);
        if (keep) {
            byte[] payload = new byte[packet.end - packet.l4];
            packet.buf.getBytes(packet.l4, payload);
            datagrams.add(new Datagram(InetAddr.of(packet.srcHi, packet.srcLo),
                    InetAddr.of(packet.dstHi, packet.dstLo), packet.flags, packet.ttl, packet.tos,
                            packet.rcvIf,
                    payload));
        }
        packet.free();
    }

    @Override
    public boolean error(NetworkError error, long nowNs) {
        onError.run();
        byte[] quoted = new byte[error.len];
        error.buf.getBytes(error.at, quoted);
        errors.add(new Error(error.kind, error.mtu, InetAddr.of(error.localHi, error.localLo),
                InetAddr.of(error.remoteHi, error.remoteLo), quoted));
        return owner;
    }
}
