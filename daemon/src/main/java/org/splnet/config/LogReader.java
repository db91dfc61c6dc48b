package org.splnet.config;

import java.util.Map;
import java.util.TreeMap;
import org.splnet.kern.Labels;

/// Reads `[log]` and `[log.levels]`.
final class LogReader {
    private LogReader() {
    }

    static LogConfig read(Section log) {
        LogLevel level = log.parsed("level", LogConfig.DEFAULTS.level(), LogReader::level);
        Section table = log.table("levels");
        Map<String, LogLevel> levels = new TreeMap<>();
        for (String subsystem : LogConfig.SUBSYSTEMS) {
            LogLevel own = table.parsed(subsystem, null, LogReader::level);
            if (own != null) {
                levels.put(subsystem, own);
            }
        }
        table.reportUnknown();
        log.reportUnknown();
        return new LogConfig(level, levels);
    }

    /// @throws IllegalArgumentException saying what there is
    static LogLevel level(String text) {
        for (LogLevel level : LogLevel.values()) {
            if (Labels.of(level).equals(text)) {
                return level;
            }
        }
        throw new IllegalArgumentException("must be one of error, warn, info, debug, trace");
    }
}
