/// Benchmarks of `org.splnet.pcb`: a connection found among many, and the hash it is found by.
package org.splnet.pcb;
