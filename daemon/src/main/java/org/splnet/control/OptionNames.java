package org.splnet.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.splnet.service.http.HttpError;
import org.splnet.socket.CongestionAlgorithm;
import org.splnet.socket.SocketOptions;

/// Socket options by their POSIX and Linux names, with Linux's units.
enum OptionNames {
    SO_REUSEADDR(1, (o, v) -> o.withReuseAddress(v != 0), o -> flag(o.reuseAddress())),
    SO_REUSEPORT(1, (o, v) -> o.withReusePort(v != 0), o -> flag(o.reusePort())),
    SO_KEEPALIVE(1, (o, v) -> o.withKeepAlive(v != 0, o.keepIdleNs(), o.keepIntervalNs(), o.keepCount()),
            o -> flag(o.keepAlive())),
    SO_BROADCAST(1, (o, v) -> o.withBroadcast(v != 0), o -> flag(o.broadcast())),
    SO_LINGER(-1, 65_535, (o, v) -> o.withLinger(v < 0 ? -1 : v * Unit.SECOND),
            o -> o.lingerNs() < 0 ? -1 : o.lingerNs() / Unit.SECOND),
    SO_SNDBUF(1 << 30, (o, v) -> o.withBuffers(size(v), o.receiveBuffer()), o -> (long) o.sendBuffer()),
    SO_RCVBUF(1 << 30, (o, v) -> o.withBuffers(o.sendBuffer(), size(v)), o -> (long) o.receiveBuffer()),
    TCP_NODELAY(1, (o, v) -> o.withNoDelay(v != 0), o -> flag(o.noDelay())),
    TCP_KEEPIDLE(1, 32_767, (o, v) -> o.withKeepAlive(o.keepAlive(), v * Unit.SECOND, o.keepIntervalNs(),
            o.keepCount()), o -> o.keepIdleNs() / Unit.SECOND),
    TCP_KEEPINTVL(1, 32_767, (o, v) -> o.withKeepAlive(o.keepAlive(), o.keepIdleNs(), v * Unit.SECOND,
            o.keepCount()), o -> o.keepIntervalNs() / Unit.SECOND),
    TCP_KEEPCNT(1, 127, (o, v) -> o.withKeepAlive(o.keepAlive(), o.keepIdleNs(), o.keepIntervalNs(),
            (int) v), o -> (long) o.keepCount()),
    TCP_USER_TIMEOUT(Integer.MAX_VALUE, (o, v) -> o.withUserTimeout(v * Unit.MS),
            o -> o.userTimeoutNs() / Unit.MS),
    TCP_LINGER2(86_400, (o, v) -> o.withFinWait2(v * Unit.SECOND), o -> o.finWait2Ns() / Unit.SECOND),
    TCP_MAXSEG(65_535, (o, v) -> o.withMaxSegment((int) v), o -> (long) o.maxSegment()),
    TCP_NOTSENT_LOWAT(Integer.MAX_VALUE, (o, v) -> o.withNotSentLowat((int) v), o -> (long) o.notSentLowat()),
    UDP_SEGMENT(65_535, (o, v) -> o.withSegment((int) v), o -> (long) o.segment()),
    IP_TTL(255, (o, v) -> o.withIp((int) v, o.tos()), o -> (long) o.ttl()),
    IP_TOS(255, (o, v) -> o.withIp(o.ttl(), (int) v), o -> (long) o.tos()),
    /// Of the modes there are those that cut, as `WANT`, and those that do not, `DO` and `PROBE`.
    IP_MTU_DISCOVER(5, (o, v) -> o.withDontFragment(v == 2 || v == 3), o -> o.dontFragment() ? 2L : 1L);

    private static final class Unit {
        static final long SECOND = 1_000_000_000L;
        static final long MS = 1_000_000L;
    }

    private interface Setter {
        SocketOptions set(SocketOptions options, long value);
    }

    private static final String CONGESTION = "TCP_CONGESTION";
    private static final int LEAST_BUFFER = 2048;

    private final long min;
    private final long max;
    private final Setter setter;
    private final Function<SocketOptions, Long> getter;

