package org.splnet.control;

/// There can be no control socket. The message names the cause and the cure in one line.
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean permission;

    ControlException(boolean permission, String message, Throwable cause) {
        super(message, cause);
        this.permission = permission;
    }

    /// True if it is a permission that is missing.
    public boolean permission() {
        return permission;
    }
}
