package org.splnet.kern;

/// Something that has happened.
///
/// @param wallMillis when, since 1970
/// @param fields name, value, name, value, …; values are immutable and shown by their `toString`, so that
///     whoever tells of it does not make text. Must not be changed
@SuppressWarnings("ArrayRecordComponent")
public record Event(long wallMillis, EventKind kind, Object... fields) { }
