#!/usr/bin/env python3
"""How Lunette's cost goes with the number of sessions, what an idle session takes, and what a greedy neighbour does.

  ./dev bench --scale [--rounds N] [--seconds S] [--serve "more options of serve"]

One daemon with a RAM disk; sessions x depth 32 of 4 KiB random reads; CPU of the daemon per command. Then 1, 100 and
10,000 RAM disks of 1 GiB together, in turns, one session, each read at another disk. Then sessions
that log in and do nothing, and the daemon's memory for each. Then one session reads 1 MiB at depth 128 on the only
loop, while another reads 4 KiB at depth 1: latency inside the target (command received to reply queued, all commands,
from the daemon's own histogram) and at the client. Then how long after its start a daemon with 10 and with 10,000 disks
in files answers a login. Prints tables for docs/performance.md.
"""
import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HZ = os.sysconf("SC_CLK_TCK")
PORT = 3907
WARMUP = 0.3


class Daemon:
    running = None

    def __init__(self, args, *options, home=None, command=None):
        if is_accepting():
            sys.exit(f"somebody else listens on port {PORT}: it would be measured in the daemon's place")
        self.log = open(os.path.join(args.work, "daemon.log"), "w+b")
        self.started = time.monotonic()
        disks = ["--home", home] if home else ["--home", args.home, "--ram", "1g"]
        self.proc = subprocess.Popen(
            command or ["dotnet", args.daemon, "serve", *disks, "--portal", f"127.0.0.1:{PORT}",
                        "--limit", "pending-logins-per-address=2000", *args.serve.split(), *options],
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        Daemon.running = self
        self.url = None
        if command:
            self.wait(lambda: "iscsi://" in self.said(), 0.05)
            self.url = self.said().strip()
        elif not home:
            self.wait(lambda: "administer" in self.said(), 0.005)
            self.start_seconds = time.monotonic() - self.started

    def wait(self, condition, pause):
        while not condition():
            if self.proc.poll() is not None or time.monotonic() - self.started > 60:
                sys.exit(f"the daemon does not serve: {self.said()}")
            time.sleep(pause)

    def said(self):
        with open(self.log.name, errors="replace") as f:
            return f.read()

    def find(self):
        out = subprocess.run(["iscsi-ls", "-s", f"iscsi://127.0.0.1:{PORT}"], capture_output=True, text=True).stdout
        iqn = re.search(r"^Target:(\S+)", out, re.M).group(1)
        lun = re.findall(r"^Lun:(\d+)", out, re.M)[-1]
        self.url = f"iscsi://127.0.0.1:{PORT}/{iqn}/{lun}"
        return self.url

    def cpu(self):
        with open(f"/proc/{self.proc.pid}/stat") as f:
            x = f.read().rsplit(")", 1)[1].split()
        return (int(x[11]) + int(x[12])) / HZ

    def rss_kib(self):
        with open(f"/proc/{self.proc.pid}/status") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))

    def stop(self):
        Daemon.running = None
        self.proc.send_signal(signal.SIGTERM)
        self.proc.wait(60)


