package org.splnet.unix;

/// The error numbers that are told apart here, ours and the drivers', as Linux counts them on every
/// architecture that follows asm-generic (x86-64, AArch64, RISC-V, s390x).
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    /// The host has no descriptor left.
    public static final int ENFILE = 23;
    /// This process has none left, or only its reserve ([Fd#CEILING]).
    public static final int EMFILE = 24;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    /// Nobody will read what was to be written.
    public static final int EPIPE = 32;
    /// A path that is too long for a socket's address.
    public static final int ENAMETOOLONG = 36;
    public static final int EPROTO = 71;
    /// Of a TAP: its device is gone.
    public static final int EBADFD = 77;
    public static final int EMSGSIZE = 90;
    public static final int ENOPROTOOPT = 92;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    /// Of a Unix socket: the other end was closed with octets unread.
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    /// Too many descriptors are on their way to others.
    public static final int ETOOMANYREFS = 109;
    public static final int ECONNREFUSED = 111;

    private Errno() {
    }

    /// True for a result that says that the kernel is short of something, which may be better soon and which
    /// nothing tells when it is.
    public static boolean shortage(int result) {
        return result == -ENOBUFS || result == -ENOMEM || result == -ETOOMANYREFS || result == -EMFILE
                || result == -ENFILE;
    }

    /// The symbol an administrator can look up.
    public static String name(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM";
            case ENOENT -> "ENOENT";
            case EINTR -> "EINTR";
            case EIO -> "EIO";
            case ENXIO -> "ENXIO";
            case E2BIG -> "E2BIG";
            case EAGAIN -> "EAGAIN";
            case ENOMEM -> "ENOMEM";
            case EACCES -> "EACCES";
            case EBUSY -> "EBUSY";
            case EEXIST -> "EEXIST";
            case ENODEV -> "ENODEV";
            case EINVAL -> "EINVAL";
            case ENFILE -> "ENFILE";
            case EMFILE -> "EMFILE";
            case ENOSPC -> "ENOSPC";
            case EROFS -> "EROFS";
            case EPIPE -> "EPIPE";
            case ENAMETOOLONG -> "ENAMETOOLONG";
            case EPROTO -> "EPROTO";
            case EBADFD -> "EBADFD";
            case EMSGSIZE -> "EMSGSIZE";
            case ENOPROTOOPT -> "ENOPROTOOPT";
            case EOPNOTSUPP -> "EOPNOTSUPP";
            case EAFNOSUPPORT -> "EAFNOSUPPORT";
            case EADDRINUSE -> "EADDRINUSE";
            case EADDRNOTAVAIL -> "EADDRNOTAVAIL";
            case ENETDOWN -> "ENETDOWN";
            case ECONNRESET -> "ECONNRESET";
            case ENOBUFS -> "ENOBUFS";
            case ETOOMANYREFS -> "ETOOMANYREFS";
            case ECONNREFUSED -> "ECONNREFUSED";
            default -> "errno " + errno;
        };
    }
}
