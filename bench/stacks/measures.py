"""What is measured of a stack, and how."""
import os
import subprocess
from dataclasses import dataclass

from lab import Missing, said, stat

HERTZ = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Measure:
    """One column. `load` is what bench/loads/load.c calls it."""

    key: str
    label: str
    unit: str
    load: str
    port: int
    ways: int
    digits: int = 0
    more_is_better: bool = True


ALL = (
    Measure("in", "bulk in", "Gb/s", "in", 9, 1, 1),
    Measure("out", "bulk out", "Gb/s", "out", 19, 1, 1),
    Measure("rr1", "round trips", "/s", "rr", 7, 1),
    Measure("rr32", "32 at once", "/s", "rr", 7, 32),
    Measure("crr1", "connects", "/s", "crr", 7, 1),
    Measure("crr32", "32 at once", "/s", "crr", 7, 32),
    Measure("udp", "UDP, 32", "/s", "udp", 7, 32),
    Measure("ping", "ping", "µs", "ping", 7, 1, 1, False),
)


def cpu_seconds(stack):
    ticks = 0
    for program in stack.programs:
        for pid in program.family():
            fields = stat(pid)
            if fields:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / HERTZ


def resident(stack):
    """Octets."""
    fields = stat(stack.programs[0].pid)
    return int(fields[21]) * PAGE if fields else None


def machine_ticks():
    """Busy ones, and all, of all CPUs."""
    with open("/proc/stat") as file:
        fields = [int(field) for field in file.readline().split()[1:]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


def line_cost(lab):
    """Nanoseconds for a cache line to the other CPU and back; None where there is only one."""
    done = subprocess.run([lab.build("line", "-pthread"), "10"], capture_output=True, text=True)
    return float(done.stdout) if done.returncode == 0 else None


def measured(stack, measure, seconds):
    """One sample: the figure and what belongs to it."""
    for program in stack.programs:
        if not program.alive():
            raise Missing("it has ended: " + said(program.output()))
    words = [stack.lab.build("load"), measure.load, stack.host, measure.port + stack.shift, measure.ways, seconds]
    before = cpu_seconds(stack)
    try:
        done = subprocess.run(stack.peer.inside(words), capture_output=True, text=True, timeout=seconds + 20)
    except subprocess.TimeoutExpired:
        raise Missing("no end after %d s" % (seconds + 20)) from None
    used = cpu_seconds(stack) - before
    if done.returncode:
        raise Missing(said(done.stderr))
    figure, *rest = done.stdout.split()
    sample = {"figure": float(figure), "stack_cpu": round(used, 3)}
    for pair in rest:
        name, _, value = pair.partition("=")
        sample["peer_cpu" if name == "cpu" else name] = value if name == "cc" else float(value)
    return sample
