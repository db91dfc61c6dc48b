package org.splnet.client;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import jdk.net.ExtendedSocketOptions;

/// The options of one socket: kept here until the stack has the socket, asked and set there from then on.
final class Options {
    /// Those of connections.
    static final Set<SocketOption<?>> STREAM = Set.of(StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.SO_RCVBUF, StandardSocketOptions.SO_KEEPALIVE,
            StandardSocketOptions.SO_REUSEADDR, StandardSocketOptions.SO_REUSEPORT,
            StandardSocketOptions.SO_LINGER, StandardSocketOptions.TCP_NODELAY, StandardSocketOptions.IP_TOS,
            ExtendedSocketOptions.TCP_KEEPIDLE, ExtendedSocketOptions.TCP_KEEPINTERVAL,
            ExtendedSocketOptions.TCP_KEEPCOUNT, SplnetOptions.TCP_USER_TIMEOUT, SplnetOptions.TCP_LINGER2,
            SplnetOptions.TCP_MAXSEG, SplnetOptions.TCP_NOTSENT_LOWAT, SplnetOptions.TCP_CONGESTION,
            SplnetOptions.IP_TTL);

    /// Those of listeners: the same, since connections inherit what is set.
    static final Set<SocketOption<?>> LISTENER = STREAM;

    private static final int LONGEST_LINGER = 65_535;      // seconds, as the JDK has it
    private static final int MOST_TOS = 255;
    /// A larger one is as good to Linux, which has a limit of its own.
    private static final int LARGEST_BUFFER = 1 << 30;

    /// What the stack takes of an option, where that is not all. It is looked at when the option is set, as
    /// the kernel does: what makes the socket later, with all of them, would fail.
    private static final Map<String, IntPredicate> LIMITS = Map.of(
            "TCP_KEEPIDLE", seconds -> seconds >= 1 && seconds <= 32_767,
            "TCP_KEEPINTVL", seconds -> seconds >= 1 && seconds <= 32_767,
            "TCP_KEEPCNT", probes -> probes >= 1 && probes <= 127,
            "TCP_USER_TIMEOUT", millis -> millis >= 0,
            "TCP_LINGER2", seconds -> seconds >= 0 && seconds <= 86_400,
            "TCP_MAXSEG", octets -> octets == 0 || octets >= 64 && octets <= 65_535,
            "TCP_NOTSENT_LOWAT", octets -> octets >= 0,
            "IP_TTL", hops -> hops >= 0 && hops <= 255);

    /// Those of datagram sockets.
    static final Set<SocketOption<?>> DATAGRAM = Set.of(StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.SO_RCVBUF, StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_REUSEPORT, StandardSocketOptions.SO_BROADCAST,
            StandardSocketOptions.IP_TOS, SplnetOptions.IP_TTL);

    /// What an option is that was not set, while the stack has no socket that could be asked; what a buffer
    /// that the stack adapts is said to have, since many a program allocates as much; and what algorithm is
    /// said to be there where none was asked for.
    private static final Map<String, Object> UNSET = Map.of("SO_LINGER", -1L, "SO_SNDBUF", 65536L,
            "SO_RCVBUF", 65536L, "TCP_KEEPIDLE", 7200L, "TCP_KEEPINTVL", 75L, "TCP_KEEPCNT", 9L,
            "TCP_LINGER2", 60L, "TCP_MAXSEG", 536L, "TCP_CONGESTION", "cubic", "IP_TTL", 64L);

    /// Those that the stack says 0 of as long as they are its own affair.
    private static final Set<String> STACKS = Set.of("SO_SNDBUF", "SO_RCVBUF", "TCP_LINGER2", "TCP_MAXSEG",
            "IP_TTL");

    /// Algorithms of congestion control, as Linux names them and as the stack does.
    private static final Map<String, String> ALGORITHMS = Map.of("cubic", "cubic", "reno", "new-reno");

    private static final Map<Integer, SocketOption<?>> LEGACY = Map.of(
            SocketOptions.TCP_NODELAY, StandardSocketOptions.TCP_NODELAY,
            SocketOptions.SO_LINGER, StandardSocketOptions.SO_LINGER,
            SocketOptions.SO_SNDBUF, StandardSocketOptions.SO_SNDBUF,
            SocketOptions.SO_RCVBUF, StandardSocketOptions.SO_RCVBUF,
            SocketOptions.SO_KEEPALIVE, StandardSocketOptions.SO_KEEPALIVE,
            SocketOptions.SO_REUSEADDR, StandardSocketOptions.SO_REUSEADDR,
            SocketOptions.SO_REUSEPORT, StandardSocketOptions.SO_REUSEPORT,
            SocketOptions.SO_BROADCAST, StandardSocketOptions.SO_BROADCAST,
            SocketOptions.IP_TOS, StandardSocketOptions.IP_TOS);

    private final Control control;
    private final Set<SocketOption<?>> supported;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Object> wanted = new LinkedHashMap<>();
    /// What was set after the request had gone out.
    private final Map<String, Object> late = new LinkedHashMap<>();
    private volatile long socket;

    Options(Control control, Set<SocketOption<?>> supported) {
        this(control, supported, Map.of());
    }

    /// @param inherited what was set before there was this socket
    Options(Control control, Set<SocketOption<?>> supported, Map<String, Object> inherited) {
        this.control = control;
        this.supported = supported;
        wanted.putAll(inherited);
    }

