package org.splnet;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Which methods may touch fields that a lock guards in another class: those that take a lock of its rank or
/// assert that one is held, and those that are called by nobody but such. Read from the class files.
///
/// Whose lock of that rank, and whether it is still held at that instruction, it does not ask: the assertions
/// do, whenever a test runs. What may be called from where no call can be seen (public members of public
/// classes, what overrides something of another package, lambdas, method references) has to take or assert
/// itself.
final class LockReach {
    private static final String LOCK = "org/splnet/kern/RankedLock";
    private static final Set<String> OF_OBJECT = Set.of("toString()Ljava/lang/String;", "hashCode()I",
            "equals(Ljava/lang/Object;)Z");
    private static final Set<String> ROOTS = Set.of("java/lang/Object", "java/lang/Record", "java/lang/Enum");

    private static final String ANY = "any lock";

    private final LockKeys keys;
    private final Map<String, String> exempt;
    private final Map<String, Type> types = new TreeMap<>();
    private final Map<String, List<Type>> below = new HashMap<>();

    private static final class Type {
        final ClassModel model;
        final String name;
        final Map<String, Method> methods = new TreeMap<>();
        final Set<String> fields = new HashSet<>();

        Type(ClassModel model) {
            this.model = model;
            this.name = model.thisClass().asInternalName();
            model.fields().forEach(field -> fields.add(field.fieldName().stringValue()));
        }

        List<String> above() {
            var above = new ArrayList<String>();
            model.superclass().map(ClassEntry::asInternalName).ifPresent(above::add);
            model.interfaces().forEach(entry -> above.add(entry.asInternalName()));
            return above;
        }

        boolean isPublic() {
            return model.flags().has(AccessFlag.PUBLIC);
        }
    }

    private static final class Method {
        final Type owner;
        final MethodModel model;
        final String key;
        /// By rank of the lock it takes.
        final Map<String, Set<String>> touches = new TreeMap<>();
        final Set<Method> callers = new HashSet<>();
        /// Ranks of the locks that it takes or asserts to be held.
        final Set<String> holds = new TreeSet<>();
        boolean entry;

        Method(Type owner, MethodModel model) {
            this.owner = owner;
            this.model = model;
            this.key = model.methodName().stringValue() + model.methodType().stringValue();
        }

        boolean holds(String rank) {
            return holds.contains(ANY) || holds.contains(rank) || rank.equals(ANY) && !holds.isEmpty();
        }

        boolean is(AccessFlag flag) {
            return model.flags().has(flag);
        }

        @Override
        public String toString() {
            return shortName(owner.name) + "." + model.methodName().stringValue();
        }
    }

    /// @param keys of the sources that `models` were made from
    /// @param exempt methods that are trusted with what they touch and what they call, and why
    LockReach(LockKeys keys, List<ClassModel> models, Map<String, String> exempt) {
        this.keys = keys;
        this.exempt = exempt;
        for (ClassModel model : models) {
            var type = new Type(model);
            types.put(type.name, type);
            for (MethodModel method : model.methods()) {
                var m = new Method(type, method);
                type.methods.put(m.key, m);
            }
        }
        types.values().forEach(type -> type.above().forEach(above ->
                below.computeIfAbsent(above, none -> new ArrayList<>()).add(type)));
        methods().forEach(this::scan);
        methods().forEach(this::calledUnseen);
    }

    /// Methods that touch what they must not, each with what and by which way without a lock.
    List<String> offences() {
        var offences = new TreeSet<String>();
        methods().flatMap(method -> method.touches.keySet().stream()).distinct().forEach(rank -> {
            Map<Method, String> open = open(rank);
            methods().filter(method -> method.touches.containsKey(rank) && open.containsKey(method))
                    .forEach(method -> offences.add(method + " touches "
                            + String.join(", ", method.touches.get(rank)) + " without " + rank + ", "
                            + open.get(method)));
        });
        return List.copyOf(offences);
    }

    /// What can be reached without passing a method that holds a lock of that rank, and how. Whatever is not
    /// in here, cycles included, is called by methods that hold one and by nobody else.
    private Map<Method, String> open(String rank) {
        var called = new HashMap<Method, List<Method>>();
        methods().forEach(method -> method.callers.forEach(caller ->
                called.computeIfAbsent(caller, none -> new ArrayList<>()).add(method)));
        var open = new HashMap<Method, String>();
        methods().filter(method -> method.entry
                        || method.callers.isEmpty() && !keys.isCovered(method.owner.name))
                .filter(method -> !method.holds(rank) && !exempt.containsKey(method.toString()))
                .forEach(method -> open.put(method, "called from anywhere"));
        var next = new ArrayDeque<>(open.keySet());
        while (!next.isEmpty()) {
            Method caller = next.remove();
            for (Method method : called.getOrDefault(caller, List.of())) {
                String way = "called by " + caller + ", " + open.get(caller);
                if (!method.holds(rank) && !exempt.containsKey(method.toString())
                        && open.putIfAbsent(method, way) == null) {
                    next.add(method);
                }
            }
        }
        return open;
    }

    private Stream<Method> methods() {
        return types.values().stream().flatMap(type -> type.methods.values().stream());
    }

    // ---- what a method does

