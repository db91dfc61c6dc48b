package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.splnet.config.DriverCatalog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `splnet status`, `splnet sockets` and the like: one view of a running stack.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE)
final class ShowCommand implements Callable<Integer> {
    private final View view;
    private final DriverCatalog drivers;

    @Option(names = "--json", description = "The daemon's JSON as it is.")
    private boolean json;

    @Option(names = "--url", paramLabel = "URL",
            description = "Where the status page is (default: the first address in " + StatusUrl.CONFIG
                    + ", else " + StatusUrl.QUICKSTART + ").")
    private String url;

    @Option(names = {"-a", "--all"}, description = "Counters that are zero, too.")
    private boolean all;

    @Spec
    private CommandSpec spec;

    ShowCommand(View view, DriverCatalog drivers) {
        this.view = view;
        this.drivers = drivers;
    }

    @Override
    public Integer call() throws Failure {
        JsonNode read = new StatusClient(StatusUrl.find(url, Path.of(StatusUrl.CONFIG), drivers))
                .read(view.label());
        spec.commandLine().getOut().print(json ? read.toPrettyString() + "\n" : view.text(read, all));
        spec.commandLine().getOut().flush();
        return Sysexits.OK;
    }
}
