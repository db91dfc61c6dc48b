package org.splnet.tcp;

import java.util.ArrayList;
import java.util.List;
import org.splnet.socket.SockError;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// What a TCP still has of its connections, for tests of whole stacks. Counted one after the other: exact
/// when nothing happens any more.
///
/// @param connections endpoints in the table but TIME-WAITs, half-open ones included
/// @param timeWaits connections in TIME-WAIT
/// @param orphans connections without a user
/// @param halfOpen connections of listeners that are not complete
/// @param portUses uses of local ports
/// @param octets received and not read
public record Remains(int connections, int timeWaits, int orphans, int halfOpen, int portUses, long octets) {
    private static final int PORTS = 1 << 16;

    /// @param address the host's only one; ports are also counted where they are bound to any
    public static Remains of(Tcp tcp, InetAddr address) {
        int timeWaits = tcp.timeWaits.size();
        List<TcpListener> listeners = new ArrayList<>();
        tcp.listeners.forEach(listeners::add);
        int halfOpen = listeners.stream().mapToInt(TcpListener::halfOpen).sum();
        int uses = 0;
        for (int port = 1; port < PORTS; port++) {
            uses += tcp.ports.uses(address.hi(), address.lo(), port)
                    + tcp.ports.uses(Ip4Addr.ANY.hi(), Ip4Addr.ANY.lo(), port);
        }
        return new Remains(tcp.connections() - timeWaits, timeWaits, tcp.orphans.size(), halfOpen, uses,
                tcp.receiveMemoryHeld());
    }

    /// Has the connection of a socket vanish without a word to the peer, as if its host had lost power.
    public static void vanish(StreamSocket socket) {
        ((TcpSocket) socket).vanish(SockError.ECONNABORTED);
        socket.close();
    }
}
