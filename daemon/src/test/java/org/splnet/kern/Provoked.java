package org.splnet.kern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/// For tests that provoke faults and violations: what is logged about them is collected instead of printed,
/// and afterwards the fault log and the witness are as if nothing had happened.
public final class Provoked implements BeforeEachCallback, AfterEachCallback {
    private final List<Logger> loggers = List.of(
            (Logger) LoggerFactory.getLogger("splnet.fault"),
            (Logger) LoggerFactory.getLogger("splnet.witness"));
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @Override
    public void beforeEach(ExtensionContext context) {
        appender.list = new CopyOnWriteArrayList<>();
        appender.start();
        for (Logger logger : loggers) {
            logger.addAppender(appender);
            logger.setAdditive(false);
            logger.setLevel(Level.WARN);
        }
        forget();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        for (Logger logger : loggers) {
            logger.detachAppender(appender);
            logger.setAdditive(true);
            logger.setLevel(null);
        }
        forget();
    }

    private static void forget() {
        FaultLog.system().clear();
        Witness.keepSites(false);
        Witness.mode(Witness.Mode.OFF);                    // and with that forget what is held
        Witness.mode(Witness.Mode.THROW);
        Witness.reset();
    }

    /// What was logged, message by message.
    public List<String> logged() {
        var messages = new ArrayList<String>();
        appender.list.forEach(event -> messages.add(event.getFormattedMessage()));
        return messages;
    }

    /// What the first log event said was thrown.
    public String thrown() {
        return appender.list.getFirst().getThrowableProxy().getMessage();
    }
}
