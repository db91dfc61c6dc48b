package org.splnet.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
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
            "Exit codes: 0 well, 64 wrong command line, 69 daemon or device not there,",
            "76 daemon of another version, 77 no permission, 78 wrong configuration."})
public final class Cli implements Runnable {
    @Spec
    private CommandSpec spec;

    /// Runs one command.
    ///
    /// @param out tables, JSON, help
    /// @param err everything that went wrong
    /// @return exit code
    public static int run(Host host, PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = line(host);
        line.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(Cli::wrong);
        line.setExecutionExceptionHandler(Cli::failed);
        return line.execute(args);
    }

    /// The command line with its commands.
    static CommandLine line(Host host) {
        CommandLine line = new CommandLine(new Cli())
                .addSubcommand(new DaemonCommand(host))
                .addSubcommand(new CheckConfigCommand(host.drivers()))
                .addSubcommand(new RunCommand());
        for (View view : View.values()) {
            line.addSubcommand(view.command(), show(view, host), view.aliases());
        }
        return line.addSubcommand(new TopCommand(host)).addSubcommand(new EventsCommand(host))
                .addSubcommand(new CaptureCommand(host)).addSubcommand(new PingCommand(host))
                .addSubcommand(new ConnectCommand(host)).addSubcommand(new ListenCommand(host))
                .addSubcommand(new PublishCommand(host)).addSubcommand(new ForwardCommand(host))
                .addSubcommand(new SocksCommand(host))
                .addSubcommand(new ReloadCommand(host)).addSubcommand(new LogCommand(host))
                .addSubcommand(new MetricsCommand(host))
                .addSubcommand(new GenerateCommand());
    }

    private static CommandLine show(View view, Host host) {
        CommandLine show = new CommandLine(switch (view) {
            case LOCKS -> new LocksCommand(host);
            case SOCKETS -> new SocketsCommand(host);
            case RELAYS -> new RelaysCommand(host);
            default -> new ShowCommand(view, host);
        });
        List<Change> changes = Stream.of(Change.values())
                .filter(each -> view.command().equals(each.object())).toList();
        String name = view.command();
        show.getCommandSpec().usageMessage().header(view.description(), "")
                .footer("", "Examples:", "  splnet " + name, "  splnet " + name + " --json",
                        "  splnet " + name + " " + view.example());
        if (!changes.isEmpty()) {
            CommandLine again = new CommandLine(new ShowCommand(view, host));
            again.getCommandSpec().usageMessage().header("Shows them, as without a verb.", "");
            show.addSubcommand("show", again, "list");
        }
        for (Change each : changes) {
            CommandLine change = new CommandLine(new ChangeCommand(each, view, host));
            change.getCommandSpec().usageMessage().header(each.description(), "")
                    .customSynopsis("splnet " + name + " " + each.verb() + " " + each.synopsis(),
                            "        [--json] [--socket=PATH]");
            show.addSubcommand(each.verb(), change);
        }
        return show;
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
            line.getErr().println("splnet: " + expected.getMessage());
            return expected.exitCode();
        }
        line.getErr().println("splnet: a fault of ours: " + failure);
        failure.printStackTrace(line.getErr());
        return Sysexits.SOFTWARE;
    }
}
