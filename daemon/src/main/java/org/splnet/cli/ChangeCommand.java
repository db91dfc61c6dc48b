package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `splnet route add` and the like: changes something, by the control socket.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE)
final class ChangeCommand implements Callable<Integer> {
    private final Change change;
    private final View view;
    private final Host host;

    // The synopsis says which.
    @Parameters(arity = "0..*", hidden = true)
    private List<String> words = new ArrayList<>();

    @Option(names = "--json", description = "The daemon's answer as it is.")
    private boolean json;

    @Mixin
    private ControlSource source;

    @Spec
    private CommandSpec spec;

    /// @param view how it is shown
    ChangeCommand(Change change, View view, Host host) {
        this.change = change;
        this.view = view;
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        Change.Call call;
        try {
            call = change.call(words);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        JsonNode answer = source.control(host).ask(call.method(), call.resource(), call.body());
        if (!answer.isMissingNode()) {
            spec.commandLine().getOut().print(json ? answer.toPrettyString() + "\n"
                    : view.text(JsonNodeFactory.instance.arrayNode()
                            .add(answer), true));
            spec.commandLine().getOut().flush();
        }
        return Sysexits.OK;
    }
}
