package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.splnet.kern.CalloutWheel;

/// Holds the sources to their lock keys: whose each field is, is written there, and classes obey it.
class LockKeyTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Map<String, String> EXEMPT = Map.of(
            "Tcb.<init>", "nobody else knows the connection yet, nor its socket");
    private static final Set<String> EVERY_CLASS = Set.of("tcp", "udp", "socket", "net", "ip", "pcb");

    @Test
    void everyMutableFieldSaysWhoseItIs() {
        var offences = new ArrayList<String>();
        LockKeys.under(SOURCES).classes().values().forEach(keyed ->
                offences.addAll(keyed.offences(EVERY_CLASS.contains(Layers.layerOf(keyed.name())))));
        assertThat(offences).isEmpty();
    }

    @Test
    void whatALockGuardsIsTouchedUnderIt() {
        var reach = new LockReach(LockKeys.under(SOURCES), ClassScan.modelsBesides(CalloutWheel.class),
                EXEMPT);
        assertThat(reach.offences()).isEmpty();
    }
}
