package org.splnet;

/// The stack could not be started. The message names the cause and the cure in one line.
final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /// @param exitCode of [org.splnet.cli.Sysexits]
    StartException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
