package org.splnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The journal's format is for the journal's stream only, whose numbers the environment has.
class LogSetupTest {
    @TempDir
    Path dir;

    private static String numbers(Path file) throws IOException {
        return Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
    }

    @Test
    void isForTheStreamThatTheEnvironmentNames() throws IOException {
        Path journal = Files.createFile(dir.resolve("journal"));
        Path elsewhere = Files.createFile(dir.resolve("elsewhere"));
        Path descriptor = Files.createSymbolicLink(dir.resolve("2"), journal);
        assertThat(LogSetup.isJournal(numbers(journal), descriptor)).isTrue();
        assertThat(LogSetup.isJournal(numbers(elsewhere), descriptor)).as("inherited").isFalse();
        assertThat(LogSetup.isJournal(null, descriptor)).isFalse();
        assertThat(LogSetup.isJournal("", descriptor)).isFalse();
        assertThat(LogSetup.isJournal(numbers(journal), dir.resolve("closed"))).isFalse();
    }
}
