package org.splnet.config;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What is logged.
///
/// @param level of every subsystem without one of its own
/// @param levels by subsystem, one of [#SUBSYSTEMS]
public record LogConfig(LogLevel level, Map<String, LogLevel> levels) {
    /// What has a logger of its own, `splnet.NAME`.
    public static final Set<String> SUBSYSTEMS = Set.of("daemon", "fault", "witness", "net", "arp", "tap",
            "pcap", "stream", "tcp", "dhcp", "service", "relay", "http", "control");

    /// Events that an administrator wants to see.
    public static final LogConfig DEFAULTS = new LogConfig(LogLevel.INFO, Map.of());

    public LogConfig {
        levels = Map.copyOf(levels);
    }

    /// The same with levels from the command line, which win.
    ///
    /// @param everything null to leave the general level
    public LogConfig with(LogLevel everything, Map<String, LogLevel> some) {
        Map<String, LogLevel> merged = new TreeMap<>(levels);
        merged.putAll(some);
        return new LogConfig(everything == null ? level : everything, merged);
    }
}
