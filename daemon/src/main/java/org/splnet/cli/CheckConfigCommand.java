package org.splnet.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.splnet.config.ConfigException;
import org.splnet.config.ConfigReader;
import org.splnet.config.SplnetConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `splnet check-config`.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class,
        sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Checks a configuration without touching any device.", ""},
        description = {"", "Each problem is one line, FILE:LINE: key: value: what is allowed.", ""},
        footer = {"", "Example:", "  splnet check-config /etc/splnet/splnet.toml"})
final class CheckConfigCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(paramLabel = "FILE", description = "The configuration.")
    private Path file;

    @Spec
    private CommandSpec spec;

    CheckConfigCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        try {
            SplnetConfig config = new ConfigReader(host.drivers(), host.accounts()).read(file);
            spec.commandLine().getOut().println(file + ": well, " + config.interfaces().size() + " interface"
                    + (config.interfaces().size() == 1 ? "" : "s"));
            return Sysexits.OK;
        } catch (ConfigException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return Sysexits.CONFIG;
        }
    }
}
