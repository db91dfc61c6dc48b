package org.splnet.unix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// Who is at the other end of a Unix connection, as the kernel saw it when it was made (`SO_PEERCRED`).
///
/// @param pid the process
/// @param uid its user
/// @param gid its group
/// @param groups its other groups
public record Credentials(int pid, int uid, int gid, int[] groups) {
    private static final int SO_PEERCRED = 17;
    private static final int SO_PEERGROUPS = 59;
    private static final int ENODATA = 61;             // a process without further groups
    private static final int FEW_GROUPS = 64;
    private static final int MOST_GROUPS = 65_536;

    /// Who connected `fd`.
    static Credentials of(Libc libc, int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocate(JAVA_INT);
            MemorySegment ids = arena.allocate(JAVA_INT, 3);
            length.set(JAVA_INT, 0, (int) ids.byteSize());
            Fd.checked(libc.getsockopt(fd, Libc.SOL_SOCKET, SO_PEERCRED, ids.address(), length.address()),
                    "SO_PEERCRED");
            int[] groups = groups(libc, fd, length, arena.allocate(JAVA_INT, FEW_GROUPS));
            if (groups == null) {
                groups = groups(libc, fd, length, arena.allocate(JAVA_INT, MOST_GROUPS));
            }
            if (groups == null) {
                throw new IOException("SO_PEERGROUPS");    // no rule for a group must be missed
            }
            return new Credentials(ids.getAtIndex(JAVA_INT, 0), ids.getAtIndex(JAVA_INT, 1),
                    ids.getAtIndex(JAVA_INT, 2), groups);
        }
    }

    /// Null if they do not fit into `room`.
    private static int[] groups(Libc libc, int fd, MemorySegment length, MemorySegment room) {
        length.set(JAVA_INT, 0, (int) room.byteSize());
        int code = libc.getsockopt(fd, Libc.SOL_SOCKET, SO_PEERGROUPS, room.address(), length.address());
        if (code == -ENODATA) {
            return new int[0];
        }
        return code < 0 ? null : room.asSlice(0, length.get(JAVA_INT, 0)).toArray(JAVA_INT);
    }

    /// The user of this process.
    public static int own() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// True if `group` is one of its groups.
    public boolean in(int group) {
        if (gid == group) {
            return true;
        }
        for (int each : groups) {
            if (each == group) {
                return true;
            }
        }
        return false;
    }

    /// The name of the program, as far as it can be told; for people. Reads a file of the kernel's. What a
    /// process calls itself may be any octets, and it ends on terminals: nothing but printable ASCII is left.
    public String program() {
        try {
            return Files.readString(Path.of("/proc", Integer.toString(pid), "comm")).strip()
                    .replaceAll("[^ -~]", "?");
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }
}
