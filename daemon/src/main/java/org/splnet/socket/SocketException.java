package org.splnet.socket;

import java.io.IOException;

/// A socket call failed.
public final class SocketException extends IOException {
    private static final long serialVersionUID = 1L;

    private final SockError error;

    /// @param what the call and its object: `connect 10.0.0.1:80`
    public SocketException(SockError error, String what) {
        super(what + ": " + error.text() + " (" + error + ")");
        this.error = error;
    }

    /// The reason.
    public SockError error() {
        return error;
    }
}
