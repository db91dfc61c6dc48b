package org.splnet.dhcp;

import org.splnet.kern.Labels;

/// How far a client has come (RFC 2131 §4.4).
///
/// ```text
///   INIT ─▶ SELECTING ─▶ REQUESTING ─▶ CHECKING ─▶ BOUND ─▶ RENEWING ─▶ REBINDING ─▶ INIT
///   INIT_REBOOT ─▶ REBOOTING ─────────────┘          ▲──────────┴───────────┘
/// ```
enum DhcpState {
    /// Not asked for.
    OFF,
    /// Waits before it asks.
    INIT,
    /// Asks who has an address.
    SELECTING,
    /// Has been offered one and asks for it.
    REQUESTING,
    /// Has been given it and makes sure that nobody uses it (§3.1 (5), RFC 5227).
    CHECKING,
    /// Uses it.
    BOUND,
    /// Asks the server for more time.
    RENEWING,
    /// Asks whichever server for more time.
    REBINDING,
    /// Waits before it asks whether what it had still is its own.
    INIT_REBOOT,
    /// Asks that.
    REBOOTING;

    /// Its name for people.
    String label() {
        return Labels.of(this);
    }
}
