package org.splnet.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/// When a capture goes on in another file, and how many stay: the options of tcpdump with that meaning,
/// except that `-W` is a ring whatever makes another file begin. The names are those of dumpcap, see
/// [CaptureFiles].
final class Rotation {
    private static final long MILLION = 1_000_000;
    private static final int MOST_FILES = 100_000;
    private static final int LONGEST_S = 366 * 24 * 3600;

    /// A size as `-C` takes it.
    static final class Size implements ITypeConverter<Long> {
        private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([kKmMgG]?)");

        @Override
        public Long convert(String text) {
            Matcher parts = FORM.matcher(text);
            if (!parts.matches() || Long.parseLong(parts.group(1)) == 0) {
                throw new TypeConversionException("\"" + text + "\" is no size: a whole number of at least 1,"
                        + " of millions of octets, or with k, M or G behind it of KiB, MiB or GiB");
            }
            return Long.parseLong(parts.group(1)) * switch (parts.group(2)) {
                case "" -> MILLION;
                case "k", "K" -> 1L << 10;
                case "m", "M" -> 1L << 20;
                default -> 1L << 30;
            };
        }
    }

    @Option(names = "-C", paramLabel = "SIZE", converter = Size.class,
            description = "With -w: begins another file before one exceeds SIZE million octets, or with k, M"
                + " or G behind it KiB, MiB or GiB. Files are then called FILE_00001_20260131235959 and so"
                + " on, with the ending of FILE behind that.")
    private Long size;

    @Option(names = "-G", paramLabel = "SECONDS",
            description = "With -w: begins another file SECONDS after the first frame of the one before.")
    private Integer seconds;

    @Option(names = "-W", paramLabel = "COUNT",
            description = "With -C or -G: keeps the newest COUNT files, deletes older ones of this capture.")
    private Integer most;

    /// @param file where is captured to; null for the terminal
    /// @throws ParameterException saying which of the options cannot be
    void check(CommandLine command, String file) {
        if (rotates() && (file == null || file.equals("-"))) {
            throw new ParameterException(command, "-C and -G need -w with the name of a file");
        }
        if (most != null && !rotates()) {
            throw new ParameterException(command, "-W needs -C or -G, which begin other files");
        }
        within(command, "-G", seconds, LONGEST_S);
        within(command, "-W", most, MOST_FILES);
    }

    private static void within(CommandLine command, String option, Integer value, int limit) {
        if (value != null && (value < 1 || value > limit)) {
            throw new ParameterException(command, option + ": " + value + " must be in 1.." + limit);
        }
    }

    /// True if there may be other files.
    boolean rotates() {
        return size != null || seconds != null;
    }

    /// True if a file of so many octets, whose first frame is so old, is to have no more octets.
    ///
    /// @param next octets that are to be written
    boolean due(long octets, long ageNs, int next) {
        return size != null && octets + next > size || seconds != null && ageNs >= seconds * 1_000_000_000L;
    }

    /// How many files stay.
    int most() {
        return most == null ? Integer.MAX_VALUE : most;
    }
}