    private void scan(Method method) {
        method.model.code().ifPresent(code -> {
            Instruction before = null;
            for (CodeElement element : code) {
                switch (element) {
                    case FieldInstruction field -> touched(method, field);
                    case InvokeInstruction call -> called(method, call, before);
                    case InvokeDynamicInstruction made -> made.bootstrapArgs().forEach(this::handle);
                    default -> { }
                }
                before = element instanceof Instruction instruction ? instruction : before;
            }
        });
    }

    private void touched(Method method, FieldInstruction field) {
        if (field.opcode() != Opcode.GETFIELD && field.opcode() != Opcode.PUTFIELD) {
            return;
        }
        String name = field.name().stringValue();
        String owner = declaring(field.owner().asInternalName(), name);
        LockKeys.Guard guard = keys.guard(owner, name);
        boolean needsLock = field.opcode() == Opcode.PUTFIELD ? guard.writes() : guard.reads();
        if (needsLock && !(owner.equals(method.owner.name) && method.key.startsWith("<init>"))) {
            method.touches.computeIfAbsent(guard.rank() == null ? ANY : guard.rank(), none -> new TreeSet<>())
                    .add(shortName(owner) + "." + name);
        }
    }

    private String declaring(String owner, String field) {
        Type type = types.get(owner);
        while (type != null && !type.fields.contains(field)) {
            type = types.get(type.model.superclass().map(ClassEntry::asInternalName).orElse(""));
        }
        return type == null ? owner : type.name;
    }

    private void called(Method caller, InvokeInstruction call, Instruction before) {
        String owner = call.owner().asInternalName();
        String key = call.name().stringValue() + call.type().stringValue();
        if (takes(call)) {
            caller.holds.add(rankOf(before));
            return;
        }
        Method target = resolve(owner, key);
        if (target != null) {
            target.callers.add(caller);
            // A method `held` is an assertion's way to a lock that is private.
            if (key.equals("held()Z") && asksLock(target)) {
                caller.holds.add(named(keys.lockRank(target.owner.name)));
            }
        }
        if (call.opcode() != Opcode.INVOKESTATIC && call.opcode() != Opcode.INVOKESPECIAL) {
            overriding(owner, key, caller);
        }
    }

    private static boolean takes(InvokeInstruction call) {
        String name = call.name().stringValue();
        return call.owner().asInternalName().equals(LOCK) && (name.equals("lock") || name.equals("held"));
    }

    private static boolean asksLock(Method method) {
        return method.model.code().stream().flatMap(code -> code.elementStream())
                .anyMatch(element -> element instanceof InvokeInstruction call && takes(call));
    }

    /// The rank of a lock that was just read from a field or returned by a method.
    private String rankOf(Instruction before) {
        return switch (before) {
            case FieldInstruction field -> named(keys.lockRank(
                    declaring(field.owner().asInternalName(), field.name().stringValue())));
            case InvokeInstruction call -> named(keys.lockRank(call.owner().asInternalName()));
            case null, default -> ANY;
        };
    }

    private static String named(String rank) {
        return rank == null ? ANY : rank;
    }

    private Method resolve(String owner, String key) {
        Type type = types.get(owner);
        if (type == null) {
            return null;
        }
        Method own = type.methods.get(key);
        if (own != null) {
            return own;
        }
        return type.above().stream().map(above -> resolve(above, key)).filter(m -> m != null).findFirst()
                .orElse(null);
    }

    private void overriding(String owner, String key, Method caller) {
        for (Type type : below.getOrDefault(owner, List.of())) {
            Method target = resolve(type.name, key);
            if (target != null) {
                target.callers.add(caller);
            }
            overriding(type.name, key, caller);
        }
    }

    // ---- what is called from where no call can be seen

    private void handle(ConstantDesc argument) {
        if (argument instanceof DirectMethodHandleDesc made) {
            String owner = made.owner().descriptorString().replaceFirst("^L(.*);$", "$1");
            Method target = resolve(owner, made.methodName() + made.lookupDescriptor());
            if (target != null) {
                target.entry = true;
            }
        }
    }

    private void calledUnseen(Method method) {
        if (keys.isCovered(method.owner.name)) {
            return;
        }
        boolean offered = method.owner.isPublic()
                && (method.is(AccessFlag.PUBLIC) || method.is(AccessFlag.PROTECTED));
        method.entry |= offered || !method.is(AccessFlag.PRIVATE) && OF_OBJECT.contains(method.key)
                || !method.is(AccessFlag.PRIVATE) && !method.is(AccessFlag.STATIC)
                && !method.key.startsWith("<") && overridesElsewhere(method.owner, method);
    }

    /// The method may be called by its name in a type of another package, or of another module.
    private boolean overridesElsewhere(Type type, Method method) {
        for (String name : type.above()) {
            Type above = types.get(name);
            boolean here = above == null
                    ? method.is(AccessFlag.PUBLIC) && !ROOTS.contains(name)
                    : !packageOf(name).equals(packageOf(method.owner.name))
                            && above.methods.containsKey(method.key);
            if (here || above != null && overridesElsewhere(above, method)) {
                return true;
            }
        }
        return false;
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('/'));
    }

    private static String shortName(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
