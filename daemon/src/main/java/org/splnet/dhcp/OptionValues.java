package org.splnet.dhcp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;

/// Octets of options into values. An option that is not as its RFC says counts as absent: it costs the host
/// that option and nothing else.
final class OptionValues {
    /// More than any host needs; what a datagram could hold is a thousand times that.
    private static final int MOST_ADDRESSES = 8;
    private static final int MOST_ROUTES = 64;
    /// Every host takes as much (RFC 791 §3.1), so less is a mistake or an attack (RFC 2132 §5.1 allows 68).
    private static final int LEAST_MTU = 576;
    private static final int MOST_DOMAIN = 253;
    private static final int MOST_TEXT = 253;

    private OptionValues() {
    }

    static Settings settings(DhcpMessage message, Ip4Addr address) {
        // RFC 3442: where there are classless routes the routers of option 3 are ignored.
        List<Settings.Way> routes = classless(message.option(OptionCode.CLASSLESS_ROUTES));
        if (routes == null) {
            routes = routers(message.option(OptionCode.ROUTER));
        }
        return new Settings(prefix(message.option(OptionCode.SUBNET_MASK), address), routes,
                mtu(message.option(OptionCode.MTU)), addresses(message.option(OptionCode.DNS)),
                domain(message.option(OptionCode.DOMAIN_NAME)), addresses(message.option(OptionCode.NTP)));
    }

    /// A number of four octets, unsigned; -1 if it is none.
    static long seconds(byte[] value) {
        return value == null || value.length != 4 ? -1 : Integer.toUnsignedLong(ByteBuffer.wrap(value)
                .getInt());
    }

    /// The one address of an option, or null.
    static Ip4Addr address(byte[] value) {
        return value == null || value.length != 4 ? null : new Ip4Addr(ByteBuffer.wrap(value).getInt());
    }

    /// Text for people, so that a server cannot write what it likes into logs and terminals.
    static String printable(byte[] value) {
        if (value == null || value.length == 0) {
            return null;
        }
        var text = new StringBuilder();
        for (int i = 0; i < Math.min(value.length, MOST_TEXT); i++) {
            text.append(value[i] >= ' ' && value[i] < 0x7f ? (char) value[i] : '?');
        }
        return text.toString();
    }

    private static int prefix(byte[] value, Ip4Addr address) {
        Ip4Addr mask = address(value);
        if (mask != null) {
            int ones = Integer.numberOfLeadingZeros(~mask.bits());
            if (ones > 0 && (ones == 32 || mask.bits() == -1 << 32 - ones)) {
                return ones;
            }
        }
        // RFC 950 §2: what it is where nobody says.
        return address.bits() >= 0 ? 8 : address.bits() >>> 30 == 2 ? 16 : 24;
    }

    private static List<Ip4Addr> addresses(byte[] value) {
        var all = new ArrayList<Ip4Addr>();
        if (value != null && value.length % 4 == 0) {
            ByteBuffer in = ByteBuffer.wrap(value);
            while (in.hasRemaining() && all.size() < MOST_ADDRESSES) {
                var each = new Ip4Addr(in.getInt());
                if (Ip4Addr.isHost(each.bits()) && !all.contains(each)) {
                    all.add(each);
                }
            }
        }
        return all;
    }

    /// The first router: those behind it are for when it fails (RFC 2132 §3.5), which we do not look for.
    private static List<Settings.Way> routers(byte[] value) {
        return addresses(value).stream().limit(1)
                .map(router -> new Settings.Way(new Cidr(Ip4Addr.ANY, 0), router)).toList();
    }

    /// RFC 3442: width of the destination, as many octets of it as the width needs, router.
    ///
    /// @return null if it is not there or not well-formed
    private static List<Settings.Way> classless(byte[] value) {
        if (value == null || value.length == 0) {
            return null;
        }
        var all = new ArrayList<Settings.Way>();
        ByteBuffer in = ByteBuffer.wrap(value);
        while (in.hasRemaining()) {
            int width = in.get() & 0xff;
            int octets = width + 7 >>> 3;
            if (width > 32 || in.remaining() < octets + 4) {
                return null;
            }
            int bits = 0;
            for (int i = 0; i < octets; i++) {
                bits |= (in.get() & 0xff) << 24 - 8 * i;
            }
            var via = new Ip4Addr(in.getInt());
            var way = new Settings.Way(new Cidr(new Ip4Addr(bits), width).subnet(), via);
            boolean usable = via.isUnspecified() || Ip4Addr.isHost(via.bits());
            if (all.size() < MOST_ROUTES && usable && !all.contains(way)) {
                all.add(way);
            }
        }
        return all;
    }

    private static int mtu(byte[] value) {
        int mtu = value == null || value.length != 2 ? 0 : ByteBuffer.wrap(value).getShort() & 0xffff;
        return mtu < LEAST_MTU ? 0 : mtu;
    }

    /// RFC 1035 §2.3.4 in length, RFC 952 in letters; some servers add a zero octet (RFC 2132 §2).
    private static String domain(byte[] value) {
        int octets = value == null ? 0 : value.length;
        while (octets > 0 && value[octets - 1] == 0) {
            octets--;
        }
        if (octets == 0 || octets > MOST_DOMAIN) {
            return null;
        }
        String text = new String(value, 0, octets, StandardCharsets.ISO_8859_1);
        return text.matches("[A-Za-z0-9_]([A-Za-z0-9_.-]*)") ? text : null;
    }
}
