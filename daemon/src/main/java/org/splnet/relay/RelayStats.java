package org.splnet.relay;

import java.util.concurrent.atomic.LongAdder;

/// Counters of one relay. Any thread.
final class RelayStats {
    /// Connections that came in and were let in.
    final LongAdder total = new LongAdder();
    /// Connections reset because there were as many as allowed.
    final LongAdder refused = new LongAdder();
    /// Connections for which the other side could not be had.
    final LongAdder failed = new LongAdder();
    /// Connections reset because nothing moved on them.
    final LongAdder idleTimeouts = new LongAdder();
    /// Connections that one side has reset.
    final LongAdder resets = new LongAdder();
    /// Datagrams thrown away: too many flows, nobody there, or more than the other side takes.
    final LongAdder dropped = new LongAdder();
    /// Octets from the host into the stack.
    final LongAdder octetsToStack = new LongAdder();
    /// Octets from the stack to the host.
    final LongAdder octetsToHost = new LongAdder();
}
