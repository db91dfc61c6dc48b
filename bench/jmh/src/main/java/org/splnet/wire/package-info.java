/// Benchmarks of `org.splnet.wire`: the checksum, and headers written and read.
package org.splnet.wire;
