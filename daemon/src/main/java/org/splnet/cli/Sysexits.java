package org.splnet.cli;

/// Exit codes, by the names of sysexits(3).
public final class Sysexits {
    /// All is well.
    public static final int OK = 0;
    /// The command line is wrong.
    public static final int USAGE = 64;
    /// Something needed is not there: a device, the daemon.
    public static final int UNAVAILABLE = 69;
    /// A fault of ours.
    public static final int SOFTWARE = 70;
    /// The operating system refused something it should not.
    public static final int OSERR = 71;
    /// Reading or writing failed.
    public static final int IOERR = 74;
    /// The other side speaks otherwise: a daemon of another version.
    public static final int PROTOCOL = 76;
    /// Permission is missing.
    public static final int NOPERM = 77;
    /// The configuration is wrong.
    public static final int CONFIG = 78;

    private Sysexits() {
    }
}
