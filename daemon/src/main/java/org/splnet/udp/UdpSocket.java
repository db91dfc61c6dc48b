package org.splnet.udp;

import io.netty.buffer.ByteBuf;
import org.splnet.kern.Deferred;
import org.splnet.socket.DatagramInfo;
import org.splnet.socket.InboxSocket;
import org.splnet.socket.SocketException;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// A UDP socket as its user sees it. Safe for use by any thread.
public final class UdpSocket extends InboxSocket {
    private final Udp udp;
    private final UdpPcb pcb;

    UdpSocket(Udp udp, UdpPcb pcb) {
        super(pcb.inbox);
        this.udp = udp;
        this.pcb = pcb;
    }

    @Override
    public void send(ByteBuf data, Endpoint to) throws SocketException {
        send(data, to, null);
    }

    @Override
    public void send(ByteBuf data, Endpoint to, InetAddr from) throws SocketException {
        send(data, to, from, -1);
    }

    @Override
    public void send(ByteBuf data, Endpoint to, InetAddr from, int segment) throws SocketException {
        long nowNs = udp.clock().nanoTime();
        pcb.lock.lock();
        try {
            pcb.inbox.check("send");
            int each = segment < 0 ? pcb.inbox.options().segment() : segment;
            udp.output().send(pcb, data, to, from, each, nowNs);
        } finally {
            pcb.lock.unlock();
            Deferred.run();
        }
    }

    @Override
    public void connect(Endpoint remote) throws SocketException {
        long nowNs = udp.clock().nanoTime();
        pcb.lock.lock();
        try {
            pcb.inbox.check("connect");
            if (remote == null) {
                udp.disconnect(pcb);
            } else {
                udp.connect(pcb, remote, nowNs);
            }
        } finally {
            pcb.lock.unlock();
            Deferred.run();
        }
    }

    @Override
    public void close() {
        udp.close(pcb);
        Deferred.run();
    }

    @Override
    public DatagramInfo info() {
        return pcb.info();
    }

    @Override
    public String toString() {
        return "udp " + local() + " " + info().tag();
    }
}
