package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `splnet log`.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Shows how much the daemon logs, or changes it while it runs.", ""},
        footer = {"", "Examples:", "  splnet log", "  splnet log debug", "  splnet log arp=debug tcp=trace",
            "  splnet log tcp=default"})
final class LogCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(arity = "0..*", paramLabel = "[SUBSYSTEM=]LEVEL",
            description = "error, warn, info, debug or trace; for a subsystem also default, to go by the"
                    + " general one again. Without a subsystem the general one.")
    private List<String> levels = new ArrayList<>();

    @Option(names = "--json", description = "The daemon's JSON as it is.")
    private boolean json;

    @Mixin
    private ControlSource source;

    @Spec
    private CommandSpec spec;

    LogCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        ControlClient control = source.control(host);
        JsonNode read = levels.isEmpty() ? control.ask("GET", "log", null) : null;
        for (String each : levels) {
            int equals = each.indexOf('=');
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("level", each.substring(equals + 1));
            if (equals >= 0) {
                body.put("subsystem", each.substring(0, equals));
            }
            read = control.ask("PUT", "log", body.toString());
        }
        spec.commandLine().getOut().print(json ? read.toPrettyString() + "\n" : text(read));
        spec.commandLine().getOut().flush();
        return Sysexits.OK;
    }

    private static String text(JsonNode read) {
        TextTable table = new TextTable("Subsystem", "Level");
        table.row("(general)", read.path("level").asText());
        for (Map.Entry<String, JsonNode> each : read.path("levels").properties()) {
            table.row(each.getKey(), each.getValue().asText());
        }
        return table.toString();
    }
}
