package org.splnet.tcp;

/// Who uses TCP Fast Open (RFC 7413).
public enum FastOpenMode {
    /// Nobody.
    OFF,
    /// Connections that we open.
    CLIENT,
    /// Listeners.
    SERVER,
    /// Both.
    BOTH
}
