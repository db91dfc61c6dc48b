package org.splnet.netif.tap;

import org.splnet.net.DeviceException;

/// How a descriptor came to its TAP.
///
/// @param created true if the device was made by it, false if it was there
/// @param vnetHeader true if each frame has a virtio header in front
record Attachment(boolean created, boolean vnetHeader) {
    /// Creates the TAP, or, if one of that name exists, attaches to it.
    static Attachment make(TunIoctl tun, String name, HostLink host) throws DeviceException {
        int features = tun.features();
        boolean vnetHeader = features >= 0 && (features & TunIoctl.IFF_VNET_HDR) != 0;
        int flags = TunIoctl.IFF_TAP | TunIoctl.IFF_NO_PI | (vnetHeader ? TunIoctl.IFF_VNET_HDR : 0);
        int result = tun.setIff(name, flags | TunIoctl.IFF_TUN_EXCL);
        if (result >= 0) {
            return new Attachment(true, vnetHeader);
        }
        Link existing = host.find(name);
        if (existing == null || result != -Errno.EBUSY) {
            throw OpenFailure.attaching(name, -result, existing);
        }
        result = tun.setIff(name, flags);
        if (result < 0) {
            throw OpenFailure.attaching(name, -result, existing);
        }
        return new Attachment(false, vnetHeader);
    }
}
