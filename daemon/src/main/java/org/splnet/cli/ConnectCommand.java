package org.splnet.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `splnet connect`: netcat's client on the stack.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class,
        sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Connects standard input and output to a TCP port, through the stack.", ""},
        description = {"", "Ends when the peer does. Exit code 69 if it cannot connect, 74 if the connection",
            "breaks.", ""},
        footer = {"", "Examples:", "  splnet connect 10.88.0.1 80",
            "  splnet connect --source 10.88.0.2:1023 10.88.0.1 514 < file"})
final class ConnectCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(index = "0", paramLabel = "ADDRESS", description = "The IPv4 address to connect to.")
    private String address;

    @Parameters(index = "1", paramLabel = "PORT", description = "Its TCP port.")
    private int port;

    @Option(names = "--source", paramLabel = "ADDRESS:PORT", description = "The local end; port 0 for any.")
    private String local;

    @Mixin
    private ControlSource source;

    ConnectCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        String head = "CONNECT " + address + ":" + port + " HTTP/1.1\r\n"
                + (local == null ? "" : "Splnet-Local: " + local + "\r\n");
        ControlClient control = source.control(host);
        try (ControlClient.Lent lent = control.lent(head, "")) {
            new Wire(control, host.input(), host.output()).carry(lent);
            return Sysexits.OK;
        } catch (IOException e) {
            throw new Failure(Sysexits.IOERR, address + ":" + port + ": " + e.getMessage());
        }
    }
}
