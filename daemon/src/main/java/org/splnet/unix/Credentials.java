package org.splnet.unix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Who is at the other end of a Unix connection, as the kernel saw it when it was made (`SO_PEERCRED`).
///
/// @param pid the process
/// @param uid its user
/// @param gid its group
/// @param groups its other groups
public record Credentials(int pid, int uid, int gid, int[] groups) {
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
