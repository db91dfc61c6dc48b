package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.splnet.kern.CalloutWheel;

/// Whose each field is, is written at it; and what a lock guards is touched under it. [LockKeys] reads the
/// first from the sources, [LockReach] the second from the classes.
class LockKeyTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path OFFENDER = Path.of("src/test/java/org/splnet/LockOffender.java");
    /// Where classes without a lock have to say whose theirs is.
    private static final Set<String> EVERY_CLASS = Set.of("tcp", "udp", "socket", "net", "ip", "pcb");
    private static final Map<String, String> EXEMPT = Map.of(
            "Tcb.<init>", "nobody else knows the connection yet, nor its socket");

    @Test
    void everyMutableFieldSaysWhoseItIs() {
        var offences = new ArrayList<String>();
        LockKeys.under(SOURCES).classes().values().forEach(keyed ->
                offences.addAll(keyed.offences(EVERY_CLASS.contains(Layers.layerOf(keyed.name())))));
        assertThat(offences).isEmpty();
    }

    @Test
    void whatALockGuardsIsTouchedUnderIt() {
        var keys = LockKeys.under(SOURCES);
        var models = ClassScan.modelsBesides(CalloutWheel.class);
        assertThat(new LockReach(keys, models, EXEMPT).offences()).isEmpty();
        assertThat(new LockReach(keys, models, Map.of()).offences())
                .as("nothing is exempt without need")
                .satisfies(all -> EXEMPT.keySet().forEach(each ->
                        assertThat(all).anyMatch(offence -> offence.startsWith(each + " "))));
    }

    // ---- the test of the test

    @Test
    void findsFieldsThatDoNotSay() {
        var offences = new ArrayList<String>();
        LockKeys.of(OFFENDER).classes().values().forEach(keyed -> offences.addAll(keyed.offences(true)));
        assertThat(offences).map(offence -> offence.replaceFirst("^LockOffender.java:\\d+ LockOffender.", ""))
                .containsExactlyInAnyOrder(
                        "Kept.forgotten: no key letter",
                        "Kept.misspelt: the lock key does not explain (x)",
                        "Kept.stale: (v) says it is volatile",
                        "Rankless.field: the lock key does not say of which rank (q) is",
                        "Keyless.field: its class has a lock and no \"Lock key:\"",
                        "Nobodys.field: no \"Lock key:\", no \"Covered by ... lock\","
                                + " no \"used by one thread\"");
    }

    @Test
    void asksOnlyClassesWithALockWhereNotEveryClassMust() {
        LockKeys.Keyed nobodys = LockKeys.of(OFFENDER).classes().get("org/splnet/LockOffender$Nobodys");
        assertThat(nobodys.offences(false)).isEmpty();
        assertThat(nobodys.offences(true)).hasSize(1);
    }

    @Test
    void findsWhatIsTouchedWithoutTheLock() {
        var models = ClassScan.modelsBesides(LockKeyTest.class).stream()
                .filter(model -> model.thisClass().asInternalName().startsWith("org/splnet/LockOffender"))
                .toList();
        assertThat(offences(models, Map.of())).containsExactlyInAnyOrder(
                "Kept.ownButNaked touches Kept.first without LEAF, called from anywhere",
                "BadUser.naked touches Kept.kept without LEAF, called from anywhere",
                "BadUser.helper touches Kept.kept without LEAF,"
                        + " called by BadUser.indirect, called from anywhere",
                "BadUser.lambda$stored$0 touches Kept.kept without LEAF, called from anywhere",
                "BadUser.writesVolatile touches Kept.seen without LEAF, called from anywhere",
                "BadUser.underAnother touches Kept.kept without LEAF, called from anywhere",
                "Covered.get touches Covered.field without ENDPOINT,"
                        + " called by BadUser.container, called from anywhere");
        assertThat(offences(models, Map.of("LockOffender$BadUser.naked", "trusted")))
                .hasSize(6).noneMatch(offence -> offence.startsWith("BadUser.naked "));
    }

    private static List<String> offences(List<ClassModel> models,
            Map<String, String> exempt) {
        return new LockReach(LockKeys.of(OFFENDER), models, exempt).offences().stream()
                .map(offence -> offence.replace("LockOffender$", "")).toList();
    }
}
