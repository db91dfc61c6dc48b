package org.splnet.unix;

/// The error numbers that are told apart here, as Linux counts them on every architecture that follows
/// asm-generic (x86-64, AArch64, RISC-V, s390x).
public final class Errno {
    /// Nothing has that name.
    public static final int ENOENT = 2;
    /// A signal came first.
    public static final int EINTR = 4;
    /// Not now.
    public static final int EAGAIN = 11;
    /// No memory for it.
    public static final int ENOMEM = 12;
    /// This user may not.
    public static final int EACCES = 13;
    /// Too many open descriptors of the host.
    public static final int ENFILE = 23;
    /// Too many open descriptors of the process.
    public static final int EMFILE = 24;
    /// Nobody will read what was to be written.
    public static final int EPIPE = 32;
    /// A path that is too long for a socket's address.
    public static final int ENAMETOOLONG = 36;
    /// What the other end says cannot be.
    public static final int EPROTO = 71;
    /// The other end was closed with octets unread.
    public static final int ECONNRESET = 104;
    /// No memory for it in the kernel.
    public static final int ENOBUFS = 105;
    /// Nobody listens there.
    public static final int ECONNREFUSED = 111;
    /// Too many descriptors are on their way to others.
    public static final int ETOOMANYREFS = 109;

    private Errno() {
    }

    /// True for a result that says that the kernel is short of something, which may be better soon and which
    /// nothing tells when it is.
    public static boolean shortage(int result) {
        return result == -ENOBUFS || result == -ENOMEM || result == -ETOOMANYREFS || result == -EMFILE
                || result == -ENFILE;
    }
}
