package org.splnet.unix;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// Functions of the C library, called with the kernel's own convention for results: what the call returns, or
/// `-errno`.
///
/// An instance is a place for errno to be captured in, because the JVM may change the thread's own between
/// the call and a look at it. It belongs to one thread, or to whoever holds one lock, at a time.
final class Downcall {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO_CAPTURED = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final MemorySegment state = Arena.ofAuto().allocate(STATE);

    /// The function `name` of so many `arguments`, which are numbers or addresses. Its first argument here is
    /// [#state]; all others, and what it returns, are longs, whatever C says: each travels in a register of
    /// its own, of which a function that takes an `int` looks at the lower half, and one that returns an
    /// `int` has set no other. So functions with equally many arguments have one type, and what the linker
    /// makes for one of them, in ten milliseconds of the start, does for all.
    static MethodHandle plain(String name, int arguments) {
        return handle(name, arguments, ERRNO_CAPTURED);
    }

    /// The same for `fixed` arguments and then those that stand for the dots in the C declaration.
    static MethodHandle variadic(String name, int arguments, int fixed) {
        return handle(name, arguments, ERRNO_CAPTURED, Linker.Option.firstVariadicArg(fixed));
    }

    @SuppressWarnings("restricted") // the one place where native calls are made possible
    private static MethodHandle handle(String name, int arguments, Linker.Option... options) {
        MemoryLayout[] longs = new MemoryLayout[arguments];
        Arrays.fill(longs, JAVA_LONG);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_LONG, longs), options);
    }

    /// The first `length` octets of what is at an address that a call has returned.
    @SuppressWarnings("restricted")
    static MemorySegment at(long address, long length) {
        return MemorySegment.ofAddress(address).reinterpret(length);
    }

    /// Where errno is left.
    MemorySegment state() {
        return state;
    }

    /// @param returned by the last call
    long result(long returned) {
        return returned >= 0 ? returned : -(int) ERRNO.get(state, 0L);
    }

    /// The same of a function that returns an `int`.
    int number(long returned) {
        return (int) result((int) returned);
    }

    /// What a call that cannot throw has thrown.
    static AssertionError unexpected(Throwable e) {
        return new AssertionError("a downcall threw", e);
    }
}
