package org.splnet.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.splnet.config.ConfigException;
import org.splnet.config.ConfigReader;
import org.splnet.config.DriverCatalog;
import org.splnet.config.SplnetConfig;
import org.splnet.wire.Cidr;

/// Where the status page is.
final class StatusUrl {
    /// Where a packaged daemon has its configuration.
    static final String CONFIG = "/etc/splnet/splnet.toml";
    /// Where the quick start's stack is.
    static final String QUICKSTART = "http://10.88.0.2";

    private StatusUrl() {
    }

    /// The address given, or that of the configured stack, or the quick start's.
    ///
    /// @param given null if none
    static URI find(String given, Path config, DriverCatalog drivers) throws Failure {
        if (given == null) {
            return URI.create(configured(config, drivers));
        }
        try {
            URI url = new URI(given.contains("://") ? given : "http://" + given);
            if (!"http".equals(url.getScheme()) || url.getHost() == null) {
                throw new Failure(Sysexits.USAGE, "--url: " + given
                        + ": must be http://ADDRESS or http://ADDRESS:PORT");
            }
            return url;
        } catch (URISyntaxException e) {
            throw new Failure(Sysexits.USAGE, "--url: " + given
                    + ": must be http://ADDRESS or http://ADDRESS:PORT");
        }
    }

    private static String configured(Path file, DriverCatalog drivers) {
        if (!Files.isReadable(file)) {
            return QUICKSTART;
        }
        try {
            SplnetConfig config = new ConfigReader(drivers).read(file);
            List<Cidr> addresses = config.interfaces().getFirst().addresses();
            if (addresses.isEmpty()) {
                return QUICKSTART;                  // only the daemon knows what a server gave it
            }
            int port = config.services().status().port();
            return "http://" + addresses.getFirst().addr()
                    + (port == 80 ? "" : ":" + port);
        } catch (ConfigException e) {
            // The daemon may run with an older file than the one that is broken now.
            return QUICKSTART;
        }
    }
}
