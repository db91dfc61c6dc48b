package org.splnet;

import org.splnet.cli.SplnetCommand;
import picocli.CommandLine;

/// `splnet`: the command line's entry.
public final class Main {
    /// sysexits.h
    private static final int EX_USAGE = 64;
    private static final int EX_SOFTWARE = 70;

    private Main() {
    }

    /// Runs the command and exits with its code.
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /// Runs a command.
    ///
    /// @return its exit code: 0, or one of sysexits.h
    static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        var line = new CommandLine(new SplnetCommand(new Drivers()));
        line.addSubcommand(new DaemonCommand());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(new CommandLine.IParameterExceptionHandler() {
            private final CommandLine.IParameterExceptionHandler plain = line.getParameterExceptionHandler();

            @Override
            public int handleParseException(CommandLine.ParameterException e,
                    String[] given) throws Exception {
                plain.handleParseException(e, given);
                return EX_USAGE;
            }
        });
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            e.printStackTrace();
            return EX_SOFTWARE;
        });
        return line;
    }
}
