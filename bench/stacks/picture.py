"""The medians of a run as bars, a panel for each measure, in SVG."""
from xml.sax.saxutils import escape

WIDTH, PANELS_ACROSS, BAR, GAP, TOP, LABELS, VALUES = 1160, 2, 15, 6, 34, 210, 74
OURS, OTHERS, YARDSTICK, TEXT = "#1f6fb2", "#b9b9b9", "#e0a458", "#222222"
TITLES = {
    "in": "Bulk, kernel to stack (Gb/s)",
    "out": "Bulk, stack to kernel (Gb/s)",
    "rr1": "Round trips of one octet per second, one connection",
    "rr32": "Round trips of one octet per second, 32 connections",
    "crr1": "Connect, round trip, reset: per second, one at a time",
    "crr32": "Connect, round trip, reset: per second, 32 at once",
    "udp": "UDP round trips per second, 32 at once",
    "ping": "Ping, median (µs; less is better)",
}


def text(x, y, words, anchor="start", size=12, weight="normal"):
    return '<text x="%.0f" y="%.0f" text-anchor="%s" font-size="%d" font-weight="%s" fill="%s">%s</text>' % (
        x, y, anchor, size, weight, TEXT, escape(words))


def colour(stack):
    if stack.java:
        return OURS
    return YARDSTICK if stack.key.startswith("bare") else OTHERS


def panel(results, measure, x, y, width):
    yield text(x, y + 16, TITLES[measure.key], size=14, weight="bold")
    medians = [result.median(measure.key) for result in results]
    most = max([median for median in medians if median] or [1])
    room = width - LABELS - VALUES
    for i, (result, median) in enumerate(zip(results, medians)):
        top = y + TOP + i * (BAR + GAP)
        yield text(x + LABELS - 6, top + BAR - 3, result.stack.label, "end")
        if median is None:
            yield text(x + LABELS, top + BAR - 3, "–")
            continue
        length = max(1, room * median / most)
        yield '<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>' % (
            x + LABELS, top, length, BAR, colour(result.stack))
        yield text(x + LABELS + length + 5, top + BAR - 3, format(median, ",.%df" % measure.digits))
        values = result.values(measure.key)
        ends = [x + LABELS + min(room, room * value / most) for value in (min(values), max(values))]
        yield '<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s"/>' % (
            ends[0], ends[1], top + BAR / 2, top + BAR / 2, TEXT)


def drawn(results, wanted, caption):
    height = TOP + len(results) * (BAR + GAP) + 18
    rows = -(-len(wanted) // PANELS_ACROSS)
    whole = rows * height + 40
    yield ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
           'font-family="sans-serif">' % (WIDTH, whole, WIDTH, whole))
    yield '<rect width="100%" height="100%" fill="white"/>'
    across = (WIDTH - 20) / PANELS_ACROSS
    for i, measure in enumerate(wanted):
        x, y = 10 + i % PANELS_ACROSS * across, 6 + i // PANELS_ACROSS * height
        yield from panel(results, measure, x, y, across - 16)
    yield text(10, whole - 12, caption, size=11)
    yield "</svg>"
