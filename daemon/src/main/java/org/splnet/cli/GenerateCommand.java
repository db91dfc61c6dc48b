package org.splnet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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

    GenerateCommand(Commands commands) {
        this.commands = commands;
    }

    @Override
    public Integer call() throws Failure {
        CommandLine root = commands.line();
        try {
            Path man = Files.createDirectories(directory.resolve("man/man1"));
            pages(root.getCommandSpec(), man);
            Path completions = Files.createDirectories(directory.resolve("bash-completion/completions"));
            Files.writeString(completions.resolve("splnet"), AutoComplete.bash("splnet", root));
            return Sysexits.OK;
        } catch (IOException e) {
            throw new Failure(Sysexits.IOERR, directory + ": " + e);
        }
    }

    private static void pages(CommandSpec command, Path directory) throws IOException {
        Files.writeString(directory.resolve(ManPage.name(command) + ".1"), ManPage.of(command));
        for (CommandLine each : command.subcommands().values()) {
            if (!each.getCommandSpec().usageMessage().hidden()) {
                pages(each.getCommandSpec(), directory);
            }
        }
    }
}
