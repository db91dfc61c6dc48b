package org.splnet.config;

import java.util.Map;
import java.util.Set;
import org.splnet.wire.MacAddr;

/// One driver, `tap`, that dislikes a host address of `bad` and a persistence it cannot spell.
public final class FakeDrivers implements DriverCatalog {
    @Override
    public Set<String> types() {
        return Set.of("tap", "pcap", "stream");
    }

    @Override
    public Set<String> optionKeys(String type) {
        return switch (type) {
            case "tap" -> Set.of("host-address", "bridge", "persist", "owner", "offload", "queues");
            case "stream" -> Set.of("path", "listen");
            default -> Set.of("device", "promiscuous", "nic-mac", "buffer-size", "offload");
        };
    }

    @Override
    public void validate(String type, String name, MacAddr mac, int mtu, Map<String, String> options) {
        if ("bad".equals(options.get("host-address"))) {
            throw new IllegalArgumentException("host-address: bad: must be an address with prefix");
        }
        if (mtu > 60_000) {
            throw new IllegalArgumentException("mtu: " + mtu + ": a tap has at most 60000");
        }
    }
}