    OptionNames(long max, Setter setter, Function<SocketOptions, Long> getter) {
        this(0, max, setter, getter);
    }

    OptionNames(long min, long max, Setter setter, Function<SocketOptions, Long> getter) {
        this.min = min;
        this.max = max;
        this.setter = setter;
        this.getter = getter;
    }

    private static long flag(boolean on) {
        return on ? 1 : 0;
    }

    /// Like Linux, too small a buffer is made as large as the least.
    private static int size(long octets) {
        return octets == 0 ? SocketOptions.AUTO : (int) Math.max(octets, LEAST_BUFFER);
    }

    /// The options `from`, changed by the members of `changes`, all of them or none.
    ///
    /// @throws HttpError 422, naming the option, the value and what is allowed
    static SocketOptions apply(SocketOptions from, JsonNode changes) throws HttpError {
        SocketOptions next = from;
        if (!changes.isObject()) {
            throw invalid("options: must be an object of names and values.");
        }
        for (Map.Entry<String, JsonNode> each : changes.properties()) {
            next = apply(next, each.getKey(), each.getValue());
        }
        return next;
    }

    /// Options of TCP and UDP are no others' (tcp(7), udp(7)).
    ///
    /// @param protocol as of [Lent]
    /// @throws HttpError 422 if a socket of that protocol has one of them not
    static void check(String protocol, JsonNode changes) throws HttpError {
        for (Map.Entry<String, JsonNode> each : changes.properties()) {
            if (!isOf(protocol, each.getKey())) {
                throw SocketErrors.refused("ENOPROTOOPT", each.getKey() + ": no option of a socket of "
                        + protocol + ".");
            }
        }
    }

    private static boolean isOf(String protocol, String name) {
        return name.startsWith("TCP_") ? protocol.equals(Lent.TCP)
                : !name.startsWith("UDP_") || protocol.equals(Lent.UDP);
    }

    private static SocketOptions apply(SocketOptions from, String name, JsonNode value) throws HttpError {
        if (name.equals(CONGESTION)) {
            return from.withCongestion(congestion(value));
        }
        OptionNames option = named(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < option.min
                || value.longValue() > option.max) {
            throw invalid(name + ": " + Body.cut(value.toString()) + " must be a whole number in "
                    + option.min
                    + ".." + option.max + ".");
        }
        try {
            return option.setter.set(from, value.longValue());
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage() + ".");
        }
    }

    /// @return null for the stack's
    private static CongestionAlgorithm congestion(JsonNode value) throws HttpError {
        if (!value.isTextual()) {
            throw invalid(CONGESTION + ": must be the name of an algorithm.");
        }
        String name = value.textValue();
        CongestionAlgorithm known = CongestionAlgorithm.named(name);
        if (known == null && !name.isEmpty()) {
            String all = Arrays.stream(CongestionAlgorithm.values()).map(CongestionAlgorithm::label)
                    .collect(Collectors.joining(", "));
            throw SocketErrors.refused("ENOENT", CONGESTION + ": there is no " + Body.cut(name)
                    + ", there is " + all + ".");
        }
        return known;
    }

    private static OptionNames named(String name) throws HttpError {
        for (OptionNames each : values()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw SocketErrors.refused("ENOPROTOOPT", Body.cut(name) + ": no option of a socket, there is "
                + String.join(", ", show(SocketOptions.DEFAULTS).keySet()) + ".");
    }

    private static HttpError invalid(String message) {
        return SocketErrors.refused("EINVAL", message);
    }

    /// The options that a socket has, with their values: what can be set again as it is.
    ///
    /// @param protocol as of [Lent]
    static Map<String, Object> show(String protocol, SocketOptions options) {
        Map<String, Object> all = show(options);
        all.keySet().removeIf(name -> !isOf(protocol, name));
        return all;
    }

    private static Map<String, Object> show(SocketOptions options) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (OptionNames each : values()) {
            all.put(each.name(), each.getter.apply(options));
        }
        all.put(CONGESTION, options.congestion() == null ? "" : options.congestion().label());
        return all;
    }
}