def load(args, url, mode, bs, depth, sessions, seconds, background=False, luns=1):
    """One run of the load generator; several disks are used to 1 GiB together."""
    cmd = [f"{args.work}/iscsi_bench", "--engine", "raw", "--mode", mode, "--bs", str(bs), "--qd", str(depth),
           "--sessions", str(sessions), "--seconds", str(seconds), "--warmup", str(WARMUP), "--luns", str(luns),
           "--limit", str((1 << 30) // luns >> 14 << 14), url]
    proc = subprocess.Popen(cmd, stdout=subprocess.PIPE, text=True)
    return proc if background else json.loads(proc.communicate()[0])


def cost(args, daemon, url, n, luns=1):
    """IOPS, the daemon's CPU in us for each command, and latencies; a short run first takes the logins out."""
    cpu, ios = [], []
    for seconds in (0.3, 0.3 + args.seconds):
        before = daemon.cpu()
        r = load(args, url, "randread", 4096, 32, n, seconds, luns=luns)
        cpu.append(daemon.cpu() - before)
        ios.append(r["iops"] * (seconds + WARMUP))
    return r["iops"], (cpu[1] - cpu[0]) * 1e6 / max(ios[1] - ios[0], 1), r["lat_us"]["p50"], r["lat_us"]["p99"]


def sessions(args):
    daemon = Daemon(args)
    url = daemon.find()
    load(args, url, "fill", 131072, 8, 1, 3)
    load(args, url, "randread", 4096, 32, 4, 2)
    counts, cells = [1, 4, 16, 64, 256, 1000], {}
    for _ in range(args.rounds):
        for n in counts:
            cells.setdefault(n, []).append(cost(args, daemon, url, n))
    print("| sessions x 32 | IOPS, median | target CPU us a command | against 4 sessions | p50 us | p99 us |")
    print("|---:|---:|---:|---:|---:|---:|")
    four = statistics.median(c[1] for c in cells[4])
    for n in counts:
        m = [statistics.median(c[i] for c in cells[n]) for i in range(4)]
        print(f"| {n:,} | {m[0]:,.0f} | {m[1]:.2f} | {m[1] / four:.2f} | {m[2]:,.0f} | {m[3]:,.0f} |")
    daemon.stop()


def units(args):
    counts, cells = [1, 100, 10_000], {}
    for _ in range(args.rounds):
        for n in counts:
            daemon = Daemon(args, command=["dotnet", args.load, "--port", str(PORT), "--disks", str(n),
                                           "--store", f"ram:{max((1 << 30) // n >> 12 << 12, 1 << 20)}", "--loops", "1"])
            load(args, daemon.url, "fill", 16384, 8, 1, 3, luns=n)
            load(args, daemon.url, "randread", 4096, 32, 1, 2, luns=n)
            cells.setdefault(n, []).append((*cost(args, daemon, daemon.url, 1, luns=n), daemon.rss_kib() / 1024))
            daemon.stop()
    print("| logical units | IOPS, median | target CPU us a command | against 1 | p50 us | p99 us | resident MiB |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    one = statistics.median(c[1] for c in cells[1])
    for n in counts:
        m = [statistics.median(c[i] for c in cells[n]) for i in range(5)]
        print(f"| {n:,} | {m[0]:,.0f} | {m[1]:.2f} | {m[1] / one:.2f} | {m[2]:,.0f} | {m[3]:,.0f} | {m[4]:,.0f} |")


def idle(args):
    daemon = Daemon(args)
    url = daemon.find()
    time.sleep(3)
    resting = daemon.rss_kib()
    load(args, url, "randread", 4096, 1, 50, 0.5)
    time.sleep(2)
    before, cpu = daemon.rss_kib(), daemon.cpu()
    # Depth 1 and a pause of its own: the client is stopped once all have logged in.
    client = load(args, url, "randread", 4096, 1, 1000, 30, background=True)
    time.sleep(5)
    client.send_signal(signal.SIGSTOP)
    time.sleep(3)
    after, cpu = daemon.rss_kib(), daemon.cpu()
    time.sleep(10)
    used = (daemon.cpu() - cpu) * 10
    client.kill()
    print(f"Idle daemon: {resting / 1024:.0f} MiB resident, accepting {daemon.start_seconds * 1000:.0f} ms after its "
          f"start. 1,000 idle sessions: {(after - before) / 1000:.1f} KiB each, {used:.2f} % of a core.")
    daemon.stop()


def greedy(args):
    daemon = Daemon(args, "--loops", "1")
    url = daemon.find()
    load(args, url, "fill", 131072, 8, 1, 3)
    alone = load(args, url, "randread", 4096, 1, 1, 3)
    client = load(args, url, "read", 1 << 20, 128, 1, 26, background=True)
    time.sleep(1)
    beside = load(args, url, "randread", 4096, 1, 1, 22)
    client.wait()
    inside = re.findall(r"p50 ([\d,]+) p99 ([\d,]+) us", daemon.said())[-1]
    at = [(r["lat_us"]["p50"], r["lat_us"]["p99"]) for r in (alone, beside)]
    print(f"Neighbour at depth 1 alone: p50 {at[0][0]:.0f}, p99 {at[0][1]:.0f} us at the client. Beside 1 MiB reads at "
          f"depth 128 on the same loop: p50 {at[1][0]:.0f}, p99 {at[1][1]:.0f} us at the client; inside the target, "
          f"all commands: p50 {inside[0]}, p99 {inside[1]} us.")
    daemon.stop()


def is_accepting():
    """Whether a login to the discovery session is answered with success (RFC 7143 sections 11.12 and 11.13)."""
    text = b"InitiatorName=iqn.2026-11.lunette:bench\0SessionType=Discovery\0"
    header = bytes([0x43, 0x87, 0, 0, 0]) + len(text).to_bytes(3, "big") + bytes([0x80, 0, 0, 0, 0, 1, 0, 0])
    header += (1).to_bytes(4, "big") + bytes(4) + (1).to_bytes(4, "big") + bytes(20)
    try:
        with socket.create_connection(("127.0.0.1", PORT), 5) as s:
            s.sendall(header + text + bytes(-len(text) % 4))
            answer = s.recv(48, socket.MSG_WAITALL)
            return len(answer) == 48 and answer[0] == 0x23 and answer[36] == 0
    except OSError:
        return False


def seconds_to_login(args, home):
    daemon = Daemon(args, home=home)
    daemon.wait(is_accepting, 0.002)
    seconds = time.monotonic() - daemon.started
    daemon.wait(lambda: "administer" in daemon.said(), 0.002)
    return seconds, daemon


def start(args):
    for count in args.disks:
        home, disks = os.path.join(args.work, f"home{count}"), os.path.join(args.work, f"disks{count}")
        os.mkdir(disks)
        wanted = {"lunette": 1, "disks": [
            {"guid": f"{0x6 << 124 | i + 1:032X}", "file": f"{disks}/{i}.img", "properties": {"size": str(1 << 20)},
             "views": [{"lun": i + 1}]}
            for i in range(count)]}
        with open(f"{disks}/all.json", "w") as f:
            json.dump(wanted, f)
        _, daemon = seconds_to_login(args, home)
        cli = os.path.join(os.path.dirname(os.path.dirname(args.daemon)), "Cli", "Lunette.Cli.dll")
        subprocess.run(["dotnet", cli, "apply", "--yes", "--home", home, f"{disks}/all.json"], check=True,
                       stdout=subprocess.DEVNULL)
        daemon.stop()
        taken = []
        for _ in range(args.rounds):
            seconds, daemon = seconds_to_login(args, home)
            taken.append(seconds)
            if not re.search(rf"serving {count + 1} disks", daemon.said()):     # the first start's own is one more
                sys.exit(f"not all disks are served: {daemon.said()}")
            resident = daemon.rss_kib() / 1024
            daemon.stop()
        print(f"Process start to a login's answer with {count:,} disks: {statistics.median(taken) * 1000:,.0f} ms "
              f"({min(taken) * 1000:,.0f} to {max(taken) * 1000:,.0f}), {resident:.0f} MiB resident.", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--daemon", required=True, help="Lunette.Daemon.dll")
    p.add_argument("--load", required=True, help="Lunette.Load.dll")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=2)
    p.add_argument("--serve", default="", help="more options of serve")
    p.add_argument("--only", default="sessions,units,idle,greedy,start",
                   help="of sessions, units, idle, greedy, start")
    p.add_argument("--disks", type=int, nargs="+", default=[10, 10_000], help="for start")
    args = p.parse_args()
    args.work = tempfile.mkdtemp(prefix="lunette-scale-")
    args.home = os.path.join(args.work, "home")
    try:
        subprocess.run(["cc", "-O2", "-march=native", "-Wall", "-o", f"{args.work}/iscsi_bench",
                        f"{HERE}/iscsi_bench.c", "-liscsi"], check=True)
        for part in args.only.split(","):
            {"sessions": sessions, "units": units, "idle": idle, "greedy": greedy,
             "start": start}[part](args)
            print(flush=True)
    finally:
        if Daemon.running:
            Daemon.running.stop()
        shutil.rmtree(args.work, ignore_errors=True)


if __name__ == "__main__":
    main()
