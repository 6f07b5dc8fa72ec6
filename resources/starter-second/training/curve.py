"""The loss curve as SVG, in as few words as do."""


def svg(rows, title):
    """`rows`: (tokens, training loss, validation loss or None)"""
    width, height, left, bottom, top = 720, 360, 56, 44, 40
    most = max(r[0] for r in rows)
    high = min(max(r[1] for r in rows), 5.0)
    x = lambda tokens: left + (width - left - 20) * tokens / most  # noqa: E731
    y = lambda loss: top + (height - top - bottom) * (1 - min(loss, high) / high)  # noqa: E731
    line = lambda points: " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)  # noqa: E731
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
             f'<text x="{left}" y="22" font-size="14" fill="#222222">{title}</text>']
    for i in range(6):
        loss = high * i / 5
        parts.append(f'<path d="M{left} {y(loss):.1f}H{width - 20}" stroke="#dddddd"/>'
                     f'<text x="{left - 8}" y="{y(loss) + 4:.1f}" text-anchor="end" fill="#555555">{loss:.1f}</text>')
    for i in range(6):
        parts.append(f'<text x="{x(most * i / 5):.1f}" y="{height - 22}" text-anchor="middle" fill="#555555">{most * i / 5e6:.1f} M</text>')
    parts.append(f'<text x="{(left + width) / 2}" y="{height - 6}" text-anchor="middle" fill="#555555">tokens seen</text>')
    parts.append(f'<polyline fill="none" stroke="#8fb8a8" stroke-width="1" points="{line([(r[0], r[1]) for r in rows])}"/>')
    checked = [(r[0], r[2]) for r in rows if r[2] is not None]
    parts.append(f'<polyline fill="none" stroke="#1f6f54" stroke-width="2" points="{line(checked)}"/>')
    parts.append(f'<text x="{width - 24}" y="{top + 14}" text-anchor="end" fill="#6a9484">training</text>'
                 f'<text x="{width - 24}" y="{top + 30}" text-anchor="end" fill="#1f6f54">dialogues not trained on</text></svg>')
    return "\n".join(parts) + "\n"
