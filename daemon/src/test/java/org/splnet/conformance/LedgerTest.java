package org.splnet.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;

/// Every MUST has a test that shows it or a reason why it does not apply, and the page says so.
/// `-Dledger.write=true` writes the page anew.
class LedgerTest {
    private static final Path PAGE = Path.of("../docs/tcp-conformance.md");
    private static final Path CLASSES = Path.of("target/test-classes");

    private static final Map<String, Clause> clauses = new LinkedHashMap<>();
    private static List<Clause> rfc9293;
    private static List<Clause> extensions;
    private static final Map<String, TreeSet<String>> shown = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException, ClassNotFoundException {
        rfc9293 = Clause.read("rfc9293.txt");
        extensions = Clause.read("extensions.txt");
        List<String> twice = new ArrayList<>();
        Stream.concat(rfc9293.stream(), extensions.stream()).forEach(clause -> {
            if (clauses.put(clause.id(), clause) != null) {
                twice.add(clause.id());
            }
        });
        assertThat(twice).as("identifiers that are there twice").isEmpty();
        List<Path> files;
        try (Stream<Path> all = Files.walk(CLASSES)) {
            files = all.filter(each -> each.toString().matches(".*Test(\\$\\w+)?\\.class")).sorted()
                    .toList();
        }
        for (Path file : files) {
            String name = CLASSES.relativize(file).toString().replace('/', '.').replace(".class", "");
            Class<?> test = Class.forName(name, false, LedgerTest.class.getClassLoader());
            for (Method method : test.getDeclaredMethods()) {
                Shows shows = method.getAnnotation(Shows.class);
                if (shows != null) {
                    assertThat(isTest(method)).as(method + " is a test that runs").isTrue();
                }
                for (String id : shows == null ? new String[0] : shows.value()) {
                    shown.computeIfAbsent(id, key -> new TreeSet<>())
                            .add(name.substring(name.lastIndexOf('.') + 1) + "." + method.getName());
                }
            }
        }
    }

    private static boolean isTest(Method method) {
        return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class)
                || method.isAnnotationPresent(TestFactory.class);
    }

    @Test
    void testsShowOnlyWhatIsInTheTables() {
        assertThat(shown.keySet()).isSubsetOf(clauses.keySet());
    }

    @Test
    void everyMustIsShownOrDoesNotApply() {
        assertThat(clauses.values()).filteredOn(clause -> clause.must() && clause.na() == null
                && !shown.containsKey(clause.id())).isEmpty();
    }

    @Test
    void whatDoesNotApplyOrIsMissingIsNotShown() {
        assertThat(clauses.values()).filteredOn(clause -> (clause.na() != null || clause.todo() != null)
                && shown.containsKey(clause.id())).isEmpty();
    }

    @Test
    void nothingThatMustBeIsLeftForLater() {
        assertThat(clauses.values()).filteredOn(clause -> clause.must() && clause.todo() != null).isEmpty();
    }

    @Test
    void theAppendixIsWhole() {
        for (int i = 1; i <= 69; i++) {
            assertThat(clauses).containsKey("MUST-" + i);
        }
        for (int i = 1; i <= 31; i++) {
            assertThat(clauses).containsKey("SHLD-" + i);
        }
        for (int i = 1; i <= 18; i++) {
            assertThat(clauses).containsKey("MAY-" + i);
        }
        assertThat(rfc9293).hasSize(69 + 31 + 18 + 1 + 41);
    }

    @Test
    void thePageSaysWhatIsTrue() throws IOException {
        String page = page();
        if (Boolean.getBoolean("ledger.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).as("write it anew with -Dledger.write=true").isEqualTo(page);
    }

    private static String page() {
        var out = new StringBuilder("""
                # What splnet's TCP does of what the RFCs ask

                Generated from the tests (`LedgerTest`): each clause with the tests that would fail without
                it. A MUST without a test or a reason fails the build.

                """);
        out.append(summary()).append('\n');
        table(out, "## RFC 9293: the numbered requirements of appendix B, and section 3.10", rfc9293);
        table(out, "## Other RFCs", extensions);
        return out.toString();
    }

    private static String summary() {
        long done = clauses.keySet().stream().filter(shown::containsKey).count();
        long na = clauses.values().stream().filter(clause -> clause.na() != null).count();
        long open = clauses.size() - done - na;
        return clauses.size() + " clauses: " + done + " shown, " + na + " not applicable, " + open
                + " open.\n";
    }

    private static void table(StringBuilder out, String title, List<Clause> rows) {
        out.append(title).append("\n\n| | | section | requirement | shown by |\n")
                .append("|---|---|---|---|---|\n");
        for (Clause row : rows) {
            out.append("| ").append(row.id()).append(" | ").append(row.level()).append(" | ")
                    .append(row.section()).append(" | ").append(row.text()).append(" | ")
                    .append(status(row)).append(" |\n");
        }
        out.append('\n');
    }

    private static String status(Clause row) {
        if (row.na() != null) {
            return "not applicable: " + row.na();
        }
        TreeSet<String> tests = shown.get(row.id());
        return tests != null ? String.join(", ", tests) : "**open**" + (row.todo() == null ? ""
                : ": " + row.todo());
    }
}
