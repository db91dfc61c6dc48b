/// Benchmarks of `org.splnet.kern`: callouts, locks, and the hash of secrets.
package org.splnet.kern;
