package org.splnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who logs, and who reads it late or never.
@Timeout(60)
class LogQueueTest {
    private static final int MANY = 5000;

    /// A reader that begins when it is let.
    private static final class Reader extends AppenderBase<ILoggingEvent> {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch reads = new CountDownLatch(1);
        final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            begun.countDown();
            try {
                reads.await();
            } catch (InterruptedException e) {
                // the end: it is written all the same, if it is read at all
            }
            if (reads.getCount() == 0) {
                lines.add(event.getFormattedMessage());
            }
        }
    }

    private final LoggerContext context = new LoggerContext();
    private final Logger log = context.getLogger("splnet.test");
    private final Reader reader = new Reader();
    private LogQueue queue;

    @BeforeEach
    void begin() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        reader.setContext(context);
        reader.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(reader);
        queue = new LogQueue(root, reader);
    }

    @AfterEach
    void end() {
        reader.reads.countDown();
        queue.close();
        context.stop();
    }

    @Test
    void whatIsReadComesInOrderAndWholeByTheEnd() {
        reader.reads.countDown();
        for (int i = 0; i < 500; i++) {
            log.info("line {}", i);
        }
        queue.close();
        assertThat(reader.lines).hasSize(500).startsWith("line 0").endsWith("line 499");
    }

    /// Whoever logs is not held up, and how much was lost is said.
    @Test
    void whoReadsLateHoldsNobodyUp() throws InterruptedException {
        log.info("first");
        assertThat(reader.begun.await(30, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < MANY; i++) {
            log.info("line {}", i);
        }
        reader.reads.countDown();
        while (queue.getNumberOfElementsInQueue() > 0) {
            Thread.onSpinWait();
        }
        log.info("last");
        queue.close();
        int written = reader.lines.size() - 3;
        assertThat(reader.lines).startsWith("first", "line 0")
                .endsWith("log was not read in time lost=" + (MANY - written), "last");
        assertThat(written).isBetween(1, MANY - 1);
    }

    @Test
    void whoNeverReadsDoesNotKeepTheProcessFromEnding() throws InterruptedException {
        log.info("first");
        assertThat(reader.begun.await(30, TimeUnit.SECONDS)).isTrue();
        log.info("second");
        queue.close();
        assertThat(reader.lines).isEmpty();
    }

    /// What is logged behind the end is written by whoever logs it.
    @Test
    void theEndIsNotTheLogs() {
        reader.reads.countDown();
        log.info("before");
        queue.close();
        queue.close();
        log.info("behind");
        assertThat(reader.lines).containsExactly("before", "behind");
    }
}
