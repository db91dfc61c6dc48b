package org.splnet;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;

/// What the sources say of who may touch which field: the `Lock key:` paragraph of a class, the letters
/// behind its fields, and the sentence of a class that somebody else's lock covers. Comments are in no class
/// file, so the JDK's own parser reads the sources.
///
/// A letter stands on the field's last line, `// (x) ...`, or above its paragraph: a comment line that ends
/// in `all (x)` speaks for every field down to the next empty line that has no letter of its own.
final class LockKeys {
    private static final Pattern LETTER = Pattern.compile("//\\s*\\(([a-z])\\)");
    private static final Pattern PARAGRAPH = Pattern.compile("^\\s*//.*\\ball \\(([a-z])\\)\\.?$");
    private static final Pattern KEY = Pattern.compile("(?s)Lock key:(.*?)(\n\\s*\n|$)");
    private static final Pattern EXPLAINED =
            Pattern.compile("(?s)\\(([a-z])\\)\\s+(.*?)(?=\\s*(?<!under )\\([a-z]\\)|$)");
    private static final Pattern SAME_AS = Pattern.compile("\\bunder \\(([a-z])\\)");
    private static final Pattern RANK = Pattern.compile("`([A-Z]+)`");
    private static final String ANY_RANK = "whatever its rank";
    private static final Pattern OF_RANK = Pattern.compile("LockRank\\.([A-Z]+)");
    private static final Pattern LOCK = Pattern.compile("\\block\\b");
    private static final Pattern COVERED =
            Pattern.compile("\\b[Cc]overed\\s+by\\s+([^.;]*?)('s)?\\s+lock\\b");
    private static final Pattern ALONE =
            Pattern.compile("\\b([Uu]sed|[Oo]wned)\\s+by\\s+one\\s+thread\\b");
    /// Who covers a class that has no key, and the rank of that one's lock. Of others any lock will do.
    private static final Map<String, String> COVERS = Map.of("its connection", "ENDPOINT",
            "its socket", "ENDPOINT", "its bucket", "REASSEMBLY", "its queue", "WAITING",
            "the neighbor table", "NEIGHBOR");

    /// What needs a lock, and of which rank; null for any.
    record Guard(boolean reads, boolean writes, String rank) {
        static final Guard NOTHING = new Guard(false, false, null);
    }

    /// @param lockRank of the lock that it is, if it says so where it is declared
    /// @param letter null if it has none
    record Field(String name, boolean isLock, String lockRank, boolean isFinal, boolean isVolatile, int line,
            String letter) {
    }

    /// @param name as in class files
    /// @param letters of the key, its own or that of the class around it, to what they mean
    /// @param coveredBy by whose lock, in a sentence that makes letters needless; or null
    /// @param alone used by one thread
    /// @param lockRank of the lock it has, or null
    record Keyed(String name, String file, Map<String, String> letters, boolean locked, String coveredBy,
            boolean alone, String lockRank, List<Field> fields) {

        Guard guard(Field field) {
            if (letters.isEmpty()) {
                boolean guarded = coveredBy != null && !alone && !field.isFinal;
                return guarded ? new Guard(true, true, COVERS.get(coveredBy)) : Guard.NOTHING;
            }
            String meaning = letters.getOrDefault(field.letter == null ? "c" : field.letter, "");
            if (meaning.contains("written under")) {
                return new Guard(false, true, rank(meaning));
            }
            boolean guarded = LOCK.matcher(meaning).find();
            return guarded ? new Guard(true, true, rank(meaning)) : Guard.NOTHING;
        }

        /// It is named, or that of another letter, or that of the lock which the class has.
        private String rank(String meaning) {
            Matcher named = RANK.matcher(meaning);
            Matcher same = SAME_AS.matcher(meaning);
            return named.find() ? named.group(1)
                    : same.find() ? rank(letters.getOrDefault(same.group(1), "")) : lockRank;
        }

        /// Fields of which nobody can know whose they are, each with what is missing.
        ///
        /// @param everyClass has to say it, not only those that have a lock or a key
        List<String> offences(boolean everyClass) {
            var offences = new ArrayList<String>();
            for (Field field : fields) {
                String what = offence(field, everyClass);
                if (what != null) {
                    offences.add(file + ":" + field.line + " " + name.replaceFirst(".*/", "") + "."
                            + field.name + ": " + what);
                }
            }
            return offences;
        }

        private String offence(Field field, boolean everyClass) {
            if (!letters.isEmpty() && field.letter != null) {
                return wrongLetter(field);
            }
            if (field.isFinal) {
                return null;
            }
            if (locked) {
                return letters.isEmpty() ? "its class has a lock and no \"Lock key:\"" : "no key letter";
            }
            return coveredBy != null || alone || !everyClass ? null
                    : "no \"Lock key:\", no \"Covered by ... lock\", no \"used by one thread\"";
        }

        private String wrongLetter(Field field) {
            String meaning = letters.getOrDefault(field.letter, field.letter.equals("c") ? "constant" : "");
            Guard guard = guard(field);
            if (meaning.isEmpty()) {
                return "the lock key does not explain (" + field.letter + ")";
            }
            if (guard.writes && guard.rank == null && !meaning.contains(ANY_RANK)) {
                return "the lock key does not say of which rank (" + field.letter + ") is";
            }
            boolean shallBeVolatile = meaning.startsWith("volatile") && !field.isFinal;
            return shallBeVolatile && !field.isVolatile ? "(" + field.letter + ") says it is volatile" : null;
        }
    }

    private final Map<String, Keyed> classes = new TreeMap<>();

    private LockKeys() {
    }

