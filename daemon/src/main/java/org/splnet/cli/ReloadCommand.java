package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `splnet reload`.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class,
        sortOptions = false, exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Has the daemon read its configuration again, and keep every connection.", ""},
        description = {"", "Addresses, routes, neighbors, services, relays, log, witness, rules of"
            + " control.client and many knobs change at once; what needs a restart is named. If any part"
            + " of the file is wrong all stays as it is. SIGHUP"
            + " does the same, with the outcome in the log.", ""},
        footer = {"", "Examples:", "  splnet check-config /etc/splnet/splnet.toml && splnet reload"})
final class ReloadCommand implements Callable<Integer> {
    private final Host host;

    @Option(names = "--json", description = "The daemon's answer as it is.")
    private boolean json;

    @Mixin
    private ControlSource source;

    @Spec
    private CommandSpec spec;

    ReloadCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        ControlClient control = source.control(host);
        JsonNode answer;
        try {
            answer = control.ask("POST", "reload", null);
        } catch (Failure e) {
            // What is refused there is the file and not this command's line.
            throw e.exitCode() == Sysexits.USAGE ? new Failure(Sysexits.CONFIG, e.getMessage()) : e;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(answer.toPrettyString());
        } else {
            list("changed", answer.path("changed"));
            list("needs a restart", answer.path("restart"));
            list("not followed", answer.path("failed"));
            if (answer.path("changed").isEmpty() && answer.path("restart").isEmpty()
                    && answer.path("failed").isEmpty()) {
                out.println("nothing has changed");
            }
        }
        out.flush();
        return answer.path("failed").isEmpty() ? Sysexits.OK : Sysexits.UNAVAILABLE;
    }

    private void list(String what, JsonNode all) {
        for (JsonNode each : all) {
            spec.commandLine().getOut().println(what + ": " + each.asText());
        }
    }
}
