package org.splnet.control;

import java.util.List;
import org.splnet.unix.Credentials;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;

/// What the processes of a user or group may. The first rule that fits a process is its own.
///
/// @param name of the rule, for whoever is refused by it: `group "dev"`
/// @param uid whom it is for; [#ANYBODY] for any user
/// @param gid whom it is for; [#ANYBODY] for any group
/// @param sockets may use sockets at all
/// @param bind local ends that may be bound; ports chosen by the stack always may
/// @param connect far ends that may be talked to
/// @param steer may change the daemon, and touch everybody's sockets
/// @param capture may see everybody's packets
/// @param quota how much
public record Rule(String name, int uid, int gid, boolean sockets, List<Ends> bind, List<Ends> connect,
        boolean steer, boolean capture, Quota quota) {

    /// Some addresses and ports.
    public record Ends(Cidr network, int firstPort, int lastPort) {
        /// All addresses.
        public static final Cidr EVERYWHERE = Cidr.parse("0.0.0.0/0");

        boolean contains(Endpoint end) {
            boolean there = end.addr().isUnspecified() ? network.prefix() == 0 : network.contains(end.addr());
            return there && end.port() >= firstPort && end.port() <= lastPort;
        }
    }

    /// How much all processes of one user may have together.
    ///
    /// @param sockets at once
    /// @param pending connects under way at once
    /// @param connectsPerSecond new connects in the long run; twice of it in a burst
    /// @param octets in the send and receive queues of their sockets; beyond it they are not read from
    public record Quota(int sockets, int pending, int connectsPerSecond, long octets) {
        /// As it is if nothing else is said.
        public static final Quota DEFAULTS = new Quota(65_536, 16_384, 100_000, 1L << 30);
    }

    /// No user, nor group, has this number. The kernel's have 32 bits and no sign, and so may be negative.
    public static final int ANYBODY = -1;

    private static final int PRIVILEGED = 1024;
    private static final List<Ends> ANY = List.of(new Ends(Ends.EVERYWHERE, 0, 65_535));

    /// Everything, for root and the daemon's own user.
    public static Rule everything(int uid) {
        return new Rule("uid " + Integer.toUnsignedString(uid), uid, ANYBODY, true, ANY, ANY, true, true,
                Quota.DEFAULTS);
    }

    /// What others may who get at the socket: look, and use sockets with unprivileged ports.
    public static Rule others() {
        return new Rule("others", ANYBODY, ANYBODY, true,
                List.of(new Ends(Ends.EVERYWHERE, PRIVILEGED, 65_535)), ANY, false, false, Quota.DEFAULTS);
    }

    /// True if it is for `who`.
    public boolean fits(Credentials who) {
        return (uid == ANYBODY || uid == who.uid()) && (gid == ANYBODY || who.in(gid));
    }
}
