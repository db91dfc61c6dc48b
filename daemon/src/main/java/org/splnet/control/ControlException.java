package org.splnet.control;

import org.splnet.relay.HostException;

/// There can be no control socket. The message names the cause and the cure in one line.
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean permission;

    ControlException(HostException why) {
        super("control: " + why.getMessage(), why);
        this.permission = why.permission();
    }

    ControlException(String what, Exception why) {
        super("control: " + what, why);
        this.permission = false;
    }

    /// True if it is a permission that is missing.
    public boolean permission() {
        return permission;
    }
}
