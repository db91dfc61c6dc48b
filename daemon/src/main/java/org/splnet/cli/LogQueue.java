package org.splnet.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// What is logged on its way to where it is written, by a thread of its own: a terminal that was stopped, or
/// a pipe that nobody reads, must not stop whoever has something to say, those who carry packets among them.
/// What there is no room for is lost, and how much that was is said behind the next line that is written.
/// (Logback's own `AsyncAppender` does not tell what it loses.)
///
/// Any thread logs; nobody waits.
public final class LogQueue extends UnsynchronizedAppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final int ROOM = 1024;
    private static final long PATIENCE_MS = 1000;
    private static final String FQCN = LogQueue.class.getName();

    private final Logger logger;
    private final Appender<ILoggingEvent> writer;
    private final Logger own;
    private final BlockingQueue<ILoggingEvent> lines = new ArrayBlockingQueue<>(ROOM);
    private final AtomicLong lost = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread;

    /// Takes the place of `writer` at `logger` until [#close].
    LogQueue(Logger logger, Appender<ILoggingEvent> writer) {
        this.logger = logger;
        this.writer = writer;
        this.own = logger.getLoggerContext().getLogger("splnet.log");
        setContext(logger.getLoggerContext());
        thread = Thread.ofPlatform().name("log").daemon().start(this::write);
        start();
        logger.addAppender(this);
        logger.detachAppender(writer);
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        if (!lines.offer(event)) {
            lost.incrementAndGet();
        }
    }

    private void write() {
        try {
            while (true) {
                write(lines.take());
            }
        } catch (InterruptedException e) {
            rest();
        }
    }

    private void rest() {
        for (ILoggingEvent line; (line = lines.poll()) != null; ) {
            write(line);
        }
    }

    private void write(ILoggingEvent line) {
        writer.doAppend(line);
        long count = lost.getAndSet(0);
        if (count > 0) {
            writer.doAppend(new LoggingEvent(FQCN, own, Level.WARN, "log was not read in time lost={}", null,
                    new Object[] {count}));
        }
    }

    /// Writes what waits, for at most a second if nobody reads it. From then on whoever logs writes; if
    /// nobody reads, nothing is written any more. Idempotent.
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(PATIENCE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!thread.isAlive()) {
            logger.addAppender(writer);
            logger.detachAppender(this);
            rest();                     // what came in between
        }
        stop();
    }
}
