package org.splnet.netif.stream;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.splnet.net.DeviceSpec;

/// What a specification asks of a stream, checked.
///
/// @param path the socket's file
/// @param listen true if we make it, false if the peer does
/// @param mtu largest IP packet in octets
record StreamOptions(Path path, boolean listen, int mtu) {
    static final String PATH = "path";
    static final String LISTEN = "listen";
    static final Set<String> KEYS = Set.of(PATH, LISTEN);

    /// What a guest's NIC has if nobody says otherwise (RFC 894).
    static final int MTU = 1500;
    private static final int MTU_MIN = 68;
    private static final int MTU_MAX = 65521;
    /// sun_path, less what a name beside it may have longer.
    private static final int PATH_MAX = 100;

    /// @throws IllegalArgumentException naming the key, the value and what is allowed
    static StreamOptions of(DeviceSpec spec) {
        String path = spec.options().get(PATH);
        if (path == null) {
            throw new IllegalArgumentException(PATH
                    + ": is missing: the Unix socket that the virtual machine's stream netdev has");
        }
        if (!path.startsWith("/") || path.endsWith("/") || path.indexOf('\0') >= 0) {
            throw bad(PATH, path, "is not the absolute path of a socket");
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > PATH_MAX) {
            throw bad(PATH, path, "is longer than the " + PATH_MAX + " octets that a socket may have");
        }
        String listen = spec.options().getOrDefault(LISTEN, "false");
        if (!listen.equals("true") && !listen.equals("false")) {
            throw bad(LISTEN, listen, "is neither true nor false");
        }
        if (spec.mtu() != 0 && (spec.mtu() < MTU_MIN || spec.mtu() > MTU_MAX)) {
            throw bad("mtu", Integer.toString(spec.mtu()), "is not in " + MTU_MIN + ".." + MTU_MAX);
        }
        if (spec.mac() != null && (spec.mac().isMulticast() || spec.mac().bits() == 0)) {
            throw bad("mac", spec.mac().toString(), "a station's own address is neither zero nor a group's");
        }
        return new StreamOptions(Path.of(path), listen.equals("true"), spec.mtu() != 0 ? spec.mtu() : MTU);
    }

    private static IllegalArgumentException bad(String key, String value, String why) {
        return new IllegalArgumentException(key + ": " + value + ": " + why);
    }
}
