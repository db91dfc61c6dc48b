package org.splnet.cli;

import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.event.KeyValuePair;

/// How lines of the log look: under systemd, which keeps time and knows priorities, each begins with `<N>`
/// (sd-daemon(3)), elsewhere an event begins with the time. For logback, which finds this by `ServiceLoader`
/// and reads no file then, unless `logback.configurationFile` names one.
public final class LogLines extends ContextAwareBase implements Configurator {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT)
            .withZone(ZoneId.systemDefault());

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty(ClassicConstants.CONFIG_FILE_PROPERTY) != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder(LogSetup.toJournal()));
        stderr.start();
        context.getLogger("ROOT").setLevel(Level.WARN);
        context.getLogger("ROOT").addAppender(stderr);
        context.getLogger("splnet").setLevel(Level.INFO);
        // They warn where the host's network may not be looked at (RestrictAddressFamilies of the service),
        // of what nobody uses here.
        context.getLogger("io.netty.util.NetUtilInitializations").setLevel(Level.ERROR);
        context.getLogger("io.netty.util.internal.MacAddressUtil").setLevel(Level.ERROR);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /// @param journal true if what is logged goes to systemd's journal
    static Encoder<ILoggingEvent> encoder(boolean journal) {
        return new EncoderBase<>() {
            @Override
            public byte[] encode(ILoggingEvent event) {
                return (journal ? journal(event) : terminal(event)).getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public byte[] headerBytes() {
                return new byte[0];
            }

            @Override
            public byte[] footerBytes() {
                return new byte[0];
            }
        };
    }

    /// Without a priority of its own the second line of a problem, or of a stack, would be no error.
    private static String journal(ILoggingEvent event) {
        int level = event.getLevel().toInt();
        String priority = "<" + (level >= Level.ERROR_INT ? 3 : level >= Level.WARN_INT ? 4
                : level >= Level.INFO_INT ? 6 : 7) + ">";
        return text(event).lines().map(line -> priority + line + "\n").collect(Collectors.joining());
    }

    private static String terminal(ILoggingEvent event) {
        return TIME.format(Instant.ofEpochMilli(event.getTimeStamp()))
                + String.format(Locale.ROOT, " %-5s ", event.getLevel()) + text(event);
    }

    private static String text(ILoggingEvent event) {
        StringBuilder text = new StringBuilder(event.getLoggerName()).append(' ')
                .append(event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair each : event.getKeyValuePairs()) {
                text.append(' ').append(each.key).append('=').append(each.value);
            }
        }
        text.append('\n');
        if (event.getThrowableProxy() != null) {
            text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return text.toString();
    }
}
