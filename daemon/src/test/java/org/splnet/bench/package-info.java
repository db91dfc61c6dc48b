/// Benchmarks that need the stack's own classes in one process; `bench/` at the root of the project runs
/// them. No test is here: speed is measured, not asserted.
package org.splnet.bench;
