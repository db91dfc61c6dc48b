package org.splnet.pcb;

/// With whom a socket is ready to share its port: what [PortTable] asks where two reservations meet.
///
/// @param address `SO_REUSEADDR`: with others that say so too, while none of them listens
/// @param port `SO_REUSEPORT`: with others of the same user that say so too, listening or not
/// @param user the id of the user whose socket it is
public record Sharing(boolean address, boolean port, int user) {
    /// Shares nothing.
    public static final Sharing NONE = new Sharing(false, false, -1);

    /// True if both may listen, or one listen where the other is bound.
    boolean withListener(Sharing other) {
        return port && other.port && user == other.user;
    }

    /// True if both may be bound while neither listens.
    boolean withBound(Sharing other) {
        return address && other.address || withListener(other);
    }
}
