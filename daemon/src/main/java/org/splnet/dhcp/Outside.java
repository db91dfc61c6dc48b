package org.splnet.dhcp;

/// What a [DhcpMachine] does to the world. Called under its client's lock.
interface Outside {
    /// Sends a message; that it may be lost is the machine's business.
    void send(Request request, long nowNs);

    /// Wants [DhcpMachine#timeout] at a time, instead of any asked for before.
    void wakeAt(long atNs);

    /// Wants it no more.
    void sleep();

    /// Asks the link whether anybody has the address. [DhcpMachine#free] or [DhcpMachine#taken] follows, not
    /// from within this call.
    void check(Lease lease, long nowNs);

    /// Uses what was given, or goes on doing so.
    ///
    /// @param before what was in use, or null
    void use(Lease lease, Lease before, long nowNs);

    /// Does not use it any more, or stops checking.
    ///
    /// @param why for people, or null if it was not in use yet
    void drop(Lease lease, String why, long nowNs);

    /// A server does not give what it was asked for, and nothing is in use.
    ///
    /// @param why for people
    void refused(String why);

    /// There is nothing any more to be asked for after a restart.
    void forget();

    /// Nobody has given an address for a while: [Patience].
    void unanswered(long nowNs);
}
