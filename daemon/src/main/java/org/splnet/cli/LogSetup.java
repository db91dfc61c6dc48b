package org.splnet.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;
import org.splnet.config.LogConfig;
import org.splnet.config.LogLevel;

/// Sets what is logged. How it looks is in `logback.xml`: under systemd, which keeps time and knows
/// priorities, lines begin with `<N>`; elsewhere with the time.
public final class LogSetup {
    private static final String FORMAT = "splnet.log.format";

    private LogSetup() {
    }

    /// Chooses the format, before the first logger is made.
    ///
    /// @param journalStream the environment's `JOURNAL_STREAM` (systemd.exec(5)), null if there is none
    public static void chooseFormat(String journalStream) {
        if (System.getProperty(FORMAT) == null) {
            System.setProperty(FORMAT, journalStream == null ? "terminal" : "journal");
        }
    }

    /// Sets the levels.
    static void apply(LogConfig config) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("splnet").setLevel(level(config.level()));
            config.levels().forEach((name, level) -> context.getLogger("splnet." + name)
                    .setLevel(level(level)));
        }
    }

    private static Level level(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }
}
