#!/usr/bin/env python3
"""Sorts perf's samples of a target by part: profile.py RESULT-OF-ISCSI_BENCH PERF-REPORT (--sort sym,dso -t '|')."""
import json
import re
import sys

# The first that fits. Kernel functions by what they serve; ours by the project they stand in.
PARTS = [
    ("kernel: copying the data", r"_copy_from_iter|copy_user|_copy_to_iter|rep_movs|__check_object|virt_addr_valid"),
    ("kernel: waking the client, sleeping", r"spin_unlock_irq|try_to_wake|finish_task_switch|schedule|__pv_queued|"
     r"halt|idle|hrtimer|epoll|ep_|eventpoll|futex|wake_up"),
    ("kernel: sending and receiving", r"\[k\]"),
    ("ours: RAM store", r"Lunette\.Backing"),
    ("ours: iSCSI", r"Lunette\.(Port\.)?Iscsi"),
    ("ours: device server and disk", r"Lunette\.(DeviceServer|Lu\.Disk|Scsi)"),
    ("ours: framework and contracts", r"Lunette\.Stmf"),
    ("ours: loop and streams", r"Lunette\.Runtime"),
    (".NET and C library", r""),
]


def main():
    result = json.loads(open(sys.argv[1]).read().splitlines()[-1])
    samples = 0.0
    shares, names = {}, {}
    for line in open(sys.argv[2]):
        total = re.match(r"# Event count \(approx\.\): (\d+)", line)
        if total:
            samples = int(total.group(1)) / 1e3     # microseconds of CPU
        fields = re.match(r"\s*([\d.]+)%\s*\|(.*)", line)
        if not fields:
            continue
        # A function of ours is known by where it stands, not by what it takes.
        ours = re.search(r"(Lunette\.[\w.]+)(?:/\w+)?::", fields.group(2))
        what = ours.group(1) if ours else fields.group(2)
        part = next(name for name, pattern in PARTS if re.search(pattern, what))
        shares[part] = shares.get(part, 0) + float(fields.group(1))
        names.setdefault(part, []).append((float(fields.group(1)), fields.group(2)))
    commands = result["ios"]
    print(f"{result['mode']}, {result['bs']} bytes, depth {result['qd']}: {result['iops']:,.0f} a second,"
          f" {samples / commands:.2f} us of CPU a command (perf itself included)\n")
    print("| part | us | share | most of it |\n|---|---:|---:|---|")
    for part, _ in PARTS:
        if part not in shares:
            continue
        biggest = re.search(r"\[[.k]\] ([^|(]*)", max(names[part])[1]).group(1).split()[-1]
        print(f"| {part} | {samples / commands * shares[part] / 100:.2f} | {shares[part]:.0f} % | `{biggest}` |")


if __name__ == "__main__":
    main()
