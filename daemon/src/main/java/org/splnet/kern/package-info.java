/// The ground: lock ranks and locks, the witness, clock, entropy, callouts, deferred calls, duties, rate
/// limits.
///
/// May use: nothing of splnet. The only package that may use `java.util.concurrent.locks` directly, ask the
/// system
/// for time, or start threads' loops.
package org.splnet.kern;
