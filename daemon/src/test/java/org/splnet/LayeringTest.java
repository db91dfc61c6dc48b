package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.kern.CalloutWheel;

/// Reads the compiled classes and holds them to [Layers].
class LayeringTest {
    private static final String DISABLED = "org/junit/jupiter/api/Disabled";

    @Test
    void dependenciesPointDown() {
        var violations = new ArrayList<String>();
        for (ClassScan scan : ClassScan.besides(CalloutWheel.class)) {
            violations.addAll(upward(scan, Layers.layerOf(scan.name)));
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void wireKnowsNothingButTheJdkAndByteBuf() {
        var others = new ArrayList<String>();
        for (ClassScan scan : ClassScan.besides(CalloutWheel.class)) {
            if ("wire".equals(Layers.layerOf(scan.name))) {
                scan.classes.stream()
                        .filter(used -> !used.matches("(java|org/splnet/wire|io/netty/buffer)/.*"))
                        .forEach(used -> others.add(dotted(scan.name) + " -> " + dotted(used)));
            }
        }
        assertThat(others).isEmpty();
    }

    @Test
    void onlyKernAsksForTimeLocksAndChance() {
        var violations = new ArrayList<String>();
        for (ClassScan scan : ClassScan.besides(CalloutWheel.class)) {
            if (!"kern".equals(Layers.layerOf(scan.name)) && !Layers.EXEMPT.containsKey(scan.name)) {
                violations.addAll(forbidden(scan));
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void testsNeitherSleepNorAreDisabled() {
        var violations = new ArrayList<String>();
        for (ClassScan scan : ClassScan.besides(LayeringTest.class)) {
            if (!scan.name.startsWith("org/splnet/LayeringOffender")) {
                violations.addAll(notInTests(scan));
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void theTableItselfPointsDown() {
        Layers.ROWS.values().forEach(row -> row.mayUse().forEach(used -> {
            String below = used.replaceFirst("\\..*", "");
            Layers.Layer other = Layers.ROWS.get(below);
            if (other != null) {
                assertThat(other.mayUse()).as("%s, but %s", row, other).doesNotContain(row.name());
            }
        }));
    }

    // ---- the test of the test

    @ParameterizedTest
    @CsvSource({"Packet, pkt", "NetIf, net", "StreamSocket, socket"})
    void findsWhatIsOnlyInADescriptor(String type, String layer) {
        assertThat(upward(ClassScan.of(LayeringOffender.class), "wire"))
                .contains("org.splnet.LayeringOffender -> org.splnet." + layer + "." + type
                        + ": org.splnet.wire may use no other package");
    }

    @ParameterizedTest
    @CsvSource({"Arrays, pcb.PortTable", "ByClass, inet.Path", "ByMember, kern.CalloutWheel"})
    void findsClassesOnEveryRoad(String offender, String used) {
        assertThat(upward(offender(offender), "wire"))
                .anyMatch(violation -> violation.contains("-> org.splnet." + used + ":"));
    }

    @Test
    void namesTheRowThatWasBroken() {
        assertThat(upward(ClassScan.of(LayeringOffender.class), "pcb"))
                .contains("org.splnet.LayeringOffender -> org.splnet.pkt.Packet: "
                        + "org.splnet.pcb may use wire, kern");
    }

    @Test
    void allowsWhatTheRowAllows() {
        assertThat(upward(ClassScan.of(LayeringOffender.class), "")).isEmpty();
        assertThat(upward(offender("ByMember"), "pkt")).isEqualTo(
                List.of("org.splnet.LayeringOffender$ByMember -> org.splnet.LayeringOffender: "
                        + "org.splnet.pkt may use wire, kern"));
    }

    @Test
    void allowsSomeClassesOfAPackage() {
        Layers.Layer config = Layers.ROWS.get("config");
        assertThat(config.allows("tcp", "org/splnet/tcp/TcpConfig")).isTrue();
        assertThat(config.allows("tcp", "org/splnet/tcp/TcpConfig$Congestion")).isTrue();
        assertThat(config.allows("tcp", "org/splnet/tcp/Tcp")).isFalse();
        assertThat(config.allows("socket", "org/splnet/socket/SocketConfig")).isFalse();
    }

    @Test
    void refusesAPackageThatTheTableLacks() {
        assertThat(upward(ClassScan.of(LayeringOffender.class), "nowhere"))
                .containsExactly("org.splnet.LayeringOffender: org.splnet.nowhere is missing in the table");
        assertThat(Layers.layerOf("org/splnet/nowhere/X")).isEqualTo("nowhere");
        assertThat(Layers.layerOf("org/splnet/service/http/X")).isEqualTo("service");
        assertThat(Layers.layerOf("org/splnet/Main")).isEmpty();
        assertThat(Layers.layerOf("java/lang/String")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"Clocks, java.lang.System.nanoTime", "Clocks, java.lang.System.currentTimeMillis",
        "Clocks, java.time.Instant.now", "ByReference, java.lang.System.nanoTime",
        "Starter, java.lang.ProcessBuilder", "Starter, java.lang.Runtime.exec",
        "Locks, java.util.concurrent.locks", "Sleeper, java.lang.Thread.sleep",
        "SynchronizedMethod, synchronized method", "SynchronizedBlock, synchronized block"})
    void findsWhatOnlyKernMay(String offender, String what) {
        assertThat(forbidden(offender(offender))).anyMatch(violation -> violation.contains(what));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sleeper", "DisabledClass", "DisabledMethod"})
    void findsWhatTestsMustNot(String offender) {
        assertThat(notInTests(offender(offender))).hasSize(1);
    }

    private static ClassScan offender(String name) {
        try {
            return ClassScan.of(Class.forName("org.splnet.LayeringOffender$" + name));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    // ---- the rules

    private static List<String> upward(ClassScan scan, String layer) {
        var violations = new ArrayList<String>();
        Layers.Layer row = Layers.ROWS.get(layer);
        if (row == null) {
            violations.add(dotted(scan.name) + ": " + Layers.qualified(layer) + " is missing in the table");
            return violations;
        }
        for (String used : scan.classes) {
            String other = Layers.layerOf(used);
            if (other != null && !used.equals(scan.name) && !row.allows(other, used)) {
                violations.add(dotted(scan.name) + " -> " + dotted(used) + ": " + row);
            }
        }
        return violations;
    }

    private static List<String> forbidden(ClassScan scan) {
        var violations = new ArrayList<String>();
        for (Layers.Forbidden rule : Layers.FORBIDDEN) {
            boolean used = rule.member().equals("*")
                    ? scan.classes.stream().anyMatch(name -> rule.matches(name, "*"))
                    : uses(scan, rule);
            if (used) {
                violations.add(dotted(scan.name) + " uses " + rule + ": use " + rule.instead());
            }
        }
        for (String method : scan.monitors) {
            violations.add(dotted(scan.name) + " has synchronized " + method + ": use kern.RankedLock");
        }
        return violations;
    }

    private static List<String> notInTests(ClassScan scan) {
        var violations = new ArrayList<String>();
        for (Layers.Forbidden rule : Layers.FORBIDDEN) {
            boolean measures = dotted(scan.name).startsWith("org.splnet.bench.");
            if (rule.member().equals("sleep") && !measures && uses(scan, rule)) {
                violations.add(dotted(scan.name) + " sleeps: use the virtual clock, or a latch");
            }
        }
        if (scan.classes.contains(DISABLED)) {
            violations.add(dotted(scan.name) + " is disabled, or has a disabled test");
        }
        return violations;
    }

    private static boolean uses(ClassScan scan, Layers.Forbidden rule) {
        return scan.members.stream().map(member -> member.split(" "))
                .anyMatch(member -> rule.matches(member[0], member[1]));
    }

    private static String dotted(String internalName) {
        return internalName.replace('/', '.');
    }
}
