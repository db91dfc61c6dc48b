package org.splnet.tcp;

/// When a listener answers a SYN without remembering it (RFC 4987 §3.6).
public enum SynCookies {
    /// While its half-open connections are at their limit.
    AUTO,
    /// Always.
    ALWAYS,
    /// Never: the oldest half-open connection makes room.
    NEVER
}
