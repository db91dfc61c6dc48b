package org.splnet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import org.splnet.kern.Clock;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/// `splnet generate`, for the build: what a package puts beside the command.
@Command(hidden = true, mixinStandardHelpOptions = true, versionProvider = Version.class,
        exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Writes the manual pages and the shell's completion.", ""},
        footer = {"", "Example:", "  splnet generate /usr/local/share"})
final class GenerateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIRECTORY",
            description = "Gets man/man1/*.1 and bash-completion/completions/splnet.")
    private Path directory;

    private final Commands commands;
    private final Host host;

    GenerateCommand(Commands commands, Host host) {
        this.commands = commands;
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        CommandLine root = commands.line();
        try {
            Path man = Files.createDirectories(directory.resolve("man/man1"));
            pages(root.getCommandSpec(), man, date());
            Path completions = Files.createDirectories(directory.resolve("bash-completion/completions"));
            // It is read by the shell, and no program.
            Files.writeString(completions.resolve("splnet"),
                    AutoComplete.bash("splnet", root).replaceFirst("^#!.*\n", ""));
            return Sysexits.OK;
        } catch (IOException e) {
            throw new Failure(Sysexits.IOERR, directory + ": " + e);
        }
    }

    /// Today; of a build that is to be the same whenever it is made, the day it is told
    /// (reproducible-builds.org).
    private LocalDate date() throws Failure {
        String epoch = host.environment("SOURCE_DATE_EPOCH");
        try {
            Instant at = epoch == null || epoch.isEmpty()
                    ? Instant.ofEpochMilli(Clock.system().wallMillis())
                    : Instant.ofEpochSecond(Long.parseLong(epoch));
            return LocalDate.ofInstant(at, ZoneOffset.UTC);
        } catch (NumberFormatException | DateTimeException e) {
            throw new Failure(Sysexits.USAGE, "SOURCE_DATE_EPOCH: " + epoch
                    + ": must be a number of seconds since 1970");
        }
    }

    private static void pages(CommandSpec command, Path directory, LocalDate date) throws IOException {
        Files.writeString(directory.resolve(ManPage.name(command) + ".1"), ManPage.of(command, date));
        for (CommandLine each : command.subcommands().values()) {
            if (!each.getCommandSpec().usageMessage().hidden()) {
                pages(each.getCommandSpec(), directory, date);
            }
        }
    }
}
