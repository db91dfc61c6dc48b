package org.splnet.interop;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What lies between the kernel and splnet, by the system property `splnet.wire`. Tests are written for a
/// TAP; with NICs the kernel's end has the TAP's name, and so all that they do with it.
enum Wire {
    /// A TAP.
    TAP,
    /// Two NICs back to back, the other one opened by the pcap driver. The kernel leaves checksums unfinished
    /// and segments uncut, as it does by default.
    PCAP,
    /// The same with the kernel's end doing everything itself, so that what passes is what a wire would
    /// carry.
    PCAP_PLAIN;

    static final Wire CHOSEN = valueOf(System.getProperty("splnet.wire", "tap")
            .toUpperCase(Locale.ROOT).replace('-', '_'));

    private static final String OTHER_END = "wire0";
    private static final Pattern HOST_ADDRESS =
            Pattern.compile("host-address = \"(.+)\"\n");
    private static final Pattern BRIDGE = Pattern.compile("bridge = \"(.+)\"\n");

    /// Lays the wire, unless it is there, and makes of a configuration for a TAP one for it.
    String ready(Lab lab, String config) {
        if (this == TAP || !config.contains("driver = \"tap\"")) {
            return config;
        }
        Matcher address = HOST_ADDRESS.matcher(config);
        Matcher bridge = BRIDGE.matcher(config);
        if (lab.run("ip", "link", "show", OTHER_END).exit() != 0) {
            lab.run("ip", "link", "add", "splnet0", "type", "veth", "peer", "name", OTHER_END).ok();
            if (this == PCAP_PLAIN) {
                lab.run("ethtool", "-K", "splnet0", "tx", "off", "tso", "off", "gso", "off", "gro",
                        "off").ok();
            }
            if (address.find()) {
                lab.run("ip", "address", "add", address.group(1), "dev", "splnet0").ok();
            }
            if (bridge.find()) {
                lab.run("ip", "link", "set", "splnet0", "master", bridge.group(1)).ok();
            }
            lab.run("ip", "link", "set", OTHER_END, "up").ok();
            lab.run("ip", "link", "set", "splnet0", "up").ok();
        }
        String other = HOST_ADDRESS.matcher(BRIDGE.matcher(config).replaceAll("")).replaceAll("");
        return other.replace("driver = \"tap\"", "driver = \"pcap\"\ndevice = \"" + OTHER_END + "\"");
    }
}
