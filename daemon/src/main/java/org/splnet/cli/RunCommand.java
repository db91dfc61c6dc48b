package org.splnet.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `splnet run`, as far as a virtual machine can do it: its help. A program that is to get the signals and
/// give the exit code has to take the place of the command, which no virtual machine lets it; the script
/// `bin/splnet` does it, before there is one.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class,
        sortOptions = false, exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Runs an unmodified program with splnet's sockets instead of the kernel's.", ""},
        description = {"", "IPv4 sockets of the program and its children, TCP and UDP, are the daemon's, "
            + "except for what the rules leave to the host. docs/preload.md says what does not work.", ""},
        footer = {"", "Examples:", "  splnet run -- curl http://10.88.0.1/",
            "  splnet run --rules '!127.0.0.0/8,!10.0.0.0/8,0.0.0.0/0' -- nginx -g 'daemon off;'", "",
            "Exit status:",
            "The program's; 126 it cannot be executed, 127 there is none, 64 wrong command line,",
            "69 libsplnet.so not there, 77 the control socket is for others.", "",
            "Environment:",
            "  SPLNET_SOCKET, SPLNET_RULES, SPLNET_DEBUG  as the options",
            "  SPLNET_PRELOAD  libsplnet.so, where it is not that of this installation"})
final class RunCommand implements Callable<Integer> {
    @Option(names = "--socket", paramLabel = "FILE",
            description = "The daemon's control socket; by default SPLNET_SOCKET or "
                + "/run/splnet/control.sock.")
    private String socket;

    @Option(names = "--rules", paramLabel = "RULES",
            description = "Which addresses are splnet's: [!]ADDRESS[/BITS][:PORT[-PORT]], separated by "
                + "commas, the first that fits decides, ! leaves it to the host. By default "
                + "SPLNET_RULES or !127.0.0.0/8,0.0.0.0/0.")
    private String rules;

    @Option(names = "--debug", description = "Says on standard error what cannot be done (SPLNET_DEBUG).")
    private boolean debug;

    @Parameters(arity = "1..*", paramLabel = "PROGRAM [ARGUMENT...]", description = "What to run.")
    private List<String> program;

    @Override
    public Integer call() throws Failure {
        throw new Failure(Sysexits.UNAVAILABLE, "run " + program.getFirst()
                + ": is done by the script bin/splnet"
                + (socket == null && rules == null && !debug ? "" : ", with its options"));
    }
}
