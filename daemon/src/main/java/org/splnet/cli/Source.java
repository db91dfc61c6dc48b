package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.splnet.config.ControlConfig;
import picocli.CommandLine.Option;

/// Which daemon is asked, and how: its control socket, or, to look only, its status page.
final class Source extends ControlSource {
    /// A question to one of the two.
    interface Question<T> {
        T ask() throws Failure;
    }

    /// One of the two, asked.
    private interface Asked<C, T> {
        T ask(C client) throws Failure;
    }

    @Option(names = "--url", paramLabel = "URL",
            description = "The status page instead, which is asked too where the default socket cannot be"
                    + " reached (default: at the first address in "
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
        if (url != null && isNamed()) {
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

    @Override
    ControlClient control(Host host) throws Failure {
        if (url != null) {
            throw new Failure(Sysexits.USAGE, "--url: the status page changes nothing: leave it out, or"
                    + " name the control socket with --socket PATH");
        }
        return super.control(host);
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

    private StatusClient page(Host host) throws Failure {
        return new StatusClient(StatusUrl.find(url, Path.of(StatusUrl.CONFIG), host.drivers()));
    }
}
