package org.splnet.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.splnet.config.ControlConfig;
import picocli.CommandLine.Option;

/// Which daemon is asked, by its control socket.
class ControlSource {
    private static final String VARIABLE = "SPLNET_SOCKET";

    @Option(names = "--socket", paramLabel = "PATH",
            description = "The daemon's control socket (default: $" + VARIABLE + ", else "
                    + ControlConfig.SOCKET + ").")
    private String socket;

    /// The one that can be steered.
    ControlClient control(Host host) throws Failure {
        String named = named(host);
        return client(named == null ? ControlConfig.SOCKET : named);
    }

    /// By the option.
    final boolean isNamed() {
        return socket != null;
    }

    /// By the option or the environment; null if by neither.
    final String named(Host host) {
        if (socket != null) {
            return socket;
        }
        String variable = host.environment(VARIABLE);
        return variable == null || variable.isEmpty() ? null : variable;
    }

    static ControlClient client(String path) throws Failure {
        try {
            return new ControlClient(Path.of(path));
        } catch (InvalidPathException e) {
            throw new Failure(Sysexits.USAGE, "--socket: " + e.getMessage());
        }
    }
}
