/// Benchmarks of `org.splnet.socket`: the queue of octets under both directions of a stream.
package org.splnet.socket;
