package org.splnet.unix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

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

    /// The function `name`; its first argument is [#state].
    static MethodHandle plain(String name, FunctionDescriptor type) {
        return handle(name, type, ERRNO_CAPTURED);
    }

    /// The same for `fixed` arguments and then those that stand for the dots in the C declaration.
    static MethodHandle variadic(String name, FunctionDescriptor type, int fixed) {
        return handle(name, type, ERRNO_CAPTURED, Linker.Option.firstVariadicArg(fixed));
    }

    @SuppressWarnings("restricted") // the one place where native calls are made possible
    private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }

    /// The first `length` octets of what a call has returned a pointer to.
    @SuppressWarnings("restricted")
    static MemorySegment at(MemorySegment pointer, long length) {
        return pointer.reinterpret(length);
    }

    /// Where errno is left.
    MemorySegment state() {
        return state;
    }

    /// @param returned by the last call
    long result(long returned) {
        return returned >= 0 ? returned : -(int) ERRNO.get(state, 0L);
    }

    /// What a call that cannot throw has thrown.
    static AssertionError unexpected(Throwable e) {
        return new AssertionError("a downcall threw", e);
    }
}
