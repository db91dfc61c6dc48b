package org.splnet.cli;

/// A command that could not do what it was asked; the message says why and what to do. Null for nothing to be
/// said.
class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    final int exitCode() {
        return exitCode;
    }
}
