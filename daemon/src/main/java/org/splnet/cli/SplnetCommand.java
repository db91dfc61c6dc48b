package org.splnet.cli;

import org.splnet.config.DriverCatalog;
import picocli.CommandLine.Command;

/// `splnet`.
@Command(name = "splnet", mixinStandardHelpOptions = true)
public final class SplnetCommand implements Runnable {
    public SplnetCommand(DriverCatalog drivers) {
        java.util.Objects.requireNonNull(drivers);
    }

    @Override
    public void run() {
        picocli.CommandLine.usage(this, System.out);
    }
}
