package org.splnet.kern;

import java.util.List;

/// What the [Witness] knows, for people and programs to read.
///
/// @param mode what it does now
/// @param violations each distinct pair, in the order first seen
/// @param unlisted violations of pairs beyond those it keeps
/// @param ranks one entry per rank, in their order
/// @param sites places that take locks, the longest waiting first
public record WitnessReport(
        Witness.Mode mode, List<Violation> violations, long unlisted, List<LockStats> ranks,
        List<LockSite> sites) {
    /// How many violations of one kind are listed.
    public long count(Violation.Kind kind) {
        return violations.stream().filter(v -> v.kind() == kind).mapToLong(Violation::count).sum();
    }
}
