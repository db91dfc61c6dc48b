package org.splnet.control;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.splnet.unix.Credentials;

/// Whose sockets these are: one process, as it was when it connected, and what its user may and has.
///
/// @param who the process
/// @param program its name, for people
/// @param rule what it may
/// @param account what its user has
record Owner(Credentials who, String program, Rule rule, Account account) {
    private static final int SHOWN = 16;

    /// True if a socket of `other` may be touched: the same user's, or anybody's by who may steer.
    boolean mayTouch(Owner other) {
        return who.uid() == other.who.uid() || rule.steer();
    }

    /// The user's number as the host has it: without a sign.
    String user() {
        return Integer.toUnsignedString(who.uid());
    }

    @Override
    public String toString() {
        String groups = Arrays.stream(who.groups()).limit(SHOWN).mapToObj(Integer::toUnsignedString)
                .collect(Collectors.joining(","));
        return program + "[" + who.pid() + "] uid=" + user() + " gid=" + Integer.toUnsignedString(who.gid())
                + (groups.isEmpty() ? "" : " groups=" + groups) + (who.groups().length > SHOWN ? ",..." : "");
    }
}
