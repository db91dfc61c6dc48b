package org.splnet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// The version, as the build has written it.
public final class Version implements IVersionProvider {
    private static final String VERSION = read();

    /// The version alone: `0.1.0`.
    public static String text() {
        return VERSION;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"splnet " + VERSION, "Java " + Runtime.version() + ", "
                + System.getProperty("os.name")
                + " " + System.getProperty("os.version")};
    }

    private static String read() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
