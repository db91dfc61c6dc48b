package org.splnet.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;

/// The commands by name. What picocli has to know of one takes milliseconds to put together, and of all of
/// them a fifth of the time that the daemon needs to start, so a command line that begins with a command's
/// name has that one only.
final class Commands {
    private record Named(String name, Supplier<CommandLine> line, String... aliases) {
        boolean is(String asked) {
            return name.equals(asked) || List.of(aliases).contains(asked);
        }
    }

    private final List<Named> commands = new ArrayList<>();

    Commands(Host host) {
        add("daemon", () -> new DaemonCommand(host));
        add("check-config", () -> new CheckConfigCommand(host));
        add("run", RunCommand::new);
        for (View view : View.values()) {
            commands.add(new Named(view.command(), () -> show(view, host), view.aliases()));
        }
        add("top", () -> new TopCommand(host));
        add("events", () -> new EventsCommand(host));
        add("capture", () -> new CaptureCommand(host));
        add("ping", () -> new PingCommand(host));
        add("connect", () -> new ConnectCommand(host));
        add("listen", () -> new ListenCommand(host));
        add("publish", () -> new PublishCommand(host));
        add("forward", () -> new ForwardCommand(host));
        add("socks", () -> new SocksCommand(host));
        add("reload", () -> new ReloadCommand(host));
        add("log", () -> new LogCommand(host));
        add("metrics", () -> new MetricsCommand(host));
        add("generate", () -> new GenerateCommand(this, host));
    }

    private void add(String name, Supplier<Object> command) {
        commands.add(new Named(name, () -> new CommandLine(command.get())));
    }

    /// The command line with all commands.
    CommandLine line() {
        return with(commands);
    }

    /// The command line with the command `first`; with all if there is none of that name.
    CommandLine line(String first) {
        List<Named> meant = commands.stream().filter(each -> each.is(first)).toList();
        return with(meant.isEmpty() ? commands : meant);
    }

    private static CommandLine with(List<Named> commands) {
        CommandLine line = new CommandLine(new Cli());
        for (Named each : commands) {
            line.addSubcommand(each.name(), each.line().get(), each.aliases());
        }
        return line;
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
            show.addSubcommand(each.verb(), change, each.aliases());
        }
        return show;
    }
}
