package org.splnet.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.splnet.kern.EventKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `splnet events`.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class,
        sortOptions = false, exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Shows what happens as it happens, until Ctrl-C.", ""},
        footer = {"", "Examples:", "  splnet events", "  splnet events connection-opened connection-closed",
            "  splnet events --json link-down | while read line; do ...; done"})
final class EventsCommand implements Callable<Integer> {
    /// The names of all kinds there are, for the help and for completion.
    static final class Kinds implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(EventKind.values()).map(EventKind::label).iterator();
        }
    }

    private final Host host;

    @Parameters(arity = "0..*", paramLabel = "KIND", completionCandidates = Kinds.class,
            description = "Kinds of events (default: all): ${COMPLETION-CANDIDATES}.")
    private List<String> kinds = new ArrayList<>();

    @Option(names = "--json", description = "The daemon's JSON as it is, an event a line.")
    private boolean json;

    @Mixin
    private ControlSource source;

    @Spec
    private CommandSpec spec;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    EventsCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        String query = kinds.isEmpty() ? "" : "?kind=" + ControlClient.encoded(String.join(",", kinds));
        source.control(host).stream("/v1/events" + query, octets -> {
            for (byte each : octets) {
                if (each == '\n') {
                    show(line.toString(StandardCharsets.UTF_8));
                    line.reset();
                } else {
                    line.write(each);
                }
            }
            spec.commandLine().getOut().flush();
            return !spec.commandLine().getOut().checkError();
        });
        return Sysexits.OK;
    }

    private void show(String text) throws Failure {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(text);
            return;
        }
        JsonNode event;
        try {
            event = new ObjectMapper().readTree(text);
        } catch (JacksonException e) {
            throw new Failure(Sysexits.PROTOCOL, "the daemon sends a line that is no event: " + text);
        }
        StringBuilder shown = new StringBuilder(event.path("time").asText()).append("  ")
                .append(event.path("event").asText());
        for (Map.Entry<String, JsonNode> each : event.properties()) {
            if (!each.getKey().equals("time") && !each.getKey().equals("event")) {
                shown.append(' ').append(each.getKey()).append('=').append(each.getValue().isTextual()
                        ? each.getValue().asText() : each.getValue().toString());
            }
        }
        out.println(shown);
    }
}
