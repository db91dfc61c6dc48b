/// The configuration: a TOML file, read by Jackson, checked and turned into immutable records.
///
/// Entry points: [org.splnet.config.ConfigReader#read] gives a [org.splnet.config.SplnetConfig] or throws a
/// [org.splnet.config.ConfigException] that lists *every* problem as `FILE:LINE: key: value: what is
/// allowed`.
///
/// How it goes: Jackson parses the text into a tree; [org.splnet.config.Section] gives typed access to one
/// table and notes what nobody asked for; [org.splnet.config.RecordBinder] fills a record by its component
/// names; the record's compact constructor is the validator; [org.splnet.config.Consistency] looks at what no
/// single value shows. Keys are the component names in kebab-case, without the unit: `minRtoNs` is `min-rto`,
/// written `"200ms"`.
///
/// May use: the `*Config` records of `net`, `ip`, `udp`, `tcp` and `relay`, and `wire`. What only a driver
/// knows is asked through [org.splnet.config.DriverCatalog], and for users and groups the host, which may
/// take its time, through [org.splnet.config.AccountCatalog]. No locks, no threads: reading is done at start,
/// and again whenever it is asked for ([org.splnet.config.KnobChange]).
///
/// Bounds: a file of 1 MiB, nesting of 32; hostile input gives a `ConfigException` and nothing else.
///
/// Deliberately missing: includes, environment variables.
package org.splnet.config;
