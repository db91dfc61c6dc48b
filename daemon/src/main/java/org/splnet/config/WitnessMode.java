package org.splnet.config;

/// Whether the lock order is watched while the daemon runs.
public enum WitnessMode {
    /// No.
    OFF,
    /// Violations are counted, and each pair of locks is logged once.
    COUNT
}
