package org.splnet.net;

import java.io.IOException;

/// A device could not be opened or has failed. The message is for the administrator: what, why, and the cure.
public final class DeviceException extends IOException {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
