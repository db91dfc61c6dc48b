package org.splnet.kern;

/// A few actors that meet, for the [Explorer] to let them meet in every order. Each schedule has one of its
/// own, made anew.
public interface Race extends AutoCloseable {
    /// What one actor does.
    interface Step {
        /// Does it; what it throws is a failure.
        void run() throws Exception;
    }

    /// Names the actors and what they do. What they start from has been made before, by the constructor.
    ///
    /// @param cast takes them
    void actors(java.util.function.BiConsumer<String, Step> cast);

    /// Throws if something is not as it must be after all have done what they do.
    void check() throws Exception;

    /// Frees everything, also after a failure.
    @Override
    void close();
}
