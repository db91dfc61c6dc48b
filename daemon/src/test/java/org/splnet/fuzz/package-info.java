/// Harnesses for Jazzer, one class per parser: `fuzzerTestOneInput` is what Jazzer drives with coverage as
/// its guide, and a bounded, seeded test drives the same method in every build.
///
/// A harness states what must hold for any octets: never throw, loop or read outside, and what was read can
/// be written back. To run one for ten minutes, after `mvn test-compile`:
/// ```text
/// mvn -q -pl daemon dependency:build-classpath -Dmdep.outputFile=/tmp/splnet.cp
/// java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
///     -cp daemon/target/test-classes:daemon/target/classes:$(cat /tmp/splnet.cp) \
///     com.code_intelligence.jazzer.Jazzer --target_class=org.splnet.fuzz.TcpOptionsFuzz \
///     --instrumentation_includes=org.splnet.** -max_total_time=600 \
///     --disabled_hooks=com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer
/// ```
/// Jazzer 0.26 and its native part run on Java 25. Its sanitizer of `Unsafe` must be off: it breaks
/// Netty's queues with a `NullPointerException` of its own.
/// Every finding becomes a regression input in the parser's own test.
package org.splnet.fuzz;
