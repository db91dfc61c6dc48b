package org.splnet.icmp;

import io.netty.buffer.ByteBuf;
import org.splnet.kern.Deferred;
import org.splnet.socket.DatagramInfo;
import org.splnet.socket.InboxSocket;
import org.splnet.socket.SocketException;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// A socket for ICMP echo as its user sees it: datagrams are ICMP messages, the port of its own end is its
/// identifier. Safe for use by any thread.
public final class EchoSocket extends InboxSocket {
    private final EchoProtocol protocol;
    private final EchoPcb pcb;

    EchoSocket(EchoProtocol protocol, EchoPcb pcb) {
        super(pcb.inbox);
        this.protocol = protocol;
        this.pcb = pcb;
    }

    /// Sends an echo request: of `data`, its type and code must say so, its identifier and checksum are
    /// replaced.
    ///
    /// @throws SocketException EINVAL for anything but an echo request
    @Override
    public void send(ByteBuf data, Endpoint to) throws SocketException {
        send(data, to, null);
    }

    @Override
    public void send(ByteBuf data, Endpoint to, InetAddr from) throws SocketException {
        long nowNs = protocol.clock().nanoTime();
        pcb.lock.lock();
        try {
            pcb.inbox.check("send");
            protocol.output().send(pcb, data, to, from, nowNs);
        } finally {
            pcb.lock.unlock();
            Deferred.run();
        }
    }

    @Override
    public void connect(Endpoint remote) throws SocketException {
        long nowNs = protocol.clock().nanoTime();
        pcb.lock.lock();
        try {
            pcb.inbox.check("connect");
            protocol.connect(pcb, remote, nowNs);
        } finally {
            pcb.lock.unlock();
            Deferred.run();
        }
    }

    @Override
    public void close() {
        protocol.close(pcb);
        Deferred.run();
    }

    @Override
    public DatagramInfo info() {
        return pcb.info();
    }

    @Override
    public String toString() {
        return "icmp " + local();
    }
}
