/// The seam between transports and network protocols (`protosw`), family-neutral: addresses are 128-bit pairs
/// in which IPv4 is IPv4-mapped, so that `tcp` and `udp` know neither `ip` nor, later, `ip6`.
///
/// May use: `pkt`, `wire`, `kern`. Entry points: [org.splnet.inet.Network] (the way down),
/// [org.splnet.inet.Transport] (the way up). Locks: none of its own.
package org.splnet.inet;
