package org.splnet.netif.tap;

import org.splnet.net.DeviceException;
import org.splnet.unix.Errno;

/// How a descriptor came to its TAP.
///
/// @param created true if the device was made by it, false if it was there
/// @param flags what further descriptors have to ask for: bits `IFF_`
record Attachment(boolean created, int flags) {
    private static final int ASKED = TunIoctl.IFF_TAP | TunIoctl.IFF_NO_PI | TunIoctl.IFF_VNET_HDR
            | TunIoctl.IFF_MULTI_QUEUE;

    /// A descriptor that was open before this process was. A device that goes with its descriptors was made
    /// by them; one that stays may be anybody's, and is left as it is.
    ///
    /// @param several true if further descriptors are to join it
    /// @return null if it is no TAP of that name any more, or takes one descriptor only
    static Attachment kept(TunIoctl tun, String name, boolean several) {
        int flags = tun.flags(name);
        boolean tap = flags >= 0 && (flags & TunIoctl.IFF_TAP) != 0 && (flags & TunIoctl.IFF_NO_PI) != 0;
        boolean joinable = (flags & TunIoctl.IFF_MULTI_QUEUE) != 0;
        boolean created = (flags & TunIoctl.IFF_PERSIST) == 0;
        return tap && (joinable || !several) ? new Attachment(created, flags & ASKED) : null;
    }

    /// Creates the TAP, or, if one of that name exists, attaches to it.
    ///
    /// @param several true if further descriptors are to join it
    static Attachment make(TunIoctl tun, String name, HostLink host, boolean several)
            throws DeviceException {
        int features = tun.features();
        boolean vnetHeader = features >= 0 && (features & TunIoctl.IFF_VNET_HDR) != 0;
        int flags = TunIoctl.IFF_TAP | TunIoctl.IFF_NO_PI | (vnetHeader ? TunIoctl.IFF_VNET_HDR : 0)
                | (several ? TunIoctl.IFF_MULTI_QUEUE : 0);
        int result = tun.setIff(name, flags | TunIoctl.IFF_TUN_EXCL);
        if (result >= 0) {
            return new Attachment(true, flags);
        }
        Link existing = host.find(name);
        if (existing == null || result != -Errno.EBUSY) {
            throw OpenFailure.attaching(name, -result, existing);
        }
        if (existing.multiQueue()) {
            flags |= TunIoctl.IFF_MULTI_QUEUE;          // it has to be said, though we be its only one
        }
        result = tun.setIff(name, flags);
        if (result < 0) {
            throw OpenFailure.attaching(name, -result, existing);
        }
        return new Attachment(false, flags);
    }

    boolean vnetHeader() {
        return (flags & TunIoctl.IFF_VNET_HDR) != 0;
    }
}
