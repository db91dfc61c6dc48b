package org.splnet.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.splnet.config.ConfigException;
import org.splnet.config.ConfigReader;
import org.splnet.config.LogConfig;
import org.splnet.config.LogLevel;
import org.splnet.config.SplnetConfig;
import org.splnet.kern.LockDiscipline;
import org.splnet.kern.Witness;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `splnet daemon`.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class,
        sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Runs the stack in the foreground until it is told to end (Ctrl-C, SIGTERM).", ""},
        footer = {"", "Examples:",
            "  splnet daemon --config config/quickstart.toml",
            "  splnet daemon --config splnet.toml -v",
            "  splnet daemon --config splnet.toml --log arp=debug --log tcp=trace", "",
            "Privileges:",
            "A TAP device needs CAP_NET_ADMIN, a NIC through libpcap CAP_NET_RAW: run as root, or by",
            "systemd/splnetd.service. A stream needs neither."})
final class DaemonCommand implements Callable<Integer> {
    private final Host host;

    @Option(names = {"-c", "--config"}, paramLabel = "FILE",
            description = "The configuration (default: ${DEFAULT-VALUE}).", defaultValue = StatusUrl.CONFIG)
    private Path config;

    @Option(names = "-v", description = "More log: -v debug, -vv trace.")
    private boolean[] verbose = {};

    @Option(names = "--log", paramLabel = "SUBSYSTEM=LEVEL",
            description = "Log level of one subsystem: error, warn, info, debug or trace. May be repeated.")
    private Map<String, String> log = new LinkedHashMap<>();

    @Option(names = "--locks", paramLabel = "DISCIPLINE",
            description = "Instead of the configuration's: layered, each lock its own, or giant, all one.")
    private String locks;

    @Option(names = "--witness", paramLabel = "MODE",
            description = "Instead of the configuration's: off, contested, profile or order.")
    private String witness;

    @Spec
    private CommandSpec spec;

    DaemonCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        Map<String, LogLevel> levels = levels();
        LockDiscipline discipline = option("--locks", locks, LockDiscipline::parse);
        Witness.Mode mode = option("--witness", witness, Witness.Mode::asked);
        LogLevel general = verbose.length == 0 ? null : verbose.length == 1 ? LogLevel.DEBUG : LogLevel.TRACE;
        ConfigReader reader = new ConfigReader(host.drivers(), host.accounts());
        Host.Again again = () -> {
            SplnetConfig file = reader.read(config);
            return file.with(discipline, mode, file.log().with(general, levels));
        };
        SplnetConfig read;
        try {
            read = again.read();
        } catch (ConfigException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return Sysexits.CONFIG;
        }
        LogSetup.apply(read.log());
        return host.run(read, again);
    }

    private <T> T option(String name, String text, Function<String, T> parse) {
        try {
            return text == null ? null : parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), name + ": " + text + ": " + e.getMessage());
        }
    }

    private Map<String, LogLevel> levels() {
        Map<String, LogLevel> levels = new LinkedHashMap<>();
        log.forEach((subsystem, level) -> {
            if (!LogConfig.SUBSYSTEMS.contains(subsystem)) {
                throw new ParameterException(spec.commandLine(), "--log: " + subsystem
                        + ": no such subsystem, there are "
                        + String.join(", ", LogConfig.SUBSYSTEMS.stream().sorted().toList()));
            }
            try {
                levels.put(subsystem, LogLevel.valueOf(level.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(),
                        "--log: " + subsystem + "=" + level
                                + ": level must be error, warn, info, debug or trace");
            }
        });
        return levels;
    }
}
