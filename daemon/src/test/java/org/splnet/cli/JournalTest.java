package org.splnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.KeyValuePair;

/// What is written for systemd's journal, and when.
class JournalTest {
    @TempDir
    private Path dir;

    @Test
    void theVariableCountsForTheStreamItNamesOnly() throws IOException {
        Path stream = Files.createFile(dir.resolve("stream"));
        Path other = Files.createFile(dir.resolve("terminal"));
        Map<String, Object> file = Files.readAttributes(stream, "unix:dev,ino");
        String variable = file.get("dev") + ":" + file.get("ino");
        assertThat(LogSetup.toJournal(variable, stream)).isTrue();
        assertThat(LogSetup.toJournal(variable, other)).as("inherited from a service").isFalse();
        assertThat(LogSetup.toJournal(variable, dir.resolve("closed"))).isFalse();
        assertThat(LogSetup.toJournal(null, stream)).isFalse();
    }

    @Test
    void eachLineOfAnEventHasItsPriority() {
        var event = new LoggingEvent("", new LoggerContext().getLogger("splnet.daemon"), Level.WARN, "{}:",
                new IllegalStateException("why"), new Object[] {"one\ntwo"});
        event.addKeyValuePair(new KeyValuePair("interface", "lan0"));
        assertThat(new String(LogLines.encoder(true).encode(event), StandardCharsets.UTF_8).lines())
                .startsWith("<4>splnet.daemon one", "<4>two: interface=lan0",
                        "<4>java.lang.IllegalStateException: why")
                .allMatch(line -> line.startsWith("<4>"));
        assertThat(new String(LogLines.encoder(false).encode(event), StandardCharsets.UTF_8))
                .matches("(?s)[0-9:.]{12} WARN  splnet.daemon one\ntwo: interface=lan0\n"
                        + "java.lang.IllegalStateException: why\n\tat .*\n");
    }

    @Test
    void eachLineIsAnError() {
        var journal = new ByteArrayOutputStream();
        PrintWriter err = new PrintWriter(new JournalErrors(journal), true, StandardCharsets.UTF_8);
        err.println("splnet: one");
        err.print("two\n\nfour");
        err.flush();
        assertThat(journal.toString(StandardCharsets.UTF_8))
                .isEqualTo("<3>splnet: one\n<3>two\n<3>\n<3>four");
    }
}
