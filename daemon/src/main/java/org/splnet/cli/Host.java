package org.splnet.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.splnet.config.AccountCatalog;
import org.splnet.config.ConfigException;
import org.splnet.config.DriverCatalog;
import org.splnet.config.SplnetConfig;

/// The program around the command line.
public interface Host {
    /// The installed drivers.
    DriverCatalog drivers();

    /// The host's users and groups.
    default AccountCatalog accounts() {
        return AccountCatalog.UNASKED;
    }

    /// A variable of the environment; null if it is not set.
    String environment(String name);

    /// Standard input.
    default InputStream input() {
        return System.in;
    }

    /// Standard output, for octets that are no text.
    default OutputStream output() {
        return new FileOutputStream(FileDescriptor.out);    // System.out says of no write that it has failed
    }

    /// True if output is read as it comes, by somebody at a terminal.
    boolean terminal();

    /// Waits before something is shown again.
    ///
    /// @return false if it is not to be shown again
    boolean pause(Duration time);

    /// The calling thread has last words: a signal that ends the process interrupts it, and waits until it
    /// has closed this, though not for long.
    default LastWords lastWords() {
        return () -> { };
    }

    /// To be closed when they are said.
    interface LastWords extends AutoCloseable {
        @Override
        void close();
    }

    /// Reads the configuration again, the command line's own wishes included.
    @FunctionalInterface
    interface Again {
        /// @throws ConfigException with everything that is wrong
        SplnetConfig read() throws ConfigException;
    }

    /// Runs a stack until the process is told to end.
    ///
    /// @param again asked when the configuration may have changed
    /// @return exit code; what went wrong has been said on standard error
    int run(SplnetConfig config, Again again);
}
