package org.splnet.cli;

import java.time.Duration;
import org.splnet.config.DriverCatalog;
import org.splnet.config.SplnetConfig;

/// The program around the command line.
public interface Host {
    /// The installed drivers.
    DriverCatalog drivers();

    /// A variable of the environment; null if it is not set.
    String environment(String name);

    /// True if output is read as it comes, by somebody at a terminal.
    boolean terminal();

    /// Waits before something is shown again.
    ///
    /// @return false if it is not to be shown again
    boolean pause(Duration time);

    /// Runs a stack until the process is told to end.
    ///
    /// @return exit code; what went wrong has been said on standard error
    int run(SplnetConfig config);
}
