package org.splnet;

import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.unix.Datagram;

/// Tells the service manager how the daemon fares (sd_notify(3)): a datagram to the Unix socket named by the
/// environment's `NOTIFY_SOCKET`.
final class SdNotify {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");

    /// `-errno`, 0 after a success: a watchdog that cannot be fed says so once.
    private static volatile int lastFailure;

    private SdNotify() {
    }

    /// Sends `state`, lines of `NAME=VALUE`; does nothing where nobody listens.
    static void send(String state) {
        send(System.getenv("NOTIFY_SOCKET"), state, -1);
    }

    /// Gives the service manager a descriptor to keep over a restart (`FDSTORE=1`), or, if it has it already,
    /// does nothing. It is kept even if its device goes (`FDPOLL=0`), for it may be given another.
    static void store(String name, int descriptor) {
        send(System.getenv("NOTIFY_SOCKET"), "FDSTORE=1\nFDPOLL=0\nFDNAME=" + name, descriptor);
    }

    /// Has the service manager forget what it keeps under a name.
    static void forget(String name) {
        send("FDSTOREREMOVE=1\nFDNAME=" + name);
    }

    /// @param socket path, or `@` and an abstract name; null for nobody
    /// @param descriptor -1 for none
    /// @return true if it was sent
    static boolean send(String socket, String state, int descriptor) {
        if (socket == null || socket.isEmpty()) {
            return false;
        }
        byte[] path = socket.getBytes(StandardCharsets.UTF_8);
        if (path.length >= Datagram.PATH_MAX) {
            LOG.warn("service manager not told: name too long socket={}", socket);
            return false;
        }
        if (path[0] == '@') {
            path[0] = 0;
        }
        byte[] octets = state.getBytes(StandardCharsets.UTF_8);
        int sent = Datagram.send(path, octets, descriptor);
        if (sent != octets.length && sent != lastFailure) {
            LOG.warn("service manager not told socket={} errno={}", socket, -sent);
        }
        lastFailure = sent == octets.length ? 0 : sent;
        return sent == octets.length;
    }
}
