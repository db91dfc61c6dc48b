package org.splnet.cli;

import org.splnet.config.DriverCatalog;
import org.splnet.config.SplnetConfig;

/// The program around the command line.
public interface Host {
    /// The installed drivers.
    DriverCatalog drivers();

    /// Runs a stack until the process is told to end.
    ///
    /// @return exit code; what went wrong has been said on standard error
    int run(SplnetConfig config);
}
