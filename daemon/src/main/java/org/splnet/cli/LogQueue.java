package org.splnet.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.concurrent.atomic.AtomicLong;

/// What is logged on its way to where it is written, by a thread of its own: a terminal that was stopped, or
/// a pipe that nobody reads, must not stop whoever has something to say, those who carry packets among them.
/// What there is no room for is lost, and how much that was is the next line that there is room for.
///
/// Any thread logs; nobody waits.
public final class LogQueue extends AsyncAppender implements AutoCloseable {
    private static final int ROOM = 1024;
    private static final int PATIENCE_MS = 1000;
    private static final String FQCN = LogQueue.class.getName();

    private final Logger logger;
    private final Appender<ILoggingEvent> writer;
    private final Logger own;
    private final AtomicLong lost = new AtomicLong();

    /// Takes the place of `writer` at `logger` until [#close].
    LogQueue(Logger logger, Appender<ILoggingEvent> writer) {
        this.logger = logger;
        this.writer = writer;
        this.own = logger.getLoggerContext().getLogger("splnet.log");
        setContext(logger.getLoggerContext());
        setName("queue");
        setQueueSize(ROOM);
        setDiscardingThreshold(0);                  // no level is worth less than another
        setNeverBlock(true);
        setMaxFlushTime(PATIENCE_MS);
        logger.detachAppender(writer);
        addAppender(writer);
        start();
        logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        int room = getRemainingCapacity();
        if (room == 0) {
            lost.incrementAndGet();
            return;
        }
        if (lost.get() != 0 && room > 1) {
            long count = lost.getAndSet(0);
            super.append(new LoggingEvent(FQCN, own, Level.WARN, "log was not read in time lost={}", null,
                    new Object[] {count}));
        }
        super.append(event);
    }

    /// Writes what waits, for at most a second if nobody reads it. From then on whoever logs writes; if
    /// nobody reads, nothing is written any more. Idempotent.
    @Override
    public void close() {
        if (!isStarted()) {
            return;
        }
        stop();                                     // which stops the writer as well, once all is written
        logger.detachAppender(this);
        if (!writer.isStarted()) {
            writer.start();
            logger.addAppender(writer);
        }
    }
}
