package org.splnet.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.splnet.dhcp.DhcpConfig;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// Reads one `[[interface]]`, its driver's keys included.
final class InterfaceReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,14}");
    /// RFC 791: every internet module must be able to forward a datagram of 68 octets.
    private static final int MIN_MTU = 68;
    private static final int MAX_MTU = 65_535;

    private final Section section;
    private final DriverCatalog drivers;
    private boolean shown = true;       // to the driver: all of what is there for it

    private InterfaceReader(Section section, DriverCatalog drivers) {
        this.section = section;
        this.drivers = drivers;
    }

    /// @return null if it is too broken to be compared with others; then problems have been reported
    static InterfaceConfig read(Section section, DriverCatalog drivers) {
        return new InterfaceReader(section, drivers).read();
    }

    private InterfaceConfig read() {
        String name = section.parsed("name", null, InterfaceReader::name);
        String driver = section.parsed("driver", null, this::driver);
        MacAddr mac = section.parsed("mac", null, Addresses::station);
        int mtu = section.integer("mtu", 0, MIN_MTU, MAX_MTU);
        List<Cidr> addresses = section.list("addresses", Addresses::own);
        boolean probe = section.bool("probe", true);
        require("name");
        require("driver");
        DhcpConfig dhcp = dhcp();
        if (dhcp == null && !section.has("dhcp")) {
            requireAddresses();
        }
        if (driver == null) {
            // Which keys there are depends on the driver: unknown is what none of them knows.
            Set<String> types = drivers.types();
            types.forEach(each -> drivers.optionKeys(each).forEach(section::has));
            if (!types.isEmpty()) {
                section.reportUnknown();
            }
            return null;
        }
        Map<String, String> options = options(driver);
        section.reportUnknown();
        if (name == null) {
            return null;
        }
        if (shown) {
            validate(driver, name, mac, mtu, options);
        }
        return new InterfaceConfig(name, driver, mac, mtu, addresses, probe, dhcp, options);
    }

    /// `dhcp = true`, or a table of what is to be different.
    ///
    /// @return null for none
    private DhcpConfig dhcp() {
        JsonNode value = section.value("dhcp");
        if (value == null || value.isBoolean()) {
            if (value == null || value.booleanValue()) {
                return value == null ? null : DhcpConfig.DEFAULTS;
            }
            requireAddresses();
            return null;
        }
        if (!value.isObject()) {
            section.problem("dhcp", "must be true, false or a table: [interface.dhcp]");
            return null;
        }
        return new RecordBinder<>(DhcpConfig.class, DhcpConfig.DEFAULTS).bind(section.table("dhcp"));
    }

    private void requireAddresses() {
        if (!section.has("addresses")) {
            section.problem("interface.addresses is missing, and there is no dhcp = true");
        } else if (section.value("addresses") instanceof JsonNode list && list.isArray() && list.isEmpty()) {
            section.problem("addresses", "must have at least one address with prefix: [\"10.88.0.2/24\"],"
                    + " or there must be dhcp = true");
        }
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches() || text.equals("lo")) {
            throw new IllegalArgumentException("must be 1 to 15 letters, digits or \"-_.\", and not \"lo\"");
        }
        return text;
    }

    private String driver(String text) {
        Set<String> types = drivers.types();
        if (types.isEmpty()) {
            throw new IllegalArgumentException("no driver is installed: netif-tap, netif-pcap or"
                    + " netif-stream must be on the class path");
        }
        if (!types.contains(text)) {
            throw new IllegalArgumentException(Spelling.unknown("driver", text, types));
        }
        return text;
    }

    private Map<String, String> options(String driver) {
        Map<String, String> options = new HashMap<>();
        for (String key : new TreeSet<>(drivers.optionKeys(driver))) {
            JsonNode value = section.value(key);
            String text = value == null ? null : text(key, value);
            if (text != null) {
                options.put(key, text);
            }
            shown &= value == null || text != null;
        }
        return options;
    }

    /// What the driver is given for a value; null after a problem.
    private String text(String key, JsonNode value) {
        if (value.isTextual() && RecordBinder.isSize(key)) {
            return section.parsed(key, null, text -> Long.toString(RecordBinder.size(text)));
        }
        if (value.isTextual() || value.isBoolean() || value.isIntegralNumber()) {
            return value.asText();
        }
        if (value.isArray() && allTexts(value)) {
            return String.join(",", texts(value));
        }
        section.problem(key, "must be text, a whole number, true or false, or a list of texts");
        return null;
    }

    private static boolean allTexts(JsonNode list) {
        for (JsonNode each : list) {
            if (!each.isTextual()) {
                return false;
            }
        }
        return true;
    }

    private static String[] texts(JsonNode list) {
        String[] out = new String[list.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = list.get(i).textValue();
        }
        return out;
    }

    private void validate(String driver, String name, MacAddr mac, int mtu, Map<String, String> options) {
        try {
            drivers.validate(driver, name, mac, mtu, options);
        } catch (IllegalArgumentException refused) {
            String message = refused.getMessage();
            int colon = message.indexOf(": ");
            String key = colon < 0 ? "" : message.substring(0, colon);
            if (!section.has(key)) {
                section.problem(message);
                return;
            }
            String rest = message.substring(colon + 2);
            String written = section.value(key).asText();
            section.problem(key, rest.startsWith(written + ": ") ? rest.substring(written.length() + 2)
                    : rest);
        }
    }

    private void require(String key) {
        if (!section.has(key)) {
            section.problem(section.key(key) + " is missing");
        }
    }
}
