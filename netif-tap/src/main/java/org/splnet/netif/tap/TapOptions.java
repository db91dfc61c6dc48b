package org.splnet.netif.tap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.splnet.net.DeviceSpec;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;

/// What a specification asks of a TAP, checked.
///
/// @param hostAddresses addresses for the host's side
/// @param bridge the host's bridge to join, or null
/// @param persist leave the device in place at the end
/// @param owner user id that may open the device later without privileges, or -1
/// @param offload leave checksums and segmentation to the kernel, and take unfinished packets from it
/// @param queues descriptors that share the work
record TapOptions(List<Cidr> hostAddresses, String bridge, boolean persist, long owner, boolean offload,
        int queues) {
    static final String HOST_ADDRESS = "host-address";
    static final String BRIDGE = "bridge";
    static final String PERSIST = "persist";
    static final String OWNER = "owner";
    static final String OFFLOAD = "offload";
    static final String QUEUES = "queues";
    static final Set<String> KEYS = Set.of(HOST_ADDRESS, BRIDGE, PERSIST, OWNER, OFFLOAD, QUEUES);

    /// Linux's IFNAMSIZ without the zero at the end.
    static final int NAME_MAX = 15;
    private static final int QUEUES_MAX = 64;
    private static final int MTU_MIN = 68;
    private static final int MTU_MAX = 65521;
    private static final long UID_MAX = 0xffff_fffeL;

    /// @throws IllegalArgumentException naming the key, the value and what is allowed
    static TapOptions of(DeviceSpec spec) {
        for (String key : spec.options().keySet()) {
            if (!KEYS.contains(key)) {
                throw bad(key, spec.options().get(key), "a tap interface has no such key, only "
                        + String.join(", ", KEYS.stream().sorted().toList()));
            }
        }
        checkName("name", spec.name());
        if (spec.mtu() != 0 && (spec.mtu() < MTU_MIN || spec.mtu() > MTU_MAX)) {
            throw bad("mtu", Integer.toString(spec.mtu()), "is not in " + MTU_MIN + ".." + MTU_MAX);
        }
        if (spec.mac() != null && (spec.mac().isMulticast() || spec.mac().bits() == 0)) {
            throw bad("mac", spec.mac().toString(), "a station's own address is neither zero nor a group's");
        }
        String bridge = spec.options().get(BRIDGE);
        if (bridge != null) {
            checkName(BRIDGE, bridge);
        }
        List<Cidr> addresses = hostAddresses(spec.options().get(HOST_ADDRESS));
        if (bridge != null && !addresses.isEmpty()) {
            throw bad(HOST_ADDRESS, spec.options().get(HOST_ADDRESS),
                    "a port of a bridge has no address; give it to " + bridge + " instead");
        }
        boolean persist = flag(spec, PERSIST, false);
        return new TapOptions(addresses, bridge, persist, owner(spec.options().get(OWNER), persist),
                flag(spec, OFFLOAD, true), queues(spec.options().get(QUEUES)));
    }

    private static int queues(String value) {
        if (value == null) {
            return 1;
        }
        if (!value.matches("[0-9]{1,2}") || Integer.parseInt(value) < 1
                || Integer.parseInt(value) > QUEUES_MAX) {
            throw bad(QUEUES, value, "is not a number in 1.." + QUEUES_MAX);
        }
        return Integer.parseInt(value);
    }

    private static void checkName(String key, String name) {
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > NAME_MAX) {
            throw bad(key, name, "an interface's name has 1 to " + NAME_MAX + " octets");
        }
        // '%' makes the kernel count names up, ':' once marked aliases
        if (name.equals(".") || name.equals("..")
                || name.chars().anyMatch(c -> c <= ' ' || c >= 127 || c == '/' || c == ':' || c == '%')) {
            throw bad(key, name, "an interface's name has printable ASCII without space, '/', ':' and '%'");
        }
    }

    private static List<Cidr> hostAddresses(String value) {
        var all = new ArrayList<Cidr>();
        if (value != null) {
            for (String one : value.split(",", -1)) {
                Cidr address = hostAddress(value, one.strip());
                if (all.contains(address)) {
                    throw bad(HOST_ADDRESS, value, address + " is there twice");
                }
                all.add(address);
            }
        }
        return List.copyOf(all);
    }

    private static Cidr hostAddress(String value, String one) {
        Cidr parsed;
        try {
            parsed = Cidr.parse(one);
        } catch (IllegalArgumentException e) {
            throw bad(HOST_ADDRESS, value, e.getMessage()
                    + "; allowed is address/prefix-length, several with commas");
        }
        InetAddr address = parsed.addr();
        if (address.isMulticast() || address.isUnspecified() || address.isLoopback()) {
            throw bad(HOST_ADDRESS, value, address + " is not an address a station can have");
        }
        if (parsed.hasBroadcast()
                && (address.equals(parsed.network()) || address.equals(parsed.broadcast()))) {
            throw bad(HOST_ADDRESS, value, address + " is the " + (address.equals(parsed.network())
                    ? "network's own" : "broadcast") + " address of " + parsed.subnet());
        }
        return parsed;
    }

    private static boolean flag(DeviceSpec spec, String key, boolean unsaid) {
        String value = spec.options().get(key);
        if (value == null) {
            return unsaid;
        }
        if (!value.equals("true") && !value.equals("false")) {
            throw bad(key, value, "is neither true nor false");
        }
        return value.equals("true");
    }

    private static long owner(String value, boolean persist) {
        if (value == null) {
            return -1;
        }
        if (!value.matches("[0-9]{1,10}") || Long.parseLong(value) > UID_MAX) {
            throw bad(OWNER, value, "is not a user id in 0.." + UID_MAX);
        }
        if (!persist) {
            throw bad(OWNER, value, "is for a device that stays: set persist = true as well");
        }
        return Long.parseLong(value);
    }

    private static IllegalArgumentException bad(String key, String value, String why) {
        return new IllegalArgumentException(key + ": " + value + ": " + why);
    }
}
