package org.splnet.control;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.Socket;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.unix.Credentials;
import org.splnet.wire.Endpoint;

/// A socket that a client has. One of the three kinds is there.
///
/// @param id its number
/// @param owner whose it is
/// @param protocol `tcp`, [#UDP] or [#ICMP]
/// @param stream a connection, or null
/// @param listener a listener, or null
/// @param datagram a datagram socket, or null
record Lent(long id, Owner owner, String protocol, StreamSocket stream, ListenSocket listener,
        DatagramSocket datagram) {
    static final String TCP = "tcp";
    static final String UDP = "udp";
    static final String ICMP = "icmp";

    static Lent stream(long id, Owner owner, StreamSocket socket) {
        return new Lent(id, owner, TCP, socket, null, null);
    }

    static Lent listener(long id, Owner owner, ListenSocket socket) {
        return new Lent(id, owner, TCP, null, socket, null);
    }

    static Lent datagram(long id, Owner owner, String protocol, DatagramSocket socket) {
        return new Lent(id, owner, protocol, null, null, socket);
    }

    /// A far end as rules see it: ICMP has no ports, and one that a client names means nothing.
    static Endpoint ruled(String protocol, Endpoint remote) {
        return protocol.equals(ICMP) ? new Endpoint(remote.addr(), 0) : remote;
    }

    /// The one of the three that is there.
    Socket socket() {
        return stream != null ? stream : listener != null ? listener : datagram;
    }

    /// Octets that wait in it, in either direction.
    long queued() {
        return stream != null ? stream.receiveQueued() + (long) stream.sendQueued()
                : datagram != null ? datagram.receiveQueued() : 0;
    }

    /// What it is, for people.
    Map<String, Object> show() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("socket", id);
        Credentials who = owner.who();
        all.put("owner", Map.of("pid", who.pid(), "uid", Integer.toUnsignedLong(who.uid()),
                "gid", Integer.toUnsignedLong(who.gid()),
                "groups", Arrays.stream(who.groups()).mapToLong(Integer::toUnsignedLong).toArray(),
                "program", owner.program()));
        all.put("protocol", protocol);
        if (stream != null) {
            all.put("state", stream.state());
            all.put("local", stream.local().toString());
            all.put("remote", stream.remote().toString());
        } else if (listener != null) {
            all.put("state", "LISTEN");
            all.put("local", listener.local().toString());
        } else {
            all.put("local", datagram.local().toString());
            all.put("remote", datagram.remote() == null ? null : datagram.remote().toString());
        }
        // As in /v1/sockets.
        all.put("receiveQueue", stream != null ? stream.receiveQueued()
                : listener != null ? listener.queued() : datagram.receiveQueued());
        all.put("sendQueue", stream != null ? stream.sendQueued()
                : listener != null ? listener.backlog() : 0);
        all.put("details", socket().details());
        return all;
    }

    /// Closes the connection as its user would, but does not wait: how long `close` lingers is the client's
    /// affair, and here it would hold up everybody.
    void closeStream() {
        SocketOptions now = stream.options();
        if (now.lingerNs() > 0) {
            stream.options(now.withLinger(-1));
        }
        stream.close();
    }

    /// Ends the socket; whoever passes its octets on finds it ended.
    void end() {
        if (stream != null) {
            stream.abort();
        } else {
            socket().close();
        }
    }
}
