package org.splnet.socket;

import io.netty.buffer.ByteBuf;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// A datagram socket as its user sees it.
public abstract non-sealed class DatagramSocket extends Socket {
    /// A datagram that came in. Owns one reference to `data`; the receiver releases it.
    ///
    /// @param data the payload, readable octets
    /// @param from the sender
    /// @param to where it was sent to: an address of ours or a broadcast address (RFC 1122, 4.1.3.5)
    public record Datagram(ByteBuf data, Endpoint from, Endpoint to) { }

    /// The oldest datagram, or null if none waits.
    ///
    /// @throws SocketException once, for an error reported by the network (connected sockets)
    public abstract Datagram receive() throws SocketException;

    /// Sends one datagram. Borrows `data`: its reader index moves to its end, a reference may be kept until
    /// it is sent.
    ///
    /// @param to destination; null for the peer. A connected socket may send elsewhere too, as on Linux, and
    ///     hears only its peer all the same
    public abstract void send(ByteBuf data, Endpoint to) throws SocketException;

    /// As [#send(ByteBuf, Endpoint)], from a given address of this host: a server answers from where it was
    /// asked.
    public abstract void send(ByteBuf data, Endpoint to, InetAddr from) throws SocketException;

    /// As [#send(ByteBuf, Endpoint, InetAddr)], in datagrams of a size (`UDP_SEGMENT`, udp(7)): up to 128,
    /// each of so many octets but the last, none of them fragmented. If it fails, `data` is read up to what
    /// went.
    ///
    /// @param from null for the socket's
    /// @param segment octets; 0 for all in one datagram, -1 for what the socket's options say
    public void send(ByteBuf data, Endpoint to, InetAddr from, int segment) throws SocketException {
        if (segment > 0) {
            throw new SocketException(SockError.EINVAL, "send in datagrams of " + segment + " octets");
        }
        send(data, to, from);
    }

    /// Sets the peer: only its datagrams come in, and errors are reported. Null undoes it.
    public abstract void connect(Endpoint remote) throws SocketException;

    /// Ends it; datagrams that wait are freed. Idempotent.
    @Override
    public abstract void close();

    /// Changes options of the open socket; who may share its port stays as it was when it was bound.
    @Override
    public abstract void options(SocketOptions options);

    /// The peer, or null.
    public abstract Endpoint remote();

    /// Octets that wait.
    public abstract int receiveQueued();
}
