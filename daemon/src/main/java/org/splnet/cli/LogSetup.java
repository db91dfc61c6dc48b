package org.splnet.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.splnet.config.LogConfig;
import org.splnet.config.LogLevel;

/// Sets what is logged, and says where to. How it looks is in [LogLines].
public final class LogSetup {
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    private LogSetup() {
    }

    /// True if what is logged goes to systemd's journal.
    public static boolean toJournal() {
        return toJournal(System.getenv("JOURNAL_STREAM"), STDERR);
    }

    /// True if `stream` is the journal's. The variable alone does not say so: it is handed down to whatever a
    /// service starts, a terminal's shell included, wherever that writes to.
    ///
    /// @param journalStream the environment's `JOURNAL_STREAM` (systemd.exec(5)), null if there is none
    static boolean toJournal(String journalStream, Path stream) {
        if (journalStream == null) {
            return false;
        }
        try {
            Map<String, Object> file = Files.readAttributes(stream, "unix:dev,ino");
            return journalStream.equals(file.get("dev") + ":" + file.get("ino"));
        } catch (IOException e) {
            return false;               // it is closed
        }
    }

    /// From here on whoever logs waits for nobody who reads it.
    ///
    /// @return to be closed at the end, so that what is on its way is written
    public static LogQueue queued() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        return new LogQueue(root, root.iteratorForAppenders().next());
    }

    /// Sets the levels; those that are not there are none any more.
    public static void apply(LogConfig config) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("splnet").setLevel(level(config.level()));
            for (String each : LogConfig.SUBSYSTEMS) {
                set(each, config.levels().get(each));
            }
        }
    }

    /// Changes the level of one subsystem.
    ///
    /// @param subsystem null for that of all which have none of their own
    /// @param level null for none of its own
    public static void set(String subsystem, LogLevel level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(logger(subsystem)).setLevel(level == null ? null : level(level));
        }
    }

    /// The level that counts for a subsystem.
    ///
    /// @param subsystem null for that of all which have none of their own
    public static LogLevel get(String subsystem) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            String name = context.getLogger(logger(subsystem)).getEffectiveLevel().toString();
            return Stream.of(LogLevel.values()).filter(each -> each.name().equals(name)).findFirst()
                    .orElse(LogLevel.TRACE);
        }
        return LogLevel.INFO;
    }

    private static String logger(String subsystem) {
        return subsystem == null ? "splnet" : "splnet." + subsystem;
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
