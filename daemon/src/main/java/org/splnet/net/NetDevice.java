package org.splnet.net;

import org.splnet.wire.MacAddr;

/// An open network device: what a driver gives the stack.
public interface NetDevice extends AutoCloseable {
    /// The device's own name, as the host's administrator sees it.
    String name();

    /// The station address the stack uses on it.
    MacAddr mac();

    /// Largest IP packet in octets. May change while the device is open. Any thread.
    int mtu();

    /// Bits of [org.splnet.pkt.Offload].
    int offloads();

    /// How many queues it has, at least one; each is read by one thread.
    int queues();

    /// One queue.
    DeviceQueue queue(int index);

    /// True while something is at the other end of the cable: frames that are sent without it are lost. Any
    /// thread; a change wakes the reader.
    default boolean carrier() {
        return true;
    }

    /// How often, since it was opened, the link was interrupted and back before anybody could see [#carrier]
    /// false. Any thread; a change wakes the reader.
    default int flaps() {
        return 0;
    }

    /// A descriptor with which a later run can open the same device again ([DeviceSpec#descriptor]) without
    /// its link going down meanwhile; -1 for none. The device's own: to be passed on, not closed.
    default int descriptor() {
        return -1;
    }

    /// Closes it and undoes what opening did (addresses, bridge membership; a persistent device stays).
    /// Readers in [DeviceQueue#await] return and [DeviceQueue#receive] returns -1 from now on. Idempotent.
    @Override
    void close();
}
