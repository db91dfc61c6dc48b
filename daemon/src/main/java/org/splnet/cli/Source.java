package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.splnet.config.ControlConfig;
import picocli.CommandLine.Option;

/// Which daemon is asked, and how: its control socket, or, to look only, its status page.
final class Source {
    private static final String VARIABLE = "SPLNET_SOCKET";

    /// A question to one of the two.
    interface Question {
        JsonNode ask() throws Failure;
    }

    @Option(names = "--socket", paramLabel = "PATH",
            description = "The daemon's control socket (default: $" + VARIABLE + ", else "
                    + ControlConfig.SOCKET + "; where that cannot be reached, the status page).")
    private String socket;

    @Option(names = "--url", paramLabel = "URL",
            description = "The status page to ask instead (default: at the first address in "
                    + StatusUrl.CONFIG + ", else " + StatusUrl.QUICKSTART + ").")
    private String url;

    /// Reads a resource.
    JsonNode read(String resource, Host host) throws Failure {
        if (url != null && socket != null) {
            throw new Failure(Sysexits.USAGE, "--url and --socket: only one of them can be asked");
        }
        if (url != null) {
            return page(resource, host);
        }
        String named = named(host);
        if (named != null) {
            return client(named).ask("GET", resource, null);
        }
        return firstOf(() -> client(ControlConfig.SOCKET).ask("GET", resource, null),
                () -> page(resource, host));
    }

    /// The one that can be steered.
    ControlClient control(Host host) throws Failure {
        if (url != null) {
            throw new Failure(Sysexits.USAGE, "--url: the status page changes nothing: leave it out, or"
                    + " name the control socket with --socket PATH");
        }
        String named = named(host);
        return client(named == null ? ControlConfig.SOCKET : named);
    }

    /// The page where the socket cannot be reached: the daemon may have none, or not for this user. If
    /// neither answers, a missing permission is what there is to be said.
    static JsonNode firstOf(Question socket, Question page) throws Failure {
        try {
            return socket.ask();
        } catch (ControlClient.Unreachable first) {
            try {
                return page.ask();
            } catch (Failure second) {
                throw first.exitCode() == Sysexits.NOPERM ? first : second;
            }
        }
    }

    private String named(Host host) {
        if (socket != null) {
            return socket;
        }
        String variable = host.environment(VARIABLE);
        return variable == null || variable.isEmpty() ? null : variable;
    }

    private JsonNode page(String resource, Host host) throws Failure {
        return new StatusClient(StatusUrl.find(url, Path.of(StatusUrl.CONFIG), host.drivers()))
                .read(resource);
    }

    private static ControlClient client(String path) throws Failure {
        try {
            return new ControlClient(Path.of(path));
        } catch (InvalidPathException e) {
            throw new Failure(Sysexits.USAGE, "--socket: " + e.getMessage());
        }
    }
}
