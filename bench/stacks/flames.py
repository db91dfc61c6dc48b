"""Where a virtual machine's processor time goes: a flame graph (Brendan Gregg's) of what the JDK's Flight Recorder saw."""
import hashlib
import json
import os
import subprocess
from xml.sax.saxutils import escape

from lab import Missing, command

EVENT = "jdk.CPUTimeSample"  # by processor time, calls of the kernel included; JDK 25 (JEP 509)
WIDTH, ROW, LETTER, TOP = 1200, 17, 6.6, 34
LEAST = 0.4  # of a pixel, below which nothing is drawn


class Frame:
    def __init__(self):
        self.samples = 0
        self.callees = {}

    def add(self, path):
        self.samples += 1
        for name in path:
            self = self.callees.setdefault(name, Frame())
            self.samples += 1

    def depth(self):
        return 1 + max([callee.depth() for callee in self.callees.values()] or [0])


def tool(name):
    return os.path.join(os.environ["JAVA_HOME"], "bin", name)


def machine(stack):
    """The process of its virtual machine."""
    for pid in stack.programs[0].family():
        with open("/proc/%d/comm" % pid) as name:
            if name.read().strip() == "java":
                return pid
    raise Missing("%s has no virtual machine" % stack.label)


def recorded(stack, path, work):
    """Records what `work` costs, into the file `path`."""
    pid = str(machine(stack))
    command(tool("jcmd"), pid, "JFR.start", "name=bench", "settings=profile", EVENT + "#enabled=true",
            EVENT + "#throttle=1ms")
    try:
        work()
    finally:
        command(tool("jcmd"), pid, "JFR.stop", "name=bench", "filename=" + os.path.abspath(path))


def name_of(method):
    return method["type"]["name"].rsplit(".", 1)[-1].rsplit("/", 1)[-1] + "." + method["name"]


def read(path):
    """The samples of a recording, summed up by thread and then from the outermost call inwards."""
    done = subprocess.run([tool("jfr"), "print", "--json", "--stack-depth", "64", "--events", EVENT, path],
                          capture_output=True, text=True)
    if done.returncode:
        raise Missing("jfr print: " + done.stderr.strip())
    root = Frame()
    for event in json.loads(done.stdout)["recording"]["events"]:
        values = event["values"]
        trace = values.get("stackTrace")
        thread = (values.get("eventThread") or {}).get("javaName") or "(threads of the virtual machine)"
        calls = [name_of(frame["method"]) for frame in reversed(trace["frames"])] if trace else ["(no stack)"]
        root.add([thread] + calls)
    return root


def colour(name):
    shade = hashlib.sha1(name.encode()).digest()[0]
    return "#%02x%02x%02x" % (225 + shade % 30, 120 + shade % 110, 60 + shade % 50)


def boxes(frame, name, x, row, scale, all_samples):
    width = frame.samples * scale
    if width < LEAST:
        return
    top = TOP + row * ROW
    yield '<g><title>%s: %d samples, %.1f %%</title>' % (escape(name), frame.samples,
                                                        100 * frame.samples / all_samples)
    yield '<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s" stroke="white" stroke-width="0.5"/>' % (
        x, top, width, ROW - 1, colour(name))
    letters = int((width - 4) / LETTER)
    if letters >= 3:
        shown = name if len(name) <= letters else name[:letters - 1] + "…"
        yield '<text x="%.1f" y="%d">%s</text>' % (x + 3, top + ROW - 5, escape(shown))
    yield "</g>"
    for callee, below in sorted(frame.callees.items()):
        yield from boxes(below, callee, x, row + 1, scale, all_samples)
        x += below.samples * scale


def drawn(root, title):
    height = TOP + root.depth() * ROW + 8
    yield ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="monospace" '
           'font-size="11">' % (WIDTH, height, WIDTH, height))
    yield '<rect width="100%" height="100%" fill="white"/>'
    yield '<text x="6" y="20" font-size="14">%s</text>' % escape(title)
    if root.samples:
        yield from boxes(root, "all", 4, 0, (WIDTH - 8) / root.samples, root.samples)
    yield "</svg>"
