package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `splnet listen`: netcat's server on the stack.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class,
        sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Waits for a TCP connection, and has standard input and output on it.", ""},
        description = {"", "Ends with the connection, or, with -k, waits for the next one.", ""},
        footer = {"", "Examples:", "  splnet listen 5000 > file", "  splnet listen -k 10.88.0.2:5000"})
final class ListenCommand implements Callable<Integer> {
    private static final int LONGEST = 4096;

    private final Host host;

    @Parameters(paramLabel = "[ADDRESS:]PORT",
            description = "The local end: all addresses if there is none, a free port for 0.")
    private String where;

    @Option(names = {"-k", "--keep"}, description = "Goes on with the next connection when one has ended.")
    private boolean keep;

    @Option(names = {"-v", "--verbose"}, description = "Says on standard error where it listens, and who has"
            + " connected.")
    private boolean verbose;

    @Mixin
    private ControlSource source;

    @Spec
    private CommandSpec spec;

    ListenCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        ControlClient control = source.control(host);
        String body = JsonNodeFactory.instance.objectNode()
                .put("local", where.contains(":") ? where : "0.0.0.0:" + where)
                .put("backlog", keep ? 128 : 1).set("options",
                        JsonNodeFactory.instance.objectNode().put("SO_REUSEADDR", 1)).toString();
        Wire wire = new Wire(control, host.input(), host.output());
        try (ControlClient.Lent listener = control.lent("POST /v1/listen HTTP/1.1\r\n", body)) {
            if (verbose) {
                say("listening on " + listener.local());
            }
            do {
                JsonNode next = announced(listener.channel());
                if (verbose) {
                    say("connection from " + next.path("remote").asText());
                }
                serve(control, next, wire);
            } while (keep);
            return Sysexits.OK;
        } catch (IOException e) {
            throw new Failure(Sysexits.IOERR, where + ": " + e.getMessage());
        }
    }

    /// With -k what becomes of one connection, whose peer may be anybody, does not end the server.
    private void serve(ControlClient control, JsonNode announced, Wire wire) throws Failure, IOException {
        try (ControlClient.Lent lent = control.lent("POST /v1/attach/" + announced.path("socket").asLong()
                + " HTTP/1.1\r\n", "")) {
            wire.carry(lent);
        } catch (Wire.Unwritten e) {
            throw e;
        } catch (Failure | IOException e) {
            if (!keep) {
                throw e;
            }
            say("splnet: " + announced.path("remote").asText() + ": " + e.getMessage());
        }
    }

    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }

    private static JsonNode announced(SocketChannel listener) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer octet = ByteBuffer.allocate(1);
        while (listener.read(octet) >= 0 && line.size() < LONGEST) {
            if (octet.get(0) == '\n') {
                return new ObjectMapper().readTree(line.toByteArray());
            }
            line.write(octet.get(0));
            octet.clear();
        }
        throw new IOException("the daemon has ended");
    }
}
