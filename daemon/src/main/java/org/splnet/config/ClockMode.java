package org.splnet.config;

/// Whose time the daemon goes by.
public enum ClockMode {
    /// The system's.
    SYSTEM,
    /// Nobody's: it stands still until it is advanced.
    MANUAL
}
