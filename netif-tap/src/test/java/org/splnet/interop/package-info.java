/// The daemon on a real TAP, in a network namespace of its own, with the kernel's stack and the usual tools
/// as its peers. Needs root; skipped with the reason where there is none.
package org.splnet.interop;
