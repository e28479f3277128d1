"""What the measuring scripts share: run a command as a whole process tree, find the peers, print tables."""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("COOPER_CACHE") or pathlib.Path.home() / ".cache" / "cooper")


@dataclass(frozen=True)
class Run:
    cpu: float   # seconds, user and system, of the process and of everything it started and waited for
    wall: float  # seconds
    rss: float   # MiB, the largest single process of that tree
    code: int


def run(command, cwd=None, environment=None, accept=(0,), output=None, given=subprocess.DEVNULL):
    """Run a command to its end. What it prints goes to `output`, or is kept and shown when it fails.

    The numbers are the kernel's own for the finished process (wait4): its CPU time includes that of all
    descendants that were waited for, its peak memory is that of the largest one.
    """
    with tempfile.TemporaryFile() as log:
        began = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], cwd=cwd, stdin=given,
                                   stdout=output or log, stderr=log, env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)  # or Popen would wait again
        if process.returncode not in accept:
            log.seek(0)
            tail = log.read().decode(errors="replace")[-3000:]
            sys.exit(f"{tail}\n{' '.join(map(str, command))}: exit status {process.returncode}")
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, process.returncode)


def tool(name, required=True):
    """The program on the PATH, else the one that bench/setup-peers put into the cache."""
    found = shutil.which(name) or shutil.which(name, path=str(CACHE / "bin")) \
        or shutil.which(name, path=str(CACHE / "flux-local" / "bin"))
    if not found and required:
        sys.exit(f"{name} is neither on the PATH nor in {CACHE}: run bench/setup-peers first")
    return found


def path_with_peers():
    return os.pathsep.join([os.environ.get("PATH", ""), str(CACHE / "bin")])


def cooper(given):
    """The launcher under test: what --cooper says, else the one of this checkout. Its first start builds it, unmeasured."""
    launcher = pathlib.Path(given or HERE.parent / "cooper").resolve()
    if not launcher.exists():
        sys.exit(f"{launcher} does not exist: give --cooper PATH")
    run([launcher, "--version"])
    return launcher


def check(launcher, repository, cache, output=os.devnull, extra=()):
    """The command that all figures about `cooper check` are about; findings (exit status 1) are no failure."""
    return run([launcher, "check", repository, "--format", "json", "--output", output, *extra], cwd=repository,
               environment={"COOPER_CACHE_DIR": str(cache)}, accept=(0, 1))


def generate(directory, kustomizations, objects):
    run([HERE / "generate-repository", "--force", "--kustomizations", kustomizations, "--objects", objects, directory])
    return pathlib.Path(directory)


def scratch():
    """A folder that is gone when the program ends."""
    folder = tempfile.TemporaryDirectory(prefix="cooper-bench-")
    _open.append(folder)
    return pathlib.Path(folder.name)


_open = []


def spread(values, digits=2):
    """Median (minimum to maximum)."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                 "unknown processor") if os.path.exists("/proc/cpuinfo") else "unknown processor"
    return f"{os.cpu_count()} × {model}, {os.uname().sysname} {os.uname().machine}, Python {sys.version.split()[0]}"
