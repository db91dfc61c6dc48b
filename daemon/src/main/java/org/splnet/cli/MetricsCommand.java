package org.splnet.cli;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `splnet metrics`.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class,
        sortOptions = false, exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Shows all that is counted, in the text format of Prometheus.", ""},
        description = {"", "Also at /metrics of the status page, for a scraper.", ""},
        footer = {"", "Examples:", "  splnet metrics", "  splnet metrics --openmetrics"})
final class MetricsCommand implements Callable<Integer> {
    private final Host host;

    @Option(names = "--openmetrics", description = "As OpenMetrics.")
    private boolean open;

    @Mixin
    private Source source;

    @Spec
    private CommandSpec spec;

    MetricsCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        byte[] text = source.document("/metrics", open ? "?format=openmetrics" : "",
                open ? "application/openmetrics-text" : "text/plain", host);
        spec.commandLine().getOut().print(new String(text, StandardCharsets.UTF_8));
        spec.commandLine().getOut().flush();
        return Sysexits.OK;
    }
}
