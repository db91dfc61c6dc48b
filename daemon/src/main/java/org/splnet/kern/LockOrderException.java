package org.splnet.kern;

/// A violation of the locking rules that the [Witness] has seen: a bug, never a consequence of input.
///
/// Its cause, if sites are kept, is where the lock was taken that is in the way.
public final class LockOrderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LockOrderException(String message, Throwable heldSite) {
        super(message, heldSite);
    }
}
