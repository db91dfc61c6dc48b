/// Endpoint tables of the transports: [PcbTable] finds by four-tuple, [GroupTable] all of the same ends,
/// [PortTable] knows whose a local port is.
///
/// May use: `wire`, `kern`. Both are family-neutral: addresses are 128-bit pairs.
///
/// Locks: `PORTS`, one per table, for changes; never two at once, so a caller finishes with one table
/// before it changes the other. [PcbTable#lookup] takes none and allocates nothing: find, lock the
/// endpoint, check that it is not detached. Threads: any.
///
/// RFCs: 6056 (choice of ports), 6335 (their range).
package org.splnet.pcb;
