package org.splnet.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line.
@Command(name = "splnet", mixinStandardHelpOptions = true, versionProvider = Version.class,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND", exitCodeOnInvalidInput = Sysexits.USAGE,
        description = {"", "A TCP/IP host in user space.", ""},
        footer = {"", "Examples:",
            "  splnet daemon --config /etc/splnet/splnet.toml",
            "  splnet check-config splnet.toml",
            "  splnet sockets",
            "  splnet stats --json --url http://10.88.0.2",
            "  splnet route add default via 10.88.0.1",
            "  splnet capture -w file.pcapng tcp port 80",
            "  splnet locks --witness order --watch", "",
            "Exit status:",
            "0 well, 64 wrong command line, 69 daemon or device not there, 70 a fault of ours,",
            "74 reading or writing failed, 76 daemon of another version, 77 no permission,",
            "78 wrong configuration; 130 or 143 ended by Ctrl-C or SIGTERM.", "",
            "Environment:",
            "  SPLNET_SOCKET     the daemon's control socket",
            "  SPLNET_JAVA_OPTS  further options for the Java virtual machine",
            "  JAVA_HOME         the Java to use, where none comes with the command", "",
            "Files:",
            "  /etc/splnet/splnet.toml   the configuration, with every key explained",
            "  /run/splnet/control.sock  the control socket"})
public final class Cli implements Runnable {
    @Spec
    private CommandSpec spec;

    /// Runs one command.
    ///
    /// @param out tables, JSON, help
    /// @param err everything that went wrong
    /// @return exit code
    public static int run(Host host, PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new Commands(host).line(args.length == 0 ? "" : args[0]);
        line.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(Cli::wrong);
        line.setExecutionExceptionHandler(Cli::failed);
        return line.execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /// One line that says what is wrong, one that says where to look.
    private static int wrong(ParameterException wrong, String[] args) {
        CommandLine line = wrong.getCommandLine();
        String name = line.getCommandSpec().qualifiedName();
        line.getErr().println(name + ": " + wrong.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(wrong, line.getErr());
        line.getErr().println("Try '" + name + " --help'.");
        return Sysexits.USAGE;
    }

    private static int failed(Exception failure, CommandLine line, CommandLine.ParseResult parsed) {
        if (failure instanceof Failure expected) {
            if (expected.getMessage() != null) {
                line.getErr().println("splnet: " + expected.getMessage());
            }
            return expected.exitCode();
        }
        line.getErr().println("splnet: a fault of ours: " + failure);
        failure.printStackTrace(line.getErr());
        return Sysexits.SOFTWARE;
    }
}
