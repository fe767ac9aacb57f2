"""Clients that take turns: all are alive at once, one runs at a time, the others are stopped. What a shared machine
does to one of them it does to all within a second, so that small differences show where whole runs differ by more."""
import random
import re
import signal
import statistics
import subprocess
import time

TURN = 0.1
HEADER = 48


def measure(commands, case, url, rounds, seconds):
    """Median client CPU in us a command, and commands a second, of each; commands never end by themselves."""
    _, mode, bs, _ = case
    port = re.search(r":(\d+)/", url).group(1)
    counter = "bytes_sent" if "write" in mode else "bytes_received"
    clients = {}
    try:
        for name, command in commands.items():
            clients[name] = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            time.sleep(2.5)         # logged in, and compiled
            clients[name].send_signal(signal.SIGSTOP)
        take_turns(clients, 1)
        cpu, rate = {name: [] for name in clients}, {name: [] for name in clients}
        for _ in range(rounds):
            before = {name: (cpu_of(c.pid), moved(c.pid, port, counter)) for name, c in clients.items()}
            ran = take_turns(clients, seconds * len(clients))
            for name, c in clients.items():
                commands_done = (moved(c.pid, port, counter) - before[name][1]) / (bs + HEADER)
                cpu[name].append((cpu_of(c.pid) - before[name][0]) / commands_done)
                rate[name].append(commands_done / ran[name])
    finally:
        for c in clients.values():
            c.kill()
            c.wait()
    return {name: (statistics.median(cpu[name]), min(cpu[name]), max(cpu[name]), statistics.median(rate[name]))
            for name in clients}


def take_turns(clients, seconds):
    """Lets one after another run, in an order of chance; seconds that each ran."""
    ran = dict.fromkeys(clients, 0.0)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for name, c in random.sample(sorted(clients.items()), len(clients)):
            begun = time.monotonic()
            c.send_signal(signal.SIGCONT)
            time.sleep(TURN)
            c.send_signal(signal.SIGSTOP)
            ran[name] += time.monotonic() - begun
            if c.poll() is not None:
                raise RuntimeError(f"{name} ended with {c.returncode}")
    return ran


def cpu_of(pid):
    """CPU of the process and of all threads it ever had, in us, by its own clock (clock_getcpuclockid)."""
    return time.clock_gettime_ns((~pid << 3) | 2) / 1000


def moved(pid, port, counter):
    """Bytes that the kernel has carried on the client's connection, whatever it says itself."""
    lines = subprocess.run(["ss", "-tinpH", "dport", "=", port], stdout=subprocess.PIPE, text=True,
                           check=True).stdout.splitlines()
    for socket, details in zip(lines[::2], lines[1::2]):
        if f"pid={pid}," in socket:
            return int(re.search(counter + r":(\d+)", details).group(1))
    raise RuntimeError(f"{pid} has no connection to port {port}")
