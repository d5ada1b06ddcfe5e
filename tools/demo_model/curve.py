"""Draws the loss of a training as SVG.

    ./dev --reference python3 tools/demo_model/curve.py --folder DIR models/loss.svg
"""
import argparse
import json
import math
import os

LEFT, TOP, WIDTH, HEIGHT = 60, 30, 600, 300
INK, GRID, LINE = "#444", "#ddd", "#1f77b4"


def load(folder):
    """[(step, loss)], the last word on each step, in order."""
    with open(os.path.join(folder, "loss.jsonl"), encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return sorted({row["step"]: row["loss"] for row in rows}.items())


def text(x, y, words, anchor="middle"):
    """A label."""
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{INK}" '
            f'font-family="sans-serif" font-size="12">{words}</text>')


def draw(points):
    """The SVG: steps across, loss up on a scale of powers of ten."""
    last = points[-1][0]
    low = math.floor(math.log10(min(loss for _, loss in points)) * 4) / 4
    high = math.ceil(math.log10(max(loss for _, loss in points)) * 4) / 4

    def at(step, loss):
        return (LEFT + WIDTH * step / last,
                TOP + HEIGHT * (high - math.log10(loss)) / (high - low))

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} '
           f'{TOP + HEIGHT + 45}" role="img" aria-label="training loss by step">',
           '<rect width="100%" height="100%" fill="#fff"/>']
    for tick in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5):
        if low <= math.log10(tick) <= high:
            y = at(0, tick)[1]
            out.append(f'<path d="M{LEFT} {y:.1f}h{WIDTH}" stroke="{GRID}"/>')
            out.append(text(LEFT - 8, y + 4, tick, "end"))
    for i in range(5):
        step = last * i // 4
        out.append(text(at(step, 1)[0], TOP + HEIGHT + 18, f"{step:,}"))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*p) for p in points))
    out.append(f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="1.5"/>')
    out.append(text(LEFT + WIDTH / 2, TOP + HEIGHT + 38, "step"))
    out.append(text(LEFT, TOP - 12, "loss of a taught token, in nats", "start"))
    return "\n".join(out + ["</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", required=True, help="that train.py was given")
    parser.add_argument("out", help="the file to write")
    args = parser.parse_args()
    with open(args.out, "w", encoding="utf-8") as file:
        file.write(draw(load(args.folder)))


if __name__ == "__main__":
    main()
