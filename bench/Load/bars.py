"""What Lunette has to reach beside the bare limit, and the generated part of docs/performance.md."""
import statistics

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

# case, target, what it is compared with, at least
BARS = [
    ("4k-randread-qd1", "lunette", "limit", 2.7),
    ("4k-randread-qd1", "lunette-nospin", "limit", 0.9),
    ("4k-randread-qd32", "lunette-nospin", "limit", 0.85),
    ("4k-randread-qd32", "lunette", "limit", 1.0),
    ("4k-randwrite-qd1", "lunette", "limit", 2.5),
    ("4k-randwrite-qd32", "lunette", "limit-server-spin", 0.85),
    ("128k-read-qd8", "lunette", "limit", 1.0),
    ("128k-write-qd8", "lunette", "limit", 0.80),
    ("4k-randread-4x32", "lunette", "limit", 0.85),
    ("4k-randread-qd32-crc", "lunette", "limit", 0.85),
    ("128k-read-qd8-crc", "lunette", "limit", 0.75),
    ("128k-write-qd8-crc", "lunette", "limit", 0.70),
    # What digests cost: itself without them.
    ("4k-randread-qd32-crc", "lunette", "lunette", 0.75),
    ("4k-randwrite-qd32-crc", "lunette", "lunette", 0.75),
    ("128k-read-qd8-crc", "lunette", "lunette", 0.60),
    ("128k-write-qd8-crc", "lunette", "lunette", 0.60),
]
CPU_BAR = ("4k-randread-qd32", "lunette-nospin", "limit", 3.2, 1.35)


def plain(case):
    return case[:-4] if case.endswith("-crc") else case


def ratios(samples, case, target, reference, key):
    """The ratio of the medians, and the least and the largest of the single rounds."""
    def of(name, which):
        return {s["round"]: s[key] for s in samples
                if s.get("case") == which and s.get("target") == name and s.get(key)}
    ours, theirs = of(target, case), of(reference, plain(case))
    rounds = [ours[r] / theirs[r] for r in ours if r in theirs]
    if not rounds:
        return None
    return statistics.median(ours.values()) / statistics.median(theirs.values()), min(rounds), max(rounds), len(rounds)


def bar_table(samples):
    lines = ["| case | target | against | at least | reached | single rounds | |", "|---|---|---|---:|---:|---:|---|"]
    for case, target, reference, bar in BARS:
        found = ratios(samples, case, target, reference, "iops")
        if found:
            median, low, high, _ = found
            lines.append(f"| {case} | {target} | {reference} | {bar:.2f} | {median:.2f} | {low:.2f} to {high:.2f} |"
                         f" {'yes' if median >= bar else 'no'} |")
    case, target, reference, most_us, most = CPU_BAR
    found = ratios(samples, case, target, reference, "target_cpu_us_per_io")
    if found:
        used = statistics.median(s["target_cpu_us_per_io"] for s in samples
                                 if s.get("case") == case and s.get("target") == target and "iops" in s)
        median, low, high, _ = found
        lines.append(f"| CPU of a 4 KiB read, depth 32 | {target} | {reference} | at most {most_us} us, {most}x |"
                     f" {used:.2f} us, {median:.2f}x | {low:.2f}x to {high:.2f}x |"
                     f" {'yes' if used <= most_us and median <= most else 'no'} |")
    return lines if len(lines) > 2 else []


def write_section(path, heading, samples, report):
    """Replaces what stands between the marks; what people wrote around them stays."""
    with open(path) as f:
        text = f.read()
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{path}: the marks {BEGIN} and {END} are not there")
    parts = [heading, "\n".join(bar_table(samples)), report.strip()]
    with open(path, "w") as f:
        f.write(before + BEGIN + "\n\n" + "\n\n".join(p for p in parts if p) + "\n\n" + END + after)
