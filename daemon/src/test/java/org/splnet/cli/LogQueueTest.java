package org.splnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who logs, and who reads it late or never.
@Timeout(60)
class LogQueueTest {
    private static final int MANY = 5000;
    private static final int THREADS = 4;
    private static final String LOST = "log was not read in time lost=";

    /// A reader that begins when it is let.
    private static final class Reader extends AppenderBase<ILoggingEvent> {
        final CountDownLatch begun = new CountDownLatch(1);
        final Semaphore reads = new Semaphore(0);
        final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            begun.countDown();
            reads.acquireUninterruptibly();         // as a write, whoever interrupts
            reads.release();
            lines.add(event.getFormattedMessage());
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
        reader.reads.release();
        queue.close();
        context.stop();
    }

    @Test
    void whatIsReadComesInOrderAndWholeByTheEnd() {
        reader.reads.release();
        for (int i = 0; i < 500; i++) {
            log.info("line {}", i);
        }
        queue.close();
        assertThat(reader.lines).hasSize(500).startsWith("line 0").endsWith("line 499");
    }

    /// Whoever logs is not held up, and all that was lost is told, also if nobody logs any more.
    @Test
    void whoReadsLateHoldsNobodyUp() throws InterruptedException {
        log.info("first");
        assertThat(reader.begun.await(30, TimeUnit.SECONDS)).isTrue();
        List<Thread> many = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            many.add(Thread.ofPlatform().start(() -> {
                for (int line = 0; line < MANY; line++) {
                    log.info("line {}", line);
                }
            }));
        }
        for (Thread each : many) {
            each.join();
        }
        reader.reads.release();
        queue.close();
        long told = reader.lines.stream().filter(line -> line.startsWith(LOST))
                .mapToLong(line -> Long.parseLong(line.substring(LOST.length()))).sum();
        long written = reader.lines.stream().filter(line -> line.startsWith("line ")).count();
        assertThat(reader.lines).startsWith("first");
        assertThat(written).isPositive();
        assertThat(told).isPositive().isEqualTo((long) THREADS * MANY - written);
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
        reader.reads.release();
        log.info("before");
        queue.close();
        queue.close();
        log.info("behind");
        assertThat(reader.lines).containsExactly("before", "behind");
    }
}
