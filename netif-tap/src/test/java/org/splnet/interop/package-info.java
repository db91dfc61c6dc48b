/// The daemon on a real TAP, in a network namespace of its own, with the kernel's stack and the usual tools
/// as its peers; and with guests in QEMU as its peers, at cables of every kind. Needs root, but for what is
/// meant to do without; skipped with the reason where there is none.
package org.splnet.interop;
