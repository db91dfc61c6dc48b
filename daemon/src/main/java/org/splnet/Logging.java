package org.splnet;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.config.LogConfig;
import org.splnet.config.LogLevel;

/// How much is logged; where to and in which form is `logback.xml`'s.
final class Logging {
    private static final String PREFIX = "splnet.";

    private Logging() {
    }

    /// Sets the levels, `splnet` and each subsystem of its own.
    static void apply(LogConfig config) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("splnet").setLevel(level(config.level()));
            config.levels().forEach((subsystem, level) -> context.getLogger(PREFIX + subsystem)
                    .setLevel(level(level)));
        } else {
            Logger log = LoggerFactory.getLogger(PREFIX + "daemon");
            log.warn("log levels cannot be set: another SLF4J back end is on the class path");
        }
    }

    private static Level level(LogLevel level) {
        return Level.valueOf(level.name());
    }
}
