package org.splnet.capture;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The compiler of filters on the class path.
final class Filters {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.pcap");
    /// Longer than anybody writes, and short enough for a parser that recurses.
    private static final int LONGEST = 4096;

    private Filters() {
    }

    /// Compiles a filter.
    ///
    /// @return null for none, which lets everything pass
    /// @throws FilterException saying why it cannot be
    static BpfProgram compile(String filter) throws FilterException {
        if (filter == null || filter.isBlank()) {
            return null;
        }
        if (filter.length() > LONGEST) {
            throw new FilterException("longer than " + LONGEST + " characters");
        }
        if (filter.chars().anyMatch(Character::isISOControl)) {
            throw new FilterException("has control characters");
        }
        return installed().compile(filter);
    }

    private static FilterCompiler installed() throws FilterException {
        for (var each : ServiceLoader.load(FilterCompiler.class).stream().toList()) {
            try {
                return each.get();
            } catch (ServiceConfigurationError | LinkageError e) {
                LOG.warn("compiler of filters cannot be loaded class={} cause={}", each.type().getName(),
                        e.toString());
            }
        }
        throw new FilterException("there is no compiler of filters: the module netif-pcap is not installed;"
                + " capture without a filter, and filter when reading");
    }
}
