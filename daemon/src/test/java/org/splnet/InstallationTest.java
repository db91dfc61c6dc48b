package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.splnet.config.ConfigReader;
import org.splnet.config.FakeDrivers;

/// What the program around the command line knows of its host.
class InstallationTest {
    private static String missing(String user) throws Exception {
        String text = "[[interface]]\nname = \"t\"\ndriver = \"tap\"\naddresses = [\"10.0.0.1/24\"]\n"
                + "[[control.client]]\nuser = \"" + user + "\"\n";
        return new Installation(new PrintWriter(new StringWriter())).missing(
                new ConfigReader(new FakeDrivers()).parse("f", text.getBytes(StandardCharsets.UTF_8)));
    }

    /// Such a file was well, and the daemon did not start with it.
    @Test
    void aUserThatTheHostDoesNotHaveIsMissing() throws Exception {
        assertThat(missing("root")).isNull();
        assertThat(missing("no such")).isEqualTo(
                "control.client: user \"no such\": the host has no such user");
    }
}
