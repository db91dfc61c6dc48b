/// Benchmarks over the stream driver; they print and assert nothing.
package org.splnet.bench;
