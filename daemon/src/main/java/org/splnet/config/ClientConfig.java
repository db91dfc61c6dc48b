package org.splnet.config;

import java.util.List;
import org.splnet.wire.Cidr;

/// What the processes of a user or group may do by the control socket.
///
/// @param user name or number; null for any
/// @param group name or number; null for any
/// @param sockets may use sockets at all
/// @param bind local ends that may be bound
/// @param connect far ends that may be talked to
/// @param steer may change the daemon, and touch everybody's sockets
/// @param capture may see everybody's packets
/// @param quota how much
public record ClientConfig(String user, String group, boolean sockets, List<Ends> bind, List<Ends> connect,
        boolean steer, boolean capture, Quota quota) {
    /// Ends with these addresses and ports.
    public record Ends(Cidr network, int firstPort, int lastPort) { }

    /// How much the processes of one user may have together.
    ///
    /// @param sockets at once
    /// @param pending connects under way at once
    /// @param connectsPerSecond new connects in the long run
    /// @param octets in the queues of all their sockets
    public record Quota(int sockets, int pending, int connectsPerSecond, long octets) {
        /// As it is if nothing else is said.
        public static final Quota DEFAULTS = new Quota(65_536, 16_384, 100_000, 1L << 30);

        private static final int MOST = 16_777_216;

        public Quota {
            Ranges.within("sockets", sockets, 0, MOST);
            Ranges.within("pending", pending, 0, MOST);
            Ranges.within("connects-per-second", connectsPerSecond, 0, 10_000_000);
            Ranges.within("octets", octets, 65_536, 1L << 40);
        }
    }

    public ClientConfig {
        bind = List.copyOf(bind);
        connect = List.copyOf(connect);
    }
}
