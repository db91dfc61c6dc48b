package org.splnet.unix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Semaphore;

/// Numbers of the host's users and groups, wherever it keeps them (`getpwnam`, `getgrnam`). May block;
/// any thread.
public final class Accounts {
    private static final MethodHandle USER = Downcall.plain("getpwnam", 1);
    private static final MethodHandle GROUP = Downcall.plain("getgrnam", 1);
    /// Both structures begin with two pointers, and then the number.
    private static final int NUMBER_AT = 16;
    /// The kernel's numbers have 32 bits and no sign, and the one above stands for none (credentials(7)).
    private static final long LARGEST = (1L << 32) - 2;

    /// Both calls answer in memory that they have once.
    private static final Semaphore ONE = new Semaphore(1);

    private Accounts() {
    }

    /// The number of a user, who may be given by number too.
    ///
    /// @throws IllegalArgumentException if there is no such user
    public static int user(String name) {
        return number(USER, name, "user");
    }

    /// The number of a group, which may be given by number too.
    ///
    /// @throws IllegalArgumentException if there is no such group
    public static int group(String name) {
        return number(GROUP, name, "group");
    }

    private static int number(MethodHandle call, String name, String what) {
        if (name.matches("[0-9]{1,10}")) {
            long number = Long.parseLong(name);
            if (number > LARGEST) {
                throw new IllegalArgumentException("must be at most " + LARGEST);
            }
            return (int) number;
        }
        ONE.acquireUninterruptibly();
        try {
            return found(call, name, what);
        } finally {
            ONE.release();
        }
    }

    private static int found(MethodHandle call, String name, String what) {
        long found;
        try (Arena arena = Arena.ofConfined()) {
            found = (long) call.invokeExact(new Downcall().state(), arena.allocateFrom(name).address());
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
        if (found == 0) {
            throw new IllegalArgumentException("the host has no such " + what);
        }
        return Downcall.at(found, NUMBER_AT + Integer.BYTES).get(JAVA_INT, NUMBER_AT);
    }
}
