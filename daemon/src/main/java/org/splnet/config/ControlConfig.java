package org.splnet.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/// The control socket.
///
/// @param socket path of the Unix socket; empty for none
/// @param clients who may what, the first that fits; nobody listed is as if `[[control.client]]` were empty
public record ControlConfig(String socket, List<ClientConfig> clients) {
    /// Where it is if nothing else is said, and where `splnet` looks for it.
    public static final String SOCKET = "/run/splnet/control.sock";
    /// As it is if nothing else is said.
    public static final ControlConfig DEFAULTS = new ControlConfig(SOCKET);

    /// sun_path has 108 octets, and a name beside it is needed while the socket is being made.
    private static final int LONGEST = 100;

    /// With nobody listed.
    public ControlConfig(String socket) {
        this(socket, List.of());
    }

    public ControlConfig {
        clients = List.copyOf(clients);
        if (!socket.isEmpty() && !usable(socket)) {
            throw new IllegalArgumentException("socket: must be an absolute path of at most " + LONGEST
                    + " octets, or \"\" for none");
        }
    }

    private static boolean usable(String text) {
        try {
            Path path = Path.of(text);
            return path.isAbsolute() && path.getFileName() != null
                    && text.getBytes(StandardCharsets.UTF_8).length <= LONGEST;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /// True if there is to be a socket.
    public boolean enabled() {
        return !socket.isEmpty();
    }

    /// True if the daemon is not to start without its socket. At the default path somebody else's daemon may
    /// be, or this one may lack the right to be there; who names a path of its own means it.
    public boolean required() {
        return enabled() && !socket.equals(SOCKET);
    }
}
