package org.splnet.control;

/// What may be changed of a running stack. Called by any thread, one call at a time per connection, holding
/// nothing; may take as long as it takes.
public interface Steering {
    /// A clock that is advanced by hand.
    ///
    /// @param nowNs its time, of no meaning but against other readings
    /// @param nextDueNs when the next callout is due, in nanoseconds from now; negative if it is overdue,
    ///     [Long#MAX_VALUE] if there is none
    record ClockReading(long nowNs, long nextDueNs) { }

    /// Switches the witness of the lock order.
    ///
    /// @throws IllegalArgumentException saying which modes there are
    void witness(String mode);

    /// Forgets what the witness has counted.
    void forgetLocks();

    /// Reads the clock.
    ///
    /// @throws IllegalStateException saying why there is none to be advanced
    ClockReading clock();

    /// Lets time pass.
    ///
    /// @param ns 0 or more
    /// @return how many callouts fired
    /// @throws IllegalStateException saying why it cannot be done now
    int advance(long ns);

    /// Returns the stack to its first moment.
    void reset();
}
