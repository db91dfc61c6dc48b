/// The command `splnet`: runs the daemon, checks configurations, shows what a running stack does.
///
/// Entry point: [org.splnet.cli.Cli#run]. What the command needs of the program around it, starting a stack
/// and knowing the drivers, comes in through [org.splnet.cli.Host], because this package knows neither.
///
/// What is shown is read from the status page's JSON ([org.splnet.cli.StatusClient]) and laid out as tables
/// by [org.splnet.cli.View]. Exit codes are those of sysexits(3): [org.splnet.cli.Sysexits].
///
/// May use: `config`, `wire`, `kern`. Locks: none. Threads: the main thread.
///
/// Deliberately missing: changing a running daemon; that comes with the control plane.
package org.splnet.cli;
