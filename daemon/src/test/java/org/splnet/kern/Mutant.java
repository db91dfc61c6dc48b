package org.splnet.kern;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The product with one line missing: its classes, loaded once more, some method of which is changed. What an
/// [Explorer] does not find in a mutant it would not find in the product either.
///
/// Everything of splnet but this package is loaded anew, races included.
public final class Mutant extends ClassLoader {
    private interface Change {
        /// @return true if it has written something else instead of `element`
        boolean rewrite(CodeBuilder code, CodeElement element);
    }

    private static final String OURS = "org.splnet.";
    private static final String SHARED = "org.splnet.kern.";
    /// Its buffers too: what a mutant loses is no leak of the product.
    private static final String BUFFERS = "io.netty.";
    private static final ClassDesc STAGE = ClassDesc.of("org.splnet.kern.Stage");
    private static final ClassDesc LOCK = ClassDesc.of("org.splnet.kern.RankedLock");

    private final Map<String, Map<String, List<Change>>> changes = new HashMap<>();
    private final Set<String> pointed = new HashSet<>();
    private final List<String> pending = new ArrayList<>();

    /// Like the product so far.
    public Mutant() {
        super(Mutant.class.getClassLoader());
    }

    /// In `method`, the check of a flag is forgotten: reading `field` gives false.
    public Mutant blind(String type, String method, String field) {
        return change(type, method, type + "." + method + " blind " + field, (code, element) -> {
            if (!(element instanceof FieldInstruction read) || !read.name().equalsString(field)
                    || read.opcode() != Opcode.GETFIELD) {
                return false;
            }
            code.pop().iconst_0();
            return true;
        });
    }

    /// In `method`, a call of `callee` is forgotten; if it gives a value, that is 0 or null.
    public Mutant without(String type, String method, String callee) {
        return change(type, method, type + "." + method + " without " + callee, (code, element) -> {
            if (!(element instanceof InvokeInstruction call) || !call.name().equalsString(callee)) {
                return false;
            }
            MethodTypeDesc shape = call.typeSymbol();
            for (int i = shape.parameterCount() - 1; i >= 0; i--) {
                pop(code, TypeKind.from(shape.parameterType(i)));
            }
            if (call.opcode() != Opcode.INVOKESTATIC) {
                code.pop();
            }
            zero(code, TypeKind.from(shape.returnType()));
            return true;
        });
    }

    /// In `method`, before `callee` is called, the object's `lock` is given up for a moment.
    public Mutant gap(String type, String method, String callee) {
        return change(type, method, type + "." + method + " gap " + callee, (code, element) -> {
            if (!(element instanceof InvokeInstruction call) || !call.name().equalsString(callee)) {
                return false;
            }
            var v = MethodTypeDesc.of(ConstantDescs.CD_void);
            code.aload(0).getfield(ClassDesc.of(OURS + type), "lock", LOCK).invokevirtual(LOCK, "unlock", v);
            code.aload(0).getfield(ClassDesc.of(OURS + type), "lock", LOCK).invokevirtual(LOCK, "lock", v);
            code.with(element);
            return true;
        });
    }

    /// A class that works without locks: another thread may come before each access of a volatile field, and
    /// before each operation on a `VarHandle` or an atomic.
    public Mutant pointed(String type) {
        pointed.add(OURS + type);
        return this;
    }

    private static boolean meets(CodeElement element, Set<String> volatiles) {
        return switch (element) {
            case FieldInstruction access -> volatiles.contains(access.name().stringValue());
            case InvokeInstruction call -> {
                String owner = call.owner().asInternalName();
                yield owner.equals("java/lang/invoke/VarHandle")
                        || owner.startsWith("java/util/concurrent/atomic/");
            }
            default -> false;
        };
    }

    private static ClassTransform points(ClassModel model) {
        Set<String> volatiles = new HashSet<>();
        model.fields().stream().filter(field -> field.flags().has(AccessFlag.VOLATILE))
                .forEach(field -> volatiles.add(field.fieldName().stringValue()));
        return ClassTransform.transformingMethodBodies((code, element) -> {
            if (meets(element, volatiles)) {
                code.invokestatic(STAGE, "point", MethodTypeDesc.of(ConstantDescs.CD_void));
            }
            code.with(element);
        });
    }

    private static void pop(CodeBuilder code, TypeKind kind) {
        if (kind.slotSize() == 2) {
            code.pop2();
        } else {
            code.pop();
        }
    }

    private static void zero(CodeBuilder code, TypeKind kind) {
        switch (kind.asLoadable()) {
            case INT -> code.iconst_0();
            case LONG -> code.lconst_0();
            case REFERENCE -> code.aconst_null();
            case DOUBLE -> code.dconst_0();
            case FLOAT -> code.fconst_0();
            default -> { }
        }
    }

    private Mutant change(String type, String method, String what, Change how) {
        changes.computeIfAbsent(OURS + type, t -> new HashMap<>())
                .computeIfAbsent(method, m -> new ArrayList<>()).add((code, element) -> {
                    boolean changed = how.rewrite(code, element);
                    if (changed) {
                        pending.remove(what);
                    }
                    return changed;
                });
        pending.add(what);
        return this;
    }

    /// A race of that class, played by the mutant.
    public Race race(Class<? extends Race> type) throws ReflectiveOperationException {
        var constructor = loadClass(type.getName()).getDeclaredConstructor();
        constructor.setAccessible(true);
        return (Race) constructor.newInstance();
    }

    /// What was asked to be changed and is not there, or not yet loaded.
    public List<String> unchanged() {
        return List.copyOf(pending);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean ours = name.startsWith(BUFFERS) || name.startsWith(OURS) && !name.startsWith(SHARED);
        if (!ours && !pointed.contains(outermost(name))) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private static String outermost(String name) {
        int inner = name.indexOf('$');
        return inner < 0 ? name : name.substring(0, inner);
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] octets = in.readAllBytes();
            Map<String, List<Change>> methods = changes.get(name);
            boolean asked = pointed.contains(outermost(name));
            byte[] changed = methods == null && !asked ? octets
                    : transform(octets, methods == null ? Map.of() : methods, asked);
            return defineClass(name, changed, 0, changed.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private byte[] transform(byte[] octets, Map<String, List<Change>> methods, boolean pointed) {
        ClassFile classes = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(getParent())));
        ClassModel model = classes.parse(octets);
        ClassTransform all = pointed ? points(model) : ClassTransform.ACCEPT_ALL;
        for (Map.Entry<String, List<Change>> each : methods.entrySet()) {
            for (Change change : each.getValue()) {
                all = all.andThen(ClassTransform.transformingMethodBodies(
                        method -> method.methodName().equalsString(each.getKey()), (code, element) -> {
                        if (!change.rewrite(code, element)) {
                            code.with(element);
                        }
                    }));
            }
        }
        return classes.transformClass(model, all);
    }
}
