package org.splnet.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `splnet socks`.
@Command(header = {"Has the host be a SOCKS5 proxy into the running stack, until the daemon ends.", ""},
        footer = {"", "Examples:",
            "  splnet socks tcp://127.0.0.1:1080",
            "  splnet socks unix:///run/splnet/socks.sock",
            "  splnet socks tcp://127.0.0.1:1080 --user ann --password-file /etc/splnet/socks",
            "  curl --proxy socks5h://127.0.0.1:1080 http://10.88.0.1/",
            "  splnet relays --remove 1"})
final class SocksCommand extends RelayCommand {
    @Parameters(index = "0", paramLabel = "LISTEN",
            description = "Where the host listens: tcp://ADDRESS:PORT, a loopback address, or unix:///PATH.")
    private String listen;

    @Option(names = "--user", paramLabel = "NAME",
            description = "Ask for this user and a password (RFC 1929).")
    private String user;

    @Option(names = "--password-file", paramLabel = "FILE",
            description = "The password is the first line of this file.")
    private Path passwordFile;

    SocksCommand(Host host) {
        super("socks", host);
    }

    @Override
    void describe(ObjectNode relay) throws Failure {
        relay.put("listen", listen);
        if (user != null) {
            relay.put("user", user);
        }
        if (passwordFile != null) {
            relay.put("password", password());
        }
    }

    private Failure unreadable(IOException e) {
        return new Failure(Sysexits.USAGE, "--password-file: cannot read " + passwordFile + ": "
                + Failure.words(e));
    }

    private String password() throws Failure {
        try (Stream<String> lines = Files.lines(passwordFile)) {
            return lines.findFirst().orElse("");
        } catch (IOException e) {
            throw unreadable(e);
        } catch (UncheckedIOException e) {
            throw unreadable(e.getCause());
        }
    }
}
