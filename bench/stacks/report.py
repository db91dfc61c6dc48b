"""The tables of a run."""
import statistics

import measures

LEFT = 37
COLUMN = 13
NARROW = 12
REFERENCES = ("kernel", "bare", "bare-poll", "lwip")


class Result:
    """What one stack gave: samples by measure, the last trouble by measure, and what kept it from running."""

    def __init__(self, stack):
        self.stack = stack
        self.samples = {}
        self.trouble = dict(stack.without)
        self.absent = None
        self.idle = None
        self.resident = None

    def values(self, key):
        return [sample["figure"] for sample in self.samples.get(key, [])]

    def median(self, key):
        values = self.values(key)
        return statistics.median(values) if values else None

    def spread(self, key):
        """From the least to the most, in percent of the median."""
        values, middle = self.values(key), self.median(key)
        return 100 * (max(values) - min(values)) / middle if middle else None

    def per_gigabyte(self, key, both):
        """Seconds of processor time of the stack, or of stack and peer, per 10^9 octets; the median of the samples."""
        costs = [(sample["stack_cpu"] + both * sample["peer_cpu"]) / sample["octets"] * 1e9
                 for sample in self.samples.get(key, []) if sample["octets"]]
        return statistics.median(costs) if costs else None

    def percentile(self, key, name):
        found = [sample[name] for sample in self.samples.get(key, [])]
        return statistics.median(found) if found else None


def number(value, digits=0):
    return "–" if value is None else format(value, ",.%df" % digits)


def row(label, cells, width=COLUMN):
    return label.ljust(LEFT) + "".join(cell.rjust(width) for cell in cells)


def figures(results, wanted):
    """Median and spread of everything."""
    yield row("median, spread (most - least)", [measure.label for measure in wanted])
    yield row("", [measure.unit for measure in wanted])
    for result in results:
        cells = []
        for measure in wanted:
            if result.median(measure.key) is None:
                cells.append("–")
            else:
                cells.append("%s %4.0f%%" % (number(result.median(measure.key), measure.digits),
                                             result.spread(measure.key)))
        yield row(result.stack.label, cells)


def costs(results):
    """Processor time, memory, and how long the slowest took."""
    yield row("", ["in: stack", "and peer", "out: stack", "and peer", "idle, % of", "resident,", "ping p99,",
                   "rr p99,"])
    yield row("CPU seconds per gigabyte", ["", "", "", "", "a core", "MiB", "µs", "µs"])
    for result in results:
        cells = [number(result.per_gigabyte(key, both), 3) for key in ("in", "out") for both in (0, 1)]
        cells.append(number(result.idle, 1))
        cells.append(number(result.resident and result.resident / 2 ** 20))
        cells.append(number(result.percentile("ping", "p99")))
        cells.append(number(result.percentile("rr1", "p99")))
        yield row(result.stack.label, cells)


def ratio(result, other, measure):
    mine, theirs = result.median(measure.key), other.median(measure.key)
    return "–" if not mine or not theirs else "%.2f" % (mine / theirs)


def ratios(results, wanted):
    """Ours to what others did in the same run."""
    found = {result.stack.key: result for result in results}
    ours = [result for result in results if result.stack.java and not result.absent]
    wanted_cpu = [measure for measure in wanted if measure.key in ("in", "out")]
    yield row("ratio; of ping and CPU less is better", [measure.label for measure in wanted]
              + ["CPU/GB " + measure.key for measure in wanted_cpu], NARROW)
    for result in ours:
        for key in ("tap",) + REFERENCES:
            other = found.get(key)
            if other is None or other is result or other.absent:
                continue
            cells = [ratio(result, other, measure) for measure in wanted]
            for measure in wanted_cpu:
                mine, theirs = result.per_gigabyte(measure.key, 0), other.per_gigabyte(measure.key, 0)
                cells.append("%.2f" % (mine / theirs) if mine and theirs else "–")
            yield row("%s / %s" % (result.stack.key, key), cells, NARROW)


def troubles(results, wanted):
    """Why a row or a cell is empty or has fewer samples than the others, and what was lost."""
    for result in results:
        if result.absent:
            yield "not run: %s: %s" % (result.stack.label, result.absent)
            continue
        for measure in wanted:
            if measure.key in result.trouble:
                yield "%s: %s, %s: %s" % ("no figure" if not result.values(measure.key) else "fewer samples",
                                          result.stack.label, measure.key, result.trouble[measure.key])
            lost = sum(sample["lost"] for sample in result.samples.get(measure.key, []))
            if lost:
                yield "without an answer: %s, %s: %d in %d samples" % (
                    result.stack.label, measure.key, lost, len(result.samples[measure.key]))


def lines(costs_ns):
    """What a cache line between the processors cost, which decides how much a run can be compared with another."""
    known = [cost for cost in costs_ns if cost is not None]
    if not known:
        return "cache line between two CPUs: there is only one"
    middle = statistics.median(known)
    text = "cache line to the other CPU and back: %.0f ns before, %.0f ns after, median %.0f, %.0f to %.0f" % (
        known[0], known[-1], middle, min(known), max(known))
    if max(known) > 2 * min(known):
        text += "; the CPUs have been moved, or others ran: compare with care"
    return text


def tables(results, wanted, line_costs):
    yield lines(line_costs)
    yield ""
    yield from figures(results, wanted)
    yield ""
    yield from costs(results)
    yield ""
    yield from ratios(results, wanted)
    notes = list(troubles(results, wanted))
    if notes:
        yield ""
        yield from notes


def document(results, wanted, about):
    """Everything, for JSON."""
    stacks = []
    for result in results:
        stacks.append({
            "key": result.stack.key,
            "label": result.stack.label,
            "absent": result.absent,
            "idle_percent_of_core": result.idle,
            "resident_octets": result.resident,
            "medians": {measure.key: result.median(measure.key) for measure in wanted},
            "cpu_seconds_per_gigabyte": {key: result.per_gigabyte(key, 0) for key in ("in", "out")},
            "trouble": result.trouble,
            "samples": result.samples,
        })
    return dict(about, measures={measure.key: "%s, %s" % (measure.label, measure.unit) for measure in measures.ALL},
                stacks=stacks)
