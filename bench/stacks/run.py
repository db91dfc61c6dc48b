"""bench/run: brings up the stacks, measures them in turn, and says what came of it."""
import argparse
import json
import os
import platform
import re
import signal
import sys
import time

import flames
import measures
import picture
import report
import stacks
from lab import SIGNALS, Lab, Missing

HOME = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
GIVE_UP = 2  # failures in a row after which a cell is left alone


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        """As all the others, by sysexits(3)."""
        self.exit(64, "run: %s; see bench/run --help\n" % message)


def above_zero(kind):
    def value(text):
        try:
            number = kind(text)
        except ValueError:
            number = 0
        if not 0 < number < 1e6:
            raise argparse.ArgumentTypeError("%s: must be above 0" % text)
        return number
    return value


def arguments():
    keys = [kind.key for kind in stacks.ALL] + [measure.key for measure in measures.ALL]
    parser = Arguments(
        prog="sudo bench/run", allow_abbrev=False,
        description="Compares splnet with the kernel, other stacks in user space, and a bare TCP loop: in turn, in "
                    "several rounds, with the kernel's TCP as peer.")
    parser.add_argument("--quick", action="store_true", help="three rounds of half a second: under four minutes")
    parser.add_argument("--only", metavar="A,B", default="",
                        help="stacks and measures, of " + " ".join(keys) + "; all of a kind of which none is named")
    parser.add_argument("--rounds", type=above_zero(int), metavar="N", help="samples of each figure (5)")
    parser.add_argument("--seconds", type=above_zero(float), metavar="S", help="that each takes (1.5)")
    for kind in ("json", "svg"):
        parser.add_argument("--" + kind, metavar="FILE", default="%s/target/bench/run.%s" % (HOME, kind),
                            help="(target/bench/run.%s)" % kind)
    parser.add_argument("--profile", metavar="DIR",
                        help="at last, a recording and a flame graph of each figure of splnet's")
    parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[],
                        help="a line of TOML for the daemons, such as 'net.queues.batch = 128'")
    parser.add_argument("--one-cpu", action="store_true",
                        help="all on one CPU, where figures repeat best: to compare two builds")
    found = parser.parse_args()
    found.rounds = found.rounds or (3 if found.quick else 5)
    found.seconds = found.seconds or (0.5 if found.quick else 1.5)
    # the JVM compiles for 5 to 10 s of a kind of work before it is as fast as it will be
    found.warm_up = found.seconds if found.quick else max(6, found.seconds)
    only = [word for word in found.only.split(",") if word]
    for word in only:
        if word not in keys:
            parser.error("--only: %s: not one of %s" % (word, " ".join(keys)))
    found.stacks = [kind for kind in stacks.ALL if kind.key in only] or list(stacks.ALL)
    found.measures = [measure for measure in measures.ALL if measure.key in only] or list(measures.ALL)
    return found


def progress(text):
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + text)
        sys.stderr.flush()


