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
    interface Question<T> {
        T ask() throws Failure;
    }

    /// One of the two, asked.
    private interface Asked<C, T> {
        T ask(C client) throws Failure;
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
        return read(host, socket -> socket.ask("GET", resource, null), page -> page.read(resource));
    }

    /// Reads what is no JSON.
    ///
    /// @param query behind the path for the control socket
    /// @param type by which the status page knows what is meant
    byte[] document(String path, String query, String type, Host host) throws Failure {
        return read(host, socket -> socket.document(path + query), page -> page.document(path, type));
    }

    private <T> T read(Host host, Asked<ControlClient, T> bySocket, Asked<StatusClient, T> byPage)
            throws Failure {
        if (url != null && socket != null) {
            throw new Failure(Sysexits.USAGE, "--url and --socket: only one of them can be asked");
        }
        if (url != null) {
            return byPage.ask(page(host));
        }
        String named = named(host);
        if (named != null) {
            return bySocket.ask(client(named));
        }
        return firstOf(() -> bySocket.ask(client(ControlConfig.SOCKET)), () -> byPage.ask(page(host)));
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
    /// neither answers, what there is to be said is what is wrong with the socket.
    static <T> T firstOf(Question<T> socket, Question<T> page) throws Failure {
        try {
            return socket.ask();
        } catch (ControlClient.Unreachable first) {
            try {
                return page.ask();
            } catch (Failure second) {
                throw first;
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

    private StatusClient page(Host host) throws Failure {
        return new StatusClient(StatusUrl.find(url, Path.of(StatusUrl.CONFIG), host.drivers()));
    }

    private static ControlClient client(String path) throws Failure {
        try {
            return new ControlClient(Path.of(path));
        } catch (InvalidPathException e) {
            throw new Failure(Sysexits.USAGE, "--socket: " + e.getMessage());
        }
    }
}
