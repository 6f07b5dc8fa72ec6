"""Draws the loss curve as an SVG picture."""


def draw(log, path, width=720, height=320):
    """`log`: rows of (step, loss, seconds)."""
    left, right, top, bottom = 50, 15, 20, 40
    most_steps = max(row[0] for row in log)
    most = max(row[1] for row in log)

    def x(step):
        return left + (width - left - right) * step / most_steps

    def y(loss):
        return height - bottom - (height - top - bottom) * loss / most
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    for i in range(6):
        loss = most * i / 5
        lines.append(f'<line x1="{left}" y1="{y(loss):.1f}" x2="{width - right}" y2="{y(loss):.1f}" stroke="#dddddd"/>')
        lines.append(f'<text x="{left - 6}" y="{y(loss) + 4:.1f}" text-anchor="end">{loss:.1f}</text>')
    for i in range(5):
        step = most_steps * i / 4
        lines.append(f'<text x="{x(step):.1f}" y="{height - bottom + 18}" text-anchor="middle">{step:.0f}</text>')
    points = " ".join(f"{x(row[0]):.1f},{y(row[1]):.1f}" for row in log)
    lines.append(f'<polyline points="{points}" fill="none" stroke="#2a6f5f" stroke-width="2"/>')
    lines.append(f'<text x="{width / 2}" y="{height - 6}" text-anchor="middle">steps</text>')
    lines.append(f'<text x="{left}" y="14">loss of the answers, nats per token</text></svg>')
    with open(path, "w") as out:
        out.write("\n".join(lines) + "\n")
