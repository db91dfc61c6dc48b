package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.splnet.client.Splnet;

/// The client depends on the JDK alone, and its tests neither sleep nor are disabled.
class ClientLayeringTest {
    @Test
    void usesNothingButTheJdk() {
        var others = new ArrayList<String>();
        for (ClassScan scan : ClassScan.besides(Splnet.class)) {
            scan.classes.stream()
                    .filter(used -> !used.matches("(java|javax/net|jdk/net|org/splnet/client)/.*"))
                    .forEach(used -> others.add(scan.name + " -> " + used));
        }
        assertThat(others).isEmpty();
    }

    @Test
    void testsNeitherSleepNorAreDisabled() {
        var found = new ArrayList<String>();
        for (ClassScan scan : ClassScan.besides(ClientLayeringTest.class)) {
            if (scan.members.contains("java/lang/Thread sleep")
                    || scan.classes.contains("org/junit/jupiter/api/Disabled")) {
                found.add(scan.name);
            }
        }
        assertThat(found).isEmpty();
    }
}
