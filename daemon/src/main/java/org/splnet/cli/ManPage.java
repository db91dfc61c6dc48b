package org.splnet.cli;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine;

/// A command's manual page (man(7)) from what its help says.
///
/// picocli's own generator writes AsciiDoc, which needs Asciidoctor, and with it Ruby, to become a page.
final class ManPage {
    private static final int WIDE = 10_000;

    private final CommandSpec command;
    private final LocalDate date;
    private final StringBuilder out = new StringBuilder();

    private ManPage(CommandSpec command, LocalDate date) {
        this.command = command;
        this.date = date;
    }

    /// The page of one command.
    ///
    /// @param date when it was made
    static String of(CommandSpec command, LocalDate date) {
        return new ManPage(command, date).text();
    }

    /// Its name: `splnet-route-add`.
    static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    private String text() {
        UsageMessageSpec usage = command.usageMessage();
        boolean headed = usage.header().length > 0;
        String[] header = headed ? usage.header() : usage.description();
        macro("TH", quoted(name(command).toUpperCase(Locale.ROOT)), "1", date.toString(),
                quoted("splnet " + Version.text()), quoted("splnet"));
        macro("SH", "NAME");
        line(name(command) + " - " + joined(header));
        macro("SH", "SYNOPSIS");
        synopsis();
        macro("SH", "DESCRIPTION");
        line(joined(header));
        if (headed && !joined(usage.description()).isEmpty()) {
            macro("PP");
            line(joined(usage.description()));
        }
        options();
        commands();
        footer(usage.footer());
        seeAlso();
        return out.toString();
    }

    private void synopsis() {
        CommandLine line = command.commandLine();
        line.setUsageHelpWidth(WIDE);
        String text = line.getUsageMessage(Ansi.OFF);
        int begin = text.indexOf("Usage: ");
        macro("nf");
        for (String each : text.substring(begin + "Usage: ".length()).lines().takeWhile(each ->
                each.startsWith("splnet") || each.startsWith("        [")).toList()) {
            line(each.strip());
        }
        macro("fi");
    }

    private void options() {
        List<String[]> all = new ArrayList<>();
        for (PositionalParamSpec each : command.positionalParameters()) {
            if (!each.hidden()) {
                all.add(new String[] {each.paramLabel(), joined(each.description())});
            }
        }
        for (OptionSpec each : command.options()) {
            if (!each.hidden()) {
                String value = each.arity().max() == 0 || each.typeInfo().isBoolean() ? ""
                        : each.arity().min() == 0 ? "[=" + each.paramLabel() + "]" : "=" + each.paramLabel();
                all.add(new String[] {String.join(", ", each.names()) + value, joined(each.description())});
            }
        }
        macro("SH", "OPTIONS");
        all.forEach(each -> item(each[0], each[1]));
    }

    private void commands() {
        if (command.subcommands().isEmpty()) {
            return;
        }
        macro("SH", "COMMANDS");
        for (Map.Entry<String, CommandLine> each : command.subcommands().entrySet()) {
            CommandSpec below = each.getValue().getCommandSpec();
            if (each.getKey().equals(below.name()) && !below.usageMessage().hidden()) {
                item(String.join(", ", below.names()), joined(below.usageMessage().header()));
            }
        }
    }

    /// A line that ends with a colon begins a section; what is indented there is shown as it is, the rest as
    /// text.
    private void footer(String[] footer) {
        boolean shown = false;
        for (String each : footer) {
            boolean heading = each.matches("[A-Z][A-Za-z ]+:");
            if (shown != each.startsWith("  ")) {
                shown = !shown;
                macro(shown ? "nf" : "fi");
            }
            if (heading) {
                macro("SH", each.equals("Example:") ? "EXAMPLES"
                        : each.substring(0, each.length() - 1).toUpperCase(Locale.ROOT));
            } else if (!each.isBlank()) {
                line(each);
            }
        }
        if (shown) {
            macro("fi");
        }
    }

    private void seeAlso() {
        TreeSet<String> others = new TreeSet<>();
        if (command.parent() != null) {
            others.add(name(command.parent()));
        }
        command.subcommands().values().forEach(each -> {
            if (!each.getCommandSpec().usageMessage().hidden()) {
                others.add(name(each.getCommandSpec()));
            }
        });
        if (!others.isEmpty()) {
            macro("SH", "SEE ALSO");
            line(String.join(", ", others.stream().map(each -> each + "(1)").toList()));
        }
    }

    private void item(String term, String text) {
        macro("TP");
        out.append("\\fB").append(escaped(term)).append("\\fR\n");
        line(text);
    }

    private static String joined(String... lines) {
        return Ansi.OFF.string(String.join(" ", lines)).replaceAll("\\s+", " ").strip();
    }

    private void macro(String name, String... arguments) {
        out.append('.').append(name);
        for (String each : arguments) {
            out.append(' ').append(each);
        }
        out.append('\n');
    }

    private void line(String text) {
        String escaped = escaped(text);
        // A line that begins with one of these would be taken for a request.
        out.append(escaped.startsWith(".")
                || escaped.startsWith("'") ? "\\&" : "").append(escaped).append('\n');
    }

    private static String quoted(String text) {
        return "\"" + escaped(text) + "\"";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
    }
}
