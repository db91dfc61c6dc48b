/// The ground that everything stands on: locks and their order, time, chance, callouts, deferred work, the
/// loops that threads run, and the record of our own faults.
///
/// May use: nothing of splnet. The only package that may use `synchronized` and `java.util.concurrent.locks`,
/// ask the system for time or chance, or sleep; `LayeringTest` reads the class files and sees to it.
///
/// Entry points:
/// - [org.splnet.kern.RankedLock], [org.splnet.kern.LockRank], [org.splnet.kern.SleepPoint]: locks, their
///   order, and sleeping on them; [org.splnet.kern.LockDiscipline]: how many there really are.
///   [org.splnet.kern.Witness] executes the rules while the program runs, counts and times;
///   [org.splnet.kern.Violation.Kind] lists the rules. The lock chapter is `docs/locks.md`.
/// - [org.splnet.kern.CalloutWheel], [org.splnet.kern.Callout]: what is to be done at a time.
/// - [org.splnet.kern.Deferred]: what is to be done after the last unlock;
///   [org.splnet.kern.Round]: how much of it a worker does before it looks for what has come in.
/// - [org.splnet.kern.Duty], [org.splnet.kern.DutyThread]: a steppable loop and the thread around it;
///   [org.splnet.kern.CalloutDuty] is the one for the callouts. [org.splnet.kern.Rounds]: that it goes round.
/// - [org.splnet.kern.BusyPoll], [org.splnet.kern.Lookout]: when a loop looks for more rather than sleep, and
///   where it looks besides; [org.splnet.kern.Turn]: one thread at a time, and nobody waits.
/// - [org.splnet.kern.Clock], [org.splnet.kern.Entropy], [org.splnet.kern.SipHash],
///   [org.splnet.kern.RateLimit]: time, chance, keyed hash, token bucket.
/// - [org.splnet.kern.Events], [org.splnet.kern.EventKind]: what happens, for whoever subscribes;
///   [org.splnet.kern.Feed] and [org.splnet.kern.Ring] are how a thread of the stack tells somebody slow.
/// - [org.splnet.kern.FaultLog]: exceptions that nobody expected, each distinct one once.
///
/// # Locks
///
/// The order is the enum `LockRank`, and there is no other list. A thread takes locks of rising rank only,
/// never two of one rank, sleeps holding the interlock alone, and blocks, calls out or ends a batch holding
/// nothing. Of the rank `LEAF` here: the wheel's lock, held for at most 64 callouts at a time and never
/// while one fires. `FaultLog` and the witness's ledger use monitors of their own, innermost of all, under
/// which nothing is called, and `Events` one for subscribing, which no thread of the stack takes.
///
/// A class with a lock says under `Lock key:` what the letters behind its fields mean; one without, that it
/// is covered by another's lock or used by one thread. `LockKeyTest` holds sources and classes to that.
///
/// Lock-free, with the reasoning at the class: `Ring`, re-arming a callout for later, `Deferred`'s mark,
/// `RateLimit`, `Entropy.system`, `Turn`, `Lookout`.
///
/// # Threads
///
/// This package starts none by itself but one per `Feed`, which wakes its reader. Each `DutyThread` runs one
/// duty: reads the clock once, polls, checks that nothing is held, runs what was deferred, and waits if there
/// was nothing to do. Callouts fire on the thread that advances the wheel, deferred calls on the thread that
/// queued them. All else may be called by any thread, virtual ones included; `VirtualClock` (in the tests)
/// and `Entropy.seeded` by one.
///
/// # Deliberately missing
///
/// Reader-writer locks (readers use snapshots), try-lock and interruptible lock (whoever needs one has the
/// order wrong), recursive locks, thread priorities, a thread pool, and a learned lock graph: the order is
/// total and static.
package org.splnet.kern;
