/// Runs the benchmarks of single methods and prints their table; `bench/micro` is the command. Each benchmark
/// lies in the package of what it measures.
package org.splnet.bench;
