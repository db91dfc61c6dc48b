package org.splnet.net;

import java.util.Arrays;

/// Ethernet type → network protocol, for all interfaces of one stack. A handful at most, so a scan of a
/// short array beats any table. Attached at start; read by any thread.
///
/// Lock key:  (v) volatile, written under the interface table's lock, rank `INTERFACES`
final class Protocols {
    private volatile NetworkProtocol[] attached = {};    // (v)

    /// @throws IllegalStateException if that type is taken
    void attach(NetworkProtocol protocol) {
        if (find(protocol.etherType()) != null) {
            throw new IllegalStateException("Ethernet type 0x" + Integer.toHexString(protocol.etherType())
                    + " has a protocol already");
        }
        NetworkProtocol[] next = Arrays.copyOf(attached, attached.length + 1);
        next[attached.length] = protocol;
        attached = next;
    }

    /// The protocol of that type, or null.
    NetworkProtocol find(int etherType) {
        for (NetworkProtocol each : attached) {
            if (each.etherType() == etherType) {
                return each;
            }
        }
        return null;
    }
}
