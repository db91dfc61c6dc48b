package org.splnet.control;

/// A change that the stack does not make. The message names the thing and what is allowed, without a full
/// stop.
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Why.
    public enum Kind {
        /// There is no such thing.
        UNKNOWN,
        /// The stack, as it is now, does not allow it.
        CONFLICT,
        /// There are as many as there may be.
        TOO_MANY,
        /// The value is none that could ever be.
        UNWANTED,
        /// The daemon stops.
        STOPPING
    }

    private final Kind kind;

    public Refusal(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /// Why.
    public Kind kind() {
        return kind;
    }
}
