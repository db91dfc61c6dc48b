package org.splnet.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.splnet.service.status.AddressStatus;
import org.splnet.service.status.LeaseStatus;
import org.splnet.service.status.NeighborStatus;
import org.splnet.service.status.PingStatus;
import org.splnet.service.status.RelayStatus;
import org.splnet.service.status.RouteStatus;

/// What may be changed of a running stack. Called by any thread, one call at a time per connection, holding
/// nothing; may take as long as it takes.
public interface Steering {
    /// A clock that is advanced by hand.
    ///
    /// @param nowNs its time, of no meaning but against other readings
    /// @param nextDueNs when the next callout is due, in nanoseconds from now; negative if it is overdue,
    ///     [Long#MAX_VALUE] if there is none
    record ClockReading(long nowNs, long nextDueNs) { }

    /// What is logged.
    ///
    /// @param level of every subsystem without one of its own
    /// @param levels of every subsystem
    record LogLevels(String level, Map<String, String> levels) { }

    /// What is to be captured.
    ///
    /// @param filter in the language of pcap-filter(7); null for everything
    /// @param interfaces their names; empty for all
    /// @param snaplen most octets kept of a frame
    /// @param count frames after which it ends; 0 for no end
    /// @param dropped true for only those frames that the stack drops
    record CaptureSpec(String filter, List<String> interfaces, int snaplen, long count, boolean dropped) { }

    /// What became of a configuration that was read again.
    ///
    /// @param changed what is other than before, in words
    /// @param restart what stays as it was until the daemon is started anew
    /// @param failed what the stack, as it is, does not let be
    record Reloaded(List<String> changed, List<String> restart, List<String> failed) { }

    /// Reads the configuration again and goes by it, as far as that can be without a restart. No connection
    /// ends by it.
    ///
    /// @throws Refusal if something is wrong with it; then all is as before
    Reloaded reload();

    /// Switches the witness of the lock order.
    ///
    /// @throws IllegalArgumentException saying which modes there are
    void witness(String mode);

    /// Forgets what the witness has counted.
    void forgetLocks();

    /// Reads the clock.
    ///
    /// @throws IllegalStateException saying why there is none to be advanced
    ClockReading clock();

    /// Lets time pass.
    ///
    /// @param ns 0 or more
    /// @return how many callouts fired
    /// @throws IllegalStateException saying why it cannot be done now
    int advance(long ns);

    /// Opens a relay.
    ///
    /// @param asked `{"publish": {"listen": "…", "to": "…"}}`, or of another kind, with the keys of the
    ///     configuration
    /// @throws IllegalArgumentException saying what is wrong, and what is allowed
    /// @throws IllegalStateException saying why it cannot be had now
    RelayStatus openRelay(JsonNode asked);

    /// Ends a relay and resets its connections.
    ///
    /// @return false if there is none of that number
    boolean closeRelay(int id);

    /// Returns the stack to its first moment.
    void reset();

    /// Gives an interface an address.
    ///
    /// @param probe true to make sure first that nobody else has it (RFC 5227), which takes seconds
    /// @return the address as it is now
    /// @throws Refusal if there is no such interface, or it cannot have that address
    AddressStatus addAddress(String interfaceName, String address, boolean probe);

    /// Takes an address away, also one that is still being probed for. Connections bound to it are left as
    /// they are: they send nothing and hear nothing until it comes back or they time out.
    ///
    /// @throws Refusal if it is not there
    void removeAddress(String interfaceName, String address);

    /// Adds a static route.
    ///
    /// @param via the router; null for destinations on the link
    /// @param interfaceName the link; null for the one the router is on
    /// @return the route as it is now
    /// @throws Refusal if it cannot be
    RouteStatus addRoute(String to, String via, String interfaceName, int metric);

    /// Removes static routes.
    ///
    /// @param via the router; null for whichever
    /// @throws Refusal if there is none
    void removeRoute(String to, String via);

    /// Enters a neighbor for good.
    ///
    /// @return the neighbor as it is now
    /// @throws Refusal if it cannot be
    NeighborStatus addNeighbor(String interfaceName, String address, String mac);

    /// Forgets a neighbor, entered or found out.
    ///
    /// @throws Refusal if it is not known
    void removeNeighbor(String interfaceName, String address);

    /// Renews a DHCP lease now, or asks for one.
    ///
    /// @return how the interface stands
    /// @throws Refusal if it has no DHCP client
    LeaseStatus renewLease(String interfaceName);

    /// Gives a DHCP lease back, and asks for none until [#renewLease]. Connections bound to its address fare
    /// as with [#removeAddress].
    ///
    /// @return how the interface stands
    /// @throws Refusal if it has no DHCP client
    LeaseStatus releaseLease(String interfaceName);

    /// What is logged.
    LogLevels logLevels();

    /// Changes what is logged.
    ///
    /// @param subsystem null for all that have no level of their own
    /// @param level its name; for a subsystem also `default`, to have none of its own any more
    /// @throws Refusal if there is no such subsystem or level
    void logLevel(String subsystem, String level);

    /// Prepares a capture: nothing is looked at before it is started.
    ///
    /// @return a stream in pcapng
    /// @throws Refusal if there is no such interface, or the filter is none
    PullStream capture(CaptureSpec spec);

    /// Sends an echo request and waits for the reply.
    ///
    /// @param octets of data
    /// @throws Refusal if the address is no host's, or too many wait already
    PingStatus ping(String address, int octets, long timeoutNs);
}
