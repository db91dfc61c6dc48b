package org.splnet.tcp;

/// What is done about explicit congestion notification (RFC 3168) when a connection begins.
public enum EcnMode {
    /// Neither asked for nor granted.
    OFF,
    /// Granted to peers that ask.
    PASSIVE,
    /// Asked for too.
    ON
}