    /// Sets one.
    ///
    /// @throws UnsupportedOperationException if this kind of socket has no such option
    /// @throws IllegalArgumentException if the value is not one for it
    /// @throws SocketException if the value is not one that the stack takes
    <T> void set(SocketOption<T> option, T value) throws IOException {
        String name = name(option);
        Object plain = plain(option, value);
        if (plain instanceof Integer number && !LIMITS.getOrDefault(name, any -> true).test(number)) {
            throw new SocketException("Invalid argument");
        }
        boolean made;
        lock.lock();
        try {
            made = socket != 0;
            if (!made) {
                wanted.put(name, plain);
                late.put(name, plain);
            }
        } finally {
            lock.unlock();
        }
        if (made) {
            tell(Map.of(name, plain));
            keep(name, plain);
        }
    }

    private void keep(String name, Object plain) {
        lock.lock();
        try {
            wanted.put(name, plain);
        } finally {
            lock.unlock();
        }
    }

    /// A kernel's socket takes options after both FINs too; a socket that has ended has nowhere to put them.
    private void tell(Map<String, Object> changes) throws IOException {
        try {
            control.options(socket, changes);
        } catch (GoneException e) {
            // kept here
        }
    }

    <T> T get(SocketOption<T> option) throws IOException {
        String name = name(option);
        Object value = ask(name);
        boolean stacks = "".equals(value) || STACKS.contains(name) && Long.valueOf(0).equals(value);
        if (value == null || stacks) {
            lock.lock();
            try {
                value = wanted.getOrDefault(name, UNSET.getOrDefault(name, 0L));
            } finally {
                lock.unlock();
            }
        }
        return option.type().cast(typed(option.type(), value));
    }

    /// The value that the stack has; null if there is none.
    private Object ask(String name) throws IOException {
        try {
            return socket == 0 ? null : control.options(socket).get(name);
        } catch (GoneException e) {
            return null;
        }
    }

    /// The option that a number of [SocketOptions] means.
    static SocketOption<?> legacy(int id) throws SocketException {
        SocketOption<?> option = LEGACY.get(id);
        if (option == null) {
            throw new SocketException("socket option " + Integer.toHexString(id) + " is not supported");
        }
        return option;
    }

    /// Sets one by its number; `false` for the linger time is "off".
    void setLegacy(int id, Object value) throws IOException {
        set(option(legacy(id)), Boolean.FALSE.equals(value) && id == SocketOptions.SO_LINGER ? -1 : value);
    }

    /// What is asked for, for the request that makes the socket.
    Map<String, Object> forRequest() {
        lock.lock();
        try {
            late.clear();
            return wanted();
        } finally {
            lock.unlock();
        }
    }

    /// What was set here, and not at the stack by others.
    Map<String, Object> wanted() {
        lock.lock();
        try {
            return new LinkedHashMap<>(wanted);
        } finally {
            lock.unlock();
        }
    }

    /// Whether an option was set so.
    boolean asks(SocketOption<?> option, int value) {
        lock.lock();
        try {
            return Integer.valueOf(value).equals(wanted.get(name(option)));
        } finally {
            lock.unlock();
        }
    }

    /// The stack has the socket now.
    void made(long id) throws IOException {
        Map<String, Object> missed;
        lock.lock();
        try {
            socket = id;
            missed = new LinkedHashMap<>(late);
            late.clear();
        } finally {
            lock.unlock();
        }
        if (!missed.isEmpty() && id != 0) {
            tell(missed);
        }
    }

    @SuppressWarnings("unchecked")
    private static SocketOption<Object> option(SocketOption<?> option) {
        return (SocketOption<Object>) option;
    }

    private String name(SocketOption<?> option) {
        if (!supported.contains(Objects.requireNonNull(option))) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
        return switch (option.name()) {
            case "TCP_KEEPINTERVAL" -> "TCP_KEEPINTVL";
            case "TCP_KEEPCOUNT" -> "TCP_KEEPCNT";
            default -> option.name();
        };
    }

    private static Object plain(SocketOption<?> option, Object value) {
        return switch (value) {
            case Boolean on when option.type() == Boolean.class -> on ? 1 : 0;
            case Integer number when option.type() == Integer.class -> {
                boolean size = option.equals(StandardSocketOptions.SO_SNDBUF)
                        || option.equals(StandardSocketOptions.SO_RCVBUF);
                if (size && number < 0) {
                    throw new IllegalArgumentException("Invalid send/receive buffer size");
                }
                if (option.equals(StandardSocketOptions.IP_TOS) && (number < 0 || number > MOST_TOS)) {
                    throw new IllegalArgumentException("Invalid IP_TOS value");
                }
                yield option.equals(StandardSocketOptions.SO_LINGER)
                        ? Math.clamp(number, -1, LONGEST_LINGER)
                        : size ? Math.min(number, LARGEST_BUFFER) : number;
            }
            case String name when option.type() == String.class && ALGORITHMS.containsKey(name) ->
                    ALGORITHMS.get(name);
            case null, default -> throw new IllegalArgumentException("Invalid value '" + value + "'");
        };
    }

    private static Object typed(Class<?> type, Object value) {
        if (type == Boolean.class) {
            return value instanceof Number number ? number.longValue() != 0 : Boolean.TRUE.equals(value);
        }
        if (type == Integer.class) {
            return value instanceof Number number ? number.intValue() : Boolean.TRUE.equals(value) ? 1 : 0;
        }
        return value.equals(ALGORITHMS.get("reno")) ? "reno" : value.toString();
    }
}
