"""Runs a command on a terminal of its own and types into it.

Usage: terminal.py STEPS COMMAND...
STEPS is JSON: a list of [text to wait for, what to type then]. Prints JSON: the exit status (null if it had to be ended),
all that was on the screen, the text that never came, and whether the terminal shows typed lines again at the end.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PATIENCE_SECONDS = 60
ROWS, COLUMNS = 40, 100


def main() -> None:
    steps, command = json.loads(sys.argv[1]), sys.argv[2:]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    screen, missed = bytearray(), None
    for text, typed in steps:
        begin = len(screen)
        if not read(terminal, screen, lambda: text.encode() in screen[begin:]):
            missed = text
            os.kill(child, signal.SIGKILL)
            break
        os.write(terminal, typed.encode())
    if missed is None and not read(terminal, screen, lambda: False) and alive(child):
        missed = "the end"
        os.kill(child, signal.SIGKILL)
    modes = termios.tcgetattr(terminal)[3]
    _, status = os.waitpid(child, 0)
    print(
        json.dumps(
            {
                "status": os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else None,
                "screen": screen.decode(errors="replace"),
                "missed": missed,
                "restored": bool(modes & termios.ECHO and modes & termios.ICANON),
            }
        )
    )


def read(terminal: int, screen: bytearray, enough) -> bool:
    """Reads until it is enough, or until the command has closed the terminal, or for as long as there is patience."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not enough():
        ready, _, _ = select.select([terminal], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(terminal, 65536)
        except OSError:
            return False
        if not data:
            return False
        screen += data
    return True


def alive(child: int) -> bool:
    """Gives a command that has closed its terminal a moment to end."""
    for _ in range(100):
        # WNOWAIT leaves the status for who waits for it in the end.
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return False
        time.sleep(0.05)
    return True


main()
