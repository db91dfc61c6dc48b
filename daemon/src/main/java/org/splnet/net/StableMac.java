package org.splnet.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.splnet.wire.MacAddr;

/// Station addresses that are the same after every restart and differ between machines, interfaces and roles,
/// for drivers whose device brings none: locally administered, derived from the machine's identity.
///
/// The machine id itself is secret (machine-id(5)), so only a hash of it is shown. Machines cloned with their
/// id, and interfaces of one name in two network namespaces, get the same address: where such meet on one
/// link, one of them has to be given an address.
public final class StableMac {
    private static final long GROUP = 0x0100_0000_0000L;
    private static final long LOCAL = 0x0200_0000_0000L;

    private StableMac() {
    }

    /// The address on this machine.
    ///
    /// @param role what it is for, so that one name may have several
    /// @param name the interface's name
    public static MacAddr of(String role, String name) {
        return of(machine(), role, name);
    }

    static MacAddr of(String machine, String role, String name) {
        byte[] hash = sha256("splnet\0" + role + '\0' + machine + '\0' + name);
        long bits = 0;
        for (int i = 0; i < 6; i++) {
            bits = bits << 8 | hash[i] & 0xff;
        }
        return new MacAddr(bits & ~GROUP | LOCAL);
    }

    private static String machine() {
        for (String file : new String[] {"/etc/machine-id", "/var/lib/dbus/machine-id"}) {
            String id = text(file);
            if (id.matches("[0-9a-f]{32}")) {
                return id;
            }
        }
        return text("/proc/sys/kernel/hostname");
    }

    private static String text(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
