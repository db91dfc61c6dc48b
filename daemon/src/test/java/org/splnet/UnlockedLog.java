package org.splnet;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.EventArgUtil;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.slf4j.Marker;
import org.splnet.kern.LockOrderException;
import org.splnet.kern.Witness;

/// In every test: whoever writes a line of the log holds nothing, for whoever reads the log may be slow.
/// Exempt are lines about what is held, the witness's, and those below INFO, to look for a bug with.
public final class UnlockedLog extends TurboFilter {
    @Override
    public FilterReply decide(Marker marker, Logger logger, Level level, String format, Object[] params,
            Throwable thrown) {
        if (format != null && level.isGreaterOrEqual(Level.INFO)
                && !logger.getName().equals("splnet.witness")
                && !(EventArgUtil.extractThrowable(params) instanceof LockOrderException)) {
            Witness.beforeBlocking(format);
        }
        return FilterReply.NEUTRAL;
    }
}