    /// Of every source file under `root`.
    static LockKeys under(Path root) {
        var keys = new LockKeys();
        try (var files = Files.walk(root)) {
            keys.parse(files.filter(file -> file.toString().endsWith(".java")).sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }

    static LockKeys of(Path source) {
        var keys = new LockKeys();
        try {
            keys.parse(List.of(source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }

    /// By internal name.
    Map<String, Keyed> classes() {
        return classes;
    }

    Guard guard(String owner, String field) {
        Keyed keyed = classes.get(owner);
        return keyed == null ? Guard.NOTHING : keyed.fields.stream().filter(each -> each.name.equals(field))
                .findFirst().map(keyed::guard).orElse(Guard.NOTHING);
    }

    /// True of a class that knows no lock, but is covered by one.
    boolean isCovered(String owner) {
        Keyed keyed = classes.get(owner);
        return keyed != null && keyed.letters.isEmpty() && keyed.coveredBy != null && !keyed.alone;
    }

    /// The rank of the lock that a class has; null if it has none or does not say.
    String lockRank(String owner) {
        Keyed keyed = classes.get(owner);
        return keyed == null ? null : keyed.lockRank;
    }

    private void parse(List<Path> sources) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null,
                    files.getJavaFileObjectsFromPaths(sources));
            Trees trees = Trees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                String text = unit.getSourceFile().getCharContent(true).toString();
                var source = new Source(trees, unit, text.lines().toList());
                for (Tree type : unit.getTypeDecls()) {
                    if (type instanceof ClassTree c) {
                        add(source, TreePath.getPath(unit, c), c, null);
                    }
                }
            }
        }
    }

    private void add(Source source, TreePath path, ClassTree tree, Keyed outer) {
        Keyed keyed = keyed(source, path, tree, outer);
        classes.put(keyed.name, keyed);
        for (Tree member : tree.getMembers()) {
            if (member instanceof ClassTree inner) {
                add(source, new TreePath(path, inner), inner, keyed);
            }
        }
    }

    private static Keyed keyed(Source source, TreePath path, ClassTree tree, Keyed outer) {
        String own = source.trees.getDocComment(path);
        String doc = own == null ? "" : own;
        Map<String, String> letters = letters(doc);
        List<Field> fields = source.fields(tree);
        boolean hasLock = fields.stream().anyMatch(Field::isLock);
        String rank = fields.stream().filter(field -> field.lockRank != null).map(Field::lockRank).findFirst()
                .orElseGet(() -> hasLock ? named(letters) : null);
        Matcher covered = COVERED.matcher(doc);
        String coveredBy = covered.find() ? covered.group(1).replaceAll("\\s+", " ") : null;
        boolean alone = ALONE.matcher(doc).find();
        if (outer != null && letters.isEmpty() && !hasLock && coveredBy == null && !alone) {
            return new Keyed(source.name(tree, outer), source.file(), outer.letters, outer.locked,
                    outer.coveredBy, outer.alone, outer.lockRank, fields);
        }
        return new Keyed(source.name(tree, outer), source.file(), letters, hasLock || !letters.isEmpty(),
                coveredBy, alone, rank, fields);
    }

    /// The rank of a lock that came from elsewhere: the one that the key names.
    private static String named(Map<String, String> letters) {
        return letters.values().stream().map(RANK::matcher).filter(Matcher::find)
                .map(named -> named.group(1)).findFirst().orElse(null);
    }

    private static Map<String, String> letters(String doc) {
        var letters = new HashMap<String, String>();
        Matcher key = KEY.matcher(doc);
        if (key.find()) {
            Matcher letter = EXPLAINED.matcher(key.group(1));
            while (letter.find()) {
                letters.putIfAbsent(letter.group(1), letter.group(2).replaceAll("\\s+", " "));
            }
        }
        return letters;
    }

    private record Source(Trees trees, CompilationUnitTree unit, List<String> lines) {
        String file() {
            return Path.of(unit.getSourceFile().getName()).getFileName().toString();
        }

        String name(ClassTree tree, Keyed outer) {
            return outer != null ? outer.name + "$" + tree.getSimpleName()
                    : unit.getPackageName().toString().replace('.', '/') + "/" + tree.getSimpleName();
        }

        List<Field> fields(ClassTree tree) {
            var fields = new ArrayList<Field>();
            for (Tree member : tree.getMembers()) {
                if (member instanceof VariableTree variable && tree.getKind() == Tree.Kind.CLASS
                        && !variable.getModifiers().getFlags().contains(Modifier.STATIC)) {
                    fields.add(field(variable));
                }
            }
            return fields;
        }

        private Field field(VariableTree tree) {
            long end = trees.getSourcePositions().getEndPosition(unit, tree);
            int line = (int) unit.getLineMap().getLineNumber(end);
            Matcher rank = OF_RANK.matcher(String.valueOf(tree.getInitializer()));
            Set<Modifier> flags = tree.getModifiers().getFlags();
            boolean isLock = tree.getType().toString().equals("RankedLock");
            return new Field(tree.getName().toString(), isLock, isLock && rank.find() ? rank.group(1) : null,
                    flags.contains(Modifier.FINAL), flags.contains(Modifier.VOLATILE), line, letter(line));
        }

        private String letter(int line) {
            Matcher own = LETTER.matcher(lines.get(line - 1));
            if (own.find()) {
                return own.group(1);
            }
            for (int i = line - 2; i >= 0 && !lines.get(i).isBlank(); i--) {
                Matcher paragraph = PARAGRAPH.matcher(lines.get(i));
                if (paragraph.find()) {
                    return paragraph.group(1);
                }
            }
            return null;
        }
    }
}
