package org.splnet.net;

/// The largest IP packet that is sent by an interface: what its device takes at the moment, and no more than
/// the network is known to take.
///
/// Lock key:  (c) constant   (i) volatile, written under the table's lock, rank `INTERFACES`
///            (t) the table's lock, rank `INTERFACES`
final class LinkMtu {
    private final NetDevice device;                 // (c)
    private final IfTable interfaces;               // (c)
    private volatile int octets;                    // (i)
    private volatile int heard;                     // (i) from the device
    private int limit = Integer.MAX_VALUE;          // (t)

    LinkMtu(NetDevice device, IfTable interfaces) {
        this.device = device;
        this.interfaces = interfaces;
        heard = device.mtu();
        octets = heard;
    }

    int octets() {
        return octets;
    }

    /// @param most octets the network takes; 0 if it sets no limit
    void limit(int most) {
        interfaces.lock().lock();
        try {
            limit = most == 0 ? Integer.MAX_VALUE : most;
            fit();
        } finally {
            interfaces.lock().unlock();
        }
    }

    /// Asks the device, which may have another by now.
    void follow() {
        if (device.mtu() == heard) {
            return;
        }
        interfaces.lock().lock();
        try {
            heard = device.mtu();
            fit();
        } finally {
            interfaces.lock().unlock();
        }
    }

    private void fit() {
        int next = Math.min(heard, limit);
        if (next != octets) {
            octets = next;
            interfaces.renewed();
        }
    }
}
