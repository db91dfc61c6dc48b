package org.splnet;

/// Which splnet this is.
public final class Version {
    /// As the manifest of the jar says it; from a build tree, what is being built.
    public static final String TEXT = "splnet "
            + (Version.class.getPackage().getImplementationVersion() == null ? "0.1.0-dev"
                    : Version.class.getPackage().getImplementationVersion());

    private Version() {
    }
}
