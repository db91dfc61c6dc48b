/// The daemon: what is made in which order, and ended in the reverse.
///
/// [org.splnet.Main] is the command line's entry; [org.splnet.Splnetd] one running stack;
/// [org.splnet.Drivers] the
/// drivers on the class path; [org.splnet.StackStatus] what the status page shows. The only package that
/// knows all
/// others.
///
/// Threads it starts: one per NIC queue, one for loopback, one for the callouts, each a
/// [org.splnet.kern.DutyThread].
package org.splnet;
