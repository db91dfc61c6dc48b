package org.splnet.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/// The level as systemd's journal wants it at the beginning of a line (sd-daemon(3)): `<6>`.
public final class SyslogPriority extends ClassicConverter {
    @Override
    public String convert(ILoggingEvent event) {
        int level = event.getLevel().toInt();
        return "<" + (level >= Level.ERROR_INT ? 3 : level >= Level.WARN_INT ? 4 : level >= Level.INFO_INT
                ? 6 : 7) + ">";
    }
}
