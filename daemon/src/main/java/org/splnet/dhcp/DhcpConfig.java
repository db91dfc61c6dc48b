package org.splnet.dhcp;

import java.util.HexFormat;
import java.util.regex.Pattern;
import org.splnet.kern.Live;

/// How an interface asks for its address. Immutable.
///
/// @param hostname what we are called, option 12 (RFC 2132 §3.14); null to say nothing
/// @param clientId option 61 in hexadecimal (RFC 2132 §9.14); null for the station address
/// @param release give the address back when the daemon ends; else it is asked for again at the next start
/// @param linkLocalFallback take an address of 169.254/16 while no server gives one (RFC 3927)
/// @param stateDir where leases are kept
public record DhcpConfig(@Live String hostname, String clientId, @Live boolean release,
        @Live boolean linkLocalFallback, String stateDir) {
    /// What `dhcp = true` means.
    public static final DhcpConfig DEFAULTS = new DhcpConfig(null, null, false, false, "/var/lib/splnet");

    private static final Pattern LABELS = Pattern.compile(
            "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    private static final int MOST_NAME = 63;
    private static final int LEAST_ID = 2;
    private static final int MOST_ID = 64;

    /// @throws IllegalArgumentException as `key: what is allowed`
    public DhcpConfig {
        if (hostname != null && (hostname.length() > MOST_NAME || !LABELS.matcher(hostname).matches())) {
            throw new IllegalArgumentException("hostname: must be a name of at most " + MOST_NAME
                    + " letters, digits, \"-\" and \".\" (RFC 1123)");
        }
        if (clientId != null && octets(clientId) == null) {
            throw new IllegalArgumentException("client-id: must be " + LEAST_ID + " to " + MOST_ID
                    + " octets of two hexadecimal digits each, separated by \":\"");
        }
        if (stateDir.isEmpty() || stateDir.charAt(0) != '/' || stateDir.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("state-dir: must be an absolute path");
        }
    }

    /// The octets of [#clientId], or null.
    byte[] clientIdOctets() {
        return clientId == null ? null : octets(clientId);
    }

    private static byte[] octets(String text) {
        try {
            byte[] octets = HexFormat.ofDelimiter(":").parseHex(text);
            return octets.length < LEAST_ID || octets.length > MOST_ID ? null : octets;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
