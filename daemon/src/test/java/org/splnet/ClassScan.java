package org.splnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What one compiled class mentions: every class, by whatever road it got into the constant pool, every
/// member, and whether it takes a monitor.
final class ClassScan {
    // Descriptors of fields, methods and method types, generic signatures and annotations are all texts with
    // "Lname;" or "Lname<" in them. A mere string that looks like one counts too, which has not hurt yet.
    private static final Pattern IN_DESCRIPTOR = Pattern.compile("L([\\w$]+(?:/[\\w$]+)+)[;<]");

    final String name;
    final Set<String> classes = new TreeSet<>();
    final Set<String> members = new TreeSet<>();
    final Set<String> monitors = new TreeSet<>();

    private ClassScan(ClassModel model) {
        name = model.thisClass().asInternalName();
        for (PoolEntry entry : model.constantPool()) {
            switch (entry) {
                // The name of an array class is a descriptor, found as the text it is.
                case ClassEntry c when !c.asInternalName().startsWith("[") ->
                        classes.add(c.asInternalName());
                case MemberRefEntry m ->
                        members.add(m.owner().asInternalName() + " " + m.name().stringValue());
                case Utf8Entry text -> addDescriptor(text.stringValue());
                default -> { }
            }
        }
        model.methods().forEach(method -> {
            if (method.flags().has(AccessFlag.SYNCHRONIZED)
                    || method.code().map(ClassScan::entersMonitor).orElse(false)) {
                monitors.add(method.methodName().stringValue());
            }
        });
    }

    private void addDescriptor(String text) {
        Matcher found = IN_DESCRIPTOR.matcher(text);
        while (found.find()) {
            classes.add(found.group(1));
        }
    }

    private static boolean entersMonitor(CodeModel code) {
        return code.elementStream().anyMatch(element -> element instanceof MonitorInstruction);
    }

    static ClassScan of(byte[] classFile) {
        return new ClassScan(ClassFile.of().parse(classFile));
    }

    static ClassScan of(Class<?> type) {
        try (var in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every class compiled into the same directory as `sample`.
    static List<ClassScan> besides(Class<?> sample) {
        return modelsBesides(sample).stream().map(ClassScan::new).toList();
    }

    static List<ClassModel> modelsBesides(Class<?> sample) {
        try {
            Path root = Path.of(sample.getProtectionDomain().getCodeSource().getLocation().toURI());
            try (var files = Files.walk(root)) {
                return files.filter(file -> file.toString().endsWith(".class")).sorted()
                        .map(ClassScan::read).toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ClassModel read(Path file) {
        try {
            return ClassFile.of().parse(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
