package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.splnet.config.ConfigException;
import org.splnet.config.ConfigReader;
import org.splnet.config.FakeDrivers;

/// What the program around the command line knows of its host.
class InstallationTest {
    private static String problems(String control) {
        String text = "[[interface]]\nname = \"t\"\ndriver = \"tap\"\naddresses = [\"10.0.0.1/24\"]\n"
                + control;
        Installation host = new Installation(new PrintWriter(new StringWriter()));
        try {
            new ConfigReader(new FakeDrivers(), host.accounts())
                    .parse("f", text.getBytes(StandardCharsets.UTF_8));
            return "";
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    /// Such a file was well, and the daemon did not start with it.
    @Test
    void whomTheHostDoesNotHaveIsAProblemOfTheFile() {
        assertThat(problems("[[control.client]]\nuser = \"root\"\n[[control.client]]\ngroup = \"0\"\n"))
                .isEmpty();
        assertThat(problems("[[control.client]]\nuser = \"no such\"\n[[control.client]]\n"
                + "group = \"nor such\"\n[[control.client]]\nuser = \"4294967295\"\n")).isEqualTo("""
                f:6: control.client.user: "no such": the host has no such user
                f:8: control.client.group: "nor such": the host has no such group
                f:10: control.client.user: "4294967295": must be at most 4294967294""");
    }

    @Test
    void withoutASocketNobodyIsAskedFor() {
        assertThat(problems("[control]\nsocket = \"\"\n[[control.client]]\nuser = \"no such\"\n")).isEmpty();
    }

    /// It was a line of the journal's own.
    @Test
    void aNameIsOneLine() {
        assertThat(problems("[[control.client]]\nuser = \"x\\n<0>forged\"\n")).isEqualTo(
                "f:6: control.client.user: \"x\\n<0>forged\": must be a name or a number");
    }
}
