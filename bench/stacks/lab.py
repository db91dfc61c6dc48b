"""Network namespaces, programs in them, and their end, whatever happens."""
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time

PREFIX = "splb-"
SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Missing(Exception):
    """A stack or a figure cannot be had; says why."""


def said(output):
    """The last line of what a program had to say."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def command(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise Missing("%s: %s" % (" ".join(words[:4]), said(done.stderr or done.stdout)))
    return done.stdout


def with_us():
    """In a child, before it becomes a program: it ends when we do, also if nobody could tell it."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Space:
    """A network namespace."""

    def __init__(self, lab, name):
        self.lab = lab
        self.name = "%s%d-%s" % (PREFIX, os.getpid(), name)
        lab.spaces.append(self)
        command("ip", "netns", "add", self.name)
        # no connection knows what an earlier one learnt, and nobody speaks unasked
        self.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1",
                 "net.ipv4.tcp_no_metrics_save=1")
        self.ip("link", "set", "lo", "up")

    def inside(self, words):
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def run(self, *words):
        return command(*self.inside(words))

    def ip(self, *words):
        return command("ip", "-n", self.name, *words)

    def start(self, *words):
        return self.lab.start(self.inside(words))

    def veth(self, name, other, other_name):
        self.ip("link", "add", name, "type", "veth", "peer", "name", other_name, "netns", other.name)
        self.ip("link", "set", name, "up")
        other.ip("link", "set", other_name, "up")


class Program:
    """A process that we started, with what it said in a file."""

    def __init__(self, words, log):
        self.log = log
        with open(log, "w") as out:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            start_new_session=True, preexec_fn=with_us)
        self.pid = self.process.pid

    def alive(self):
        return self.process.poll() is None

    def output(self):
        with open(self.log, errors="replace") as text:
            return text.read()

    def family(self):
        """The process and its descendants."""
        found = [self.pid]
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                fields = stat(int(entry))
                if fields:
                    parents.setdefault(int(fields[1]), []).append(int(entry))
        for pid in found:
            found.extend(parents.get(pid, []))
        return found

    def end(self):
        family = self.family()
        for number, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            for pid in family:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            try:
                self.process.wait(patience)
                return
            except subprocess.TimeoutExpired:
                pass


def stat(pid):
    """The fields of /proc/PID/stat behind the name, of which the first is the state."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


class Lab:
    """All there is to clean up."""

    def __init__(self, home):
        self.home = home
        self.spaces = []
        self.programs = []
        self.built = {}
        command(home + "/bin/sweep")
        self.dir = tempfile.mkdtemp(prefix="%s%d-" % (PREFIX, os.getpid()))

    def space(self, name):
        return Space(self, name)

    def start(self, words):
        program = Program(words, "%s/log-%d" % (self.dir, len(self.programs)))
        self.programs.append(program)
        return program

    def build(self, name, *flags):
        """Compiles a program of bench/loads once; returns its path."""
        if name not in self.built:
            path = os.path.join(self.dir, name)
            compiler = os.environ.get("CC", "cc")
            if not shutil.which(compiler):
                raise Missing("no C compiler")
            command(compiler, "-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-o", path,
                    os.path.join(self.home, "bench/loads", name + ".c"), *flags)
            self.built[name] = path
        return self.built[name]

    def file(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    @staticmethod
    def wait(what, seconds, program, ready):
        """Until `ready` says so, or the program ends, or it took too long."""
        end = time.monotonic() + seconds
        while not ready():
            if not program.alive():
                raise Missing("%s has ended: %s" % (what, said(program.output())))
            if time.monotonic() > end:
                raise Missing("%s does not answer after %d s: %s" % (what, seconds, said(program.output())))
            time.sleep(0.05)

    def close(self):
        """Undisturbed: who has lost his patience loses nothing else."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for program in reversed(self.programs):
            program.end()
        for space in self.spaces:
            subprocess.run(["ip", "netns", "del", space.name], capture_output=True)
        shutil.rmtree(self.dir, ignore_errors=True)
