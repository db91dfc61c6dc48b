/// Endpoint tables of the transports: four-tuples and local ports.
///
/// May use: `wire`, `kern`. Lock: `PORTS`, writers only.
package org.splnet.pcb;