class Run:
    def __init__(self, lab, options):
        self.lab = lab
        self.options = options
        self.results = [report.Result(kind(lab, options.set)) for kind in options.stacks]
        self.lines = []
        self.busy = None

    def bring_up(self):
        for result in self.results:
            progress("starting " + result.stack.label)
            try:
                result.stack.start()
            except Missing as why:
                result.absent = str(why)
                for program in result.stack.programs:
                    program.end()

    def present(self):
        return [result for result in self.results if not result.absent]

    def warm_up(self):
        """What a virtual machine compiles while it runs shall be compiled."""
        for result in self.present():
            for measure in self.options.measures:
                if result.stack.java and measure.key not in result.trouble:
                    progress("warming up %s: %s" % (result.stack.key, measure.key))
                    try:
                        measures.measured(result.stack, measure, self.options.warm_up)
                    except Missing:
                        pass  # it will happen again, and then be told

    def idle(self):
        """All are up, nobody asks anything of them."""
        seconds = 5 if self.options.quick else 10
        progress("idle for %d s" % seconds)
        ours = [result for result in self.present() if result.stack.user_space]
        before = [measures.cpu_seconds(result.stack) for result in ours]
        busy, ticks = measures.machine_ticks()
        start = time.monotonic()
        time.sleep(seconds)
        for result, used in zip(ours, before):
            share = (measures.cpu_seconds(result.stack) - used) / (time.monotonic() - start)
            result.idle = 100 * share
            result.resident = measures.resident(result.stack)
        still_busy, all_ticks = measures.machine_ticks()
        self.busy = 100 * (still_busy - busy) / (all_ticks - ticks)

    def sample(self, result, measure, failures):
        cell = (result.stack.key, measure.key)
        if measure.key in result.stack.without or failures.get(cell, 0) >= GIVE_UP:
            return
        self.lines.append(measures.line_cost(self.lab))
        try:
            sample = measures.measured(result.stack, measure, self.options.seconds)
            sample["line_ns"] = self.lines[-1]
            result.samples.setdefault(measure.key, []).append(sample)
            failures[cell] = 0
        except Missing as why:
            result.trouble[measure.key] = str(why)
            failures[cell] = failures.get(cell, 0) + 1

    def rounds(self):
        failures = {}
        for i in range(self.options.rounds):
            for measure in self.options.measures:
                for result in self.present():
                    progress("round %d of %d: %s, %s" % (i + 1, self.options.rounds, measure.key, result.stack.label))
                    self.sample(result, measure, failures)
        self.lines.append(measures.line_cost(self.lab))
        progress("")

    def profiles(self, to):
        """Not while figures are taken: it costs a little itself."""
        os.makedirs(to, exist_ok=True)
        for result in self.present():
            stack = result.stack
            for measure in self.options.measures:
                if not stack.java or measure.key in stack.without:
                    continue
                progress("profile of %s: %s" % (stack.key, measure.key))
                path = os.path.join(to, "%s-%s" % (stack.key, measure.key))
                try:
                    flames.recorded(stack, path + ".jfr",
                                    lambda: measures.measured(stack, measure, max(2, self.options.seconds)))
                    graph = flames.drawn(flames.read(path + ".jfr"), "%s: %s" % (stack.label, measure.key))
                    kept(path + ".svg", "\n".join(graph) + "\n")
                except Missing as why:
                    print("profile of %s, %s: %s" % (stack.key, measure.key, why))
        progress("")


def machine():
    model = re.search(r"^model name\s*: (.*)$", open("/proc/cpuinfo").read(), re.MULTILINE)
    return {
        "cpu": model.group(1) if model else platform.machine(),
        "cpus": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "at": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
    }


def kept(path, text):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def tell(run, options, about):
    host = about["machine"]
    title = "%d CPUs (%s), Linux %s, %s UTC, %d rounds of %g s, %.0f %% busy before the first figure" % (
        host["cpus"], host["cpu"], host["kernel"], host["at"], options.rounds, options.seconds,
        about["busy_idle_percent"])
    print(title)
    for line in report.tables(run.results, options.measures, run.lines):
        print(line)
    document = report.document(run.results, options.measures, about)
    kept(options.json, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    kept(options.svg, "\n".join(picture.drawn(run.present(), options.measures, title)) + "\n")
    print()
    print("%s, %s; %.0f s" % (options.json, options.svg, about["seconds"]))


def stop(number, _):
    sys.exit(128 + number)


def main():
    options = arguments()
    for number in SIGNALS:
        signal.signal(number, stop)
    if options.one_cpu:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    begin = time.monotonic()
    lab = Lab(HOME)
    try:
        about = {"machine": machine(), "load_before": os.getloadavg()[0], "one_cpu": options.one_cpu,
                 "rounds": options.rounds, "seconds_each": options.seconds, "settings": options.set}
        try:
            measures.line_cost(lab)
        except Missing as why:
            sys.exit("run: %s" % why)
        run = Run(lab, options)
        run.bring_up()
        run.warm_up()
        run.idle()
        run.rounds()
        about.update(load_after=os.getloadavg()[0], busy_idle_percent=run.busy, line_ns=run.lines,
                     seconds=time.monotonic() - begin)
        tell(run, options, about)
        if options.profile:
            run.profiles(options.profile)
            print("%s: %s" % (options.profile, ", ".join(sorted(os.listdir(options.profile)))))
        return 0 if run.present() else 1
    finally:
        lab.close()


sys.exit(main())
