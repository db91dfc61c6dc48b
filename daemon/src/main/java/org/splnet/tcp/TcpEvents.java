package org.splnet.tcp;

import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.socket.SockError;
import org.splnet.wire.Endpoint;

/// Tells who wants to know of listeners and connections. Any locks may be held.
final class TcpEvents {
    private static final String NAME = "tcp";

    private TcpEvents() {
    }

    static void listening(Endpoint local) {
        listener(EventKind.LISTENER_OPENED, local);
    }

    static void listensNoMore(Endpoint local) {
        listener(EventKind.LISTENER_CLOSED, local);
    }

    private static void listener(EventKind kind, Endpoint local) {
        if (Events.wanted(kind)) {
            Events.post(kind, "protocol", NAME, "local", local);
        }
    }

    static void opened(Tcb tcb) {
        if (Events.wanted(EventKind.CONNECTION_OPENED)) {
            Events.post(EventKind.CONNECTION_OPENED, "protocol", NAME, "local", tcb.local(), "remote",
                    tcb.remote(), "passive", tcb.passive);
        }
    }

    /// @param before the state it ended in
    /// @param error what its user is told; null for nothing
    static void ended(Tcb tcb, TcpState before, SockError error) {
        if (Events.wanted(EventKind.CONNECTION_CLOSED)) {
            // Both FINs are acknowledged in these two only; from any other state without an error it was us.
            boolean whole = before == TcpState.TIME_WAIT || before == TcpState.LAST_ACK;
            Events.post(EventKind.CONNECTION_CLOSED, "protocol", NAME, "local", tcb.local(), "remote",
                    tcb.remote(), "reason", error != null ? error.name() : whole ? "closed" : "aborted",
                    "state", before.label());
        }
    }
}
