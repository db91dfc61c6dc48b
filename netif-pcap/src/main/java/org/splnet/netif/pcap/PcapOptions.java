package org.splnet.netif.pcap;

import java.util.Set;
import org.splnet.net.DeviceSpec;

/// What a specification asks of a NIC behind libpcap, checked.
///
/// @param device the NIC's name on the host
/// @param promiscuous take frames for any station, and so those for ours, which the NIC does not know
/// @param nicMac use the NIC's own station address, and with it share it with the host's kernel
/// @param offload leave checksums and the cutting of TCP packets to the kernel and the NIC
/// @param bufferSize octets of the kernel's buffer for received frames
record PcapOptions(String device, boolean promiscuous, boolean nicMac, boolean offload,
        int bufferSize) {
    static final String DEVICE = "device";
    static final String PROMISCUOUS = "promiscuous";
    static final String NIC_MAC = "nic-mac";
    static final String OFFLOAD = "offload";
    static final String BUFFER_SIZE = "buffer-size";
    static final Set<String> KEYS = Set.of(DEVICE, PROMISCUOUS, NIC_MAC, OFFLOAD, BUFFER_SIZE);

    private static final int BUFFER_MIN = 1 << 20;
    private static final int BUFFER_MAX = 1 << 30;
    private static final int BUFFER_DEFAULT = 4 << 20;
    private static final int MTU_MIN = 68;
    private static final int MTU_MAX = 65535;
    private static final int NAME_MAX = 15;

    /// @throws IllegalArgumentException naming the key, the value and what is allowed
    static PcapOptions of(DeviceSpec spec) {
        for (String key : spec.options().keySet()) {
            if (!KEYS.contains(key)) {
                throw bad(key, spec.options().get(key), "a pcap interface has no such key, only "
                        + String.join(", ", KEYS.stream().sorted().toList()));
            }
        }
        String device = spec.options().getOrDefault(DEVICE, spec.name());
        if (device.isEmpty() || device.length() > NAME_MAX
                || device.chars().anyMatch(c -> c <= ' ' || c >= 127 || c == '/')) {
            throw bad(spec.options().containsKey(DEVICE) ? DEVICE : "name", device,
                    "a NIC's name has 1 to " + NAME_MAX + " printable ASCII characters, no space and no '/'");
        }
        if (spec.mtu() != 0 && (spec.mtu() < MTU_MIN || spec.mtu() > MTU_MAX)) {
            throw bad("mtu", Integer.toString(spec.mtu()), "is not in " + MTU_MIN + ".." + MTU_MAX);
        }
        if (spec.mac() != null && (spec.mac().isMulticast() || spec.mac().bits() == 0)) {
            throw bad("mac", spec.mac().toString(), "a station's own address is neither zero nor a group's");
        }
        boolean nicMac = bool(spec, NIC_MAC, false);
        if (nicMac && spec.mac() != null) {
            throw bad(NIC_MAC, "true", "there is a mac as well: " + spec.mac() + "; give one of the two");
        }
        return new PcapOptions(device, bool(spec, PROMISCUOUS, !nicMac), nicMac,
                bool(spec, OFFLOAD, true), bufferSize(spec));
    }

    private static boolean bool(DeviceSpec spec, String key, boolean otherwise) {
        String value = spec.options().get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.equals("true") && !value.equals("false")) {
            throw bad(key, value, "is neither true nor false");
        }
        return value.equals("true");
    }

    private static int bufferSize(DeviceSpec spec) {
        String value = spec.options().get(BUFFER_SIZE);
        if (value == null) {
            return BUFFER_DEFAULT;
        }
        if (!value.matches("[0-9]{1,10}") || Long.parseLong(value) < BUFFER_MIN
                || Long.parseLong(value) > BUFFER_MAX) {
            throw bad(BUFFER_SIZE, value, "is not a number of octets in " + BUFFER_MIN + ".." + BUFFER_MAX);
        }
        return Integer.parseInt(value);
    }

    private static IllegalArgumentException bad(String key, String value, String why) {
        return new IllegalArgumentException(key + ": " + value + ": " + why);
    }
}
