package org.splnet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The table of packages and what each may use. Dependencies point down, and this is the only list of them.
final class Layers {
    /// The row of one package, together with the packages below it.
    ///
    /// @param name the first segment after `org.splnet`; empty for `org.splnet` itself
    /// @param mayUse other packages, by their names; `ip.*Config` for some classes of one; `*` for everything
    record Layer(String name, List<String> mayUse) {
        boolean allows(String layer, String className) {
            return layer.equals(name)
                    || mayUse.stream().anyMatch(allowed -> matches(allowed, layer, className));
        }

        private static boolean matches(String allowed, String layer, String className) {
            int star = allowed.indexOf('*');
            if (star <= 0) {
                return star == 0 || allowed.equals(layer);
            }
            String topLevel = className.replaceFirst("\\$.*", "");
            return allowed.startsWith(layer + ".") && topLevel.endsWith(allowed.substring(star + 1));
        }

        @Override
        public String toString() {
            return qualified(name) + " may use "
                    + (mayUse.isEmpty() ? "no other package" : String.join(", ", mayUse));
        }
    }

    /// What only `kern` may use, because there it is injected or watched.
    ///
    /// @param owner internal name of a class, or of everything below it if it ends with a slash
    /// @param member a method, or `*`
    /// @param instead what to use
    record Forbidden(String owner, String member, String instead) {
        boolean matches(String className, String name) {
            return (owner.endsWith("/") ? className.startsWith(owner) : className.equals(owner))
                    && (member.equals("*") || member.equals(name));
        }

        @Override
        public String toString() {
            return owner.replace('/', '.') + (member.equals("*") ? "" : "." + member);
        }
    }

    private static final String ROOT = "org/splnet/";
    private static final String[] TRANSPORT = {"socket", "pcb", "inet", "pkt", "wire", "kern"};

    static final Map<String, Layer> ROWS = rows(
            row("wire"),                // and from elsewhere only java.* and Netty's ByteBuf
            row("kern"),
            row("pkt", "wire", "kern"),
            row("inet", "pkt", "wire", "kern"),
            row("net", "pkt", "wire", "kern"),
            row("capture", "net", "pkt", "wire", "kern"),
            row("ip", "net", "inet", "pkt", "wire", "kern"),
            row("pcb", "wire", "kern"),
            row("socket", "inet", "pkt", "wire", "kern"),
            row("udp", TRANSPORT),
            row("tcp", TRANSPORT),
            row("icmp", "socket", "ip", "inet", "pkt", "wire", "kern"),
            row("dhcp", "ip", "net", "inet", "pkt", "wire", "kern"),
            row("service", "socket", "pkt", "wire", "kern"),
            row("unix", "kern"),
            row("driver", "net", "unix", "pkt", "wire", "kern"),
            row("relay", "service", "socket", "pkt", "wire", "kern"),
            row("control", "relay", "service", "socket", "unix", "pkt", "wire", "kern"),
            row("config",
                    "net.*Config", "ip.*Config", "tcp.*Config", "udp.*Config", "service.*Config",
                    "relay.*Config", "dhcp.*Config", "wire",
                    "kern"),
            row("cli", "config", "wire", "kern"),
            row("", "*"));

    static final List<Forbidden> FORBIDDEN = List.of(
            new Forbidden("java/lang/System", "nanoTime", "nowNs, or kern.Clock in an outermost loop"),
            new Forbidden("java/lang/System", "currentTimeMillis", "kern.Clock.wallMillis"),
            new Forbidden("java/time/Instant", "now", "kern.Clock.wallMillis"),
            new Forbidden("java/time/Clock", "*", "kern.Clock"),
            new Forbidden("java/lang/Thread", "sleep", "kern.Callout, or kern.SleepPoint with a timeout"),
            new Forbidden("java/util/concurrent/TimeUnit", "sleep", "kern.Callout, or kern.SleepPoint"),
            new Forbidden("java/util/concurrent/locks/", "*", "kern.RankedLock and kern.SleepPoint"),
            new Forbidden("java/security/SecureRandom", "*", "kern.Entropy"),
            new Forbidden("java/util/concurrent/ThreadLocalRandom", "*", "kern.Entropy"),
            new Forbidden("java/lang/Math", "random", "kern.Entropy"),
            new Forbidden("java/lang/ProcessBuilder", "*", "no program: it would inherit our capabilities"),
            new Forbidden("java/lang/Runtime", "exec", "no program: it would inherit our capabilities"));

    /// Class to reason. None of ours needs one: `org.splnet` and `cli` obey the same rules.
    static final Map<String, String> EXEMPT = Map.of();

    private Layers() {
    }

    /// The name of the layer that a class of ours belongs to; null if it is not ours.
    static String layerOf(String internalName) {
        if (!internalName.startsWith(ROOT)) {
            return null;
        }
        int slash = internalName.indexOf('/', ROOT.length());
        return slash < 0 ? "" : internalName.substring(ROOT.length(), slash);
    }

    static String qualified(String layer) {
        return layer.isEmpty() ? "org.splnet" : "org.splnet." + layer;
    }

    private static Layer row(String name, String... mayUse) {
        return new Layer(name, List.of(mayUse));
    }

    private static Map<String, Layer> rows(Layer... layers) {
        var rows = new HashMap<String, Layer>();
        for (Layer layer : layers) {
            rows.put(layer.name(), layer);
        }
        return Map.copyOf(rows);
    }
}
