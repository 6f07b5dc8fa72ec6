"""Writes GGUF version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), weights as Q8_0."""
import os
import struct

import numpy as np

F32, Q8_0 = 0, 8
ALIGNMENT = 32


def text(s):
    data = s.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


class U32(int):
    """A number that goes into the file as uint32."""


def value(v):
    """Type and bytes of a metadata value."""
    if isinstance(v, bool):
        return 7, struct.pack("<?", v)
    if isinstance(v, U32):
        return 4, struct.pack("<I", v)
    if isinstance(v, int):
        return 5, struct.pack("<i", v)
    if isinstance(v, float):
        return 6, struct.pack("<f", v)
    if isinstance(v, str):
        return 8, text(v)
    kind = value(v[0])[0]
    return 9, struct.pack("<IQ", kind, len(v)) + b"".join(value(x)[1] for x in v)


def quantised(weights):
    """Q8_0: blocks of 32, a half-precision scale and 32 bytes. Returns the bytes and what they stand for."""
    blocks = np.ascontiguousarray(weights, dtype=np.float32).reshape(-1, 32)
    scale = np.abs(blocks).max(1, keepdims=True) / np.float32(127)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    scaled = blocks * inverse
    q = np.trunc(scaled + np.copysign(np.float32(0.5), scaled)).clip(-127, 127).astype(np.int8)
    half = scale.astype(np.float16)
    data = np.concatenate([half.view(np.uint8).reshape(-1, 2), q.view(np.uint8)], 1).tobytes()
    return data, (half.astype(np.float32) * q).reshape(weights.shape)


def write(path, metadata, tensors):
    """`tensors`: (name, float32 array); matrices become Q8_0, vectors stay. Returns the values stored, by name."""
    infos, datas, stored, offset = [], [], {}, 0
    for name, array in tensors:
        if array.ndim == 2:
            data, stored[name] = quantised(array)
            kind = Q8_0
        else:
            data, stored[name], kind = np.ascontiguousarray(array, np.float32).tobytes(), array, F32
        infos.append(text(name) + struct.pack("<I", array.ndim) + b"".join(struct.pack("<Q", n) for n in reversed(array.shape)) +
                     struct.pack("<IQ", kind, offset))
        padding = -len(data) % ALIGNMENT
        datas.append(data + b"\0" * padding)
        offset += len(data) + padding
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, v in metadata.items():
        kind, data = value(v)
        head += text(key) + struct.pack("<I", kind) + data
    head += b"".join(infos)
    head += b"\0" * (-len(head) % ALIGNMENT)
    temporary = str(path) + ".part"
    with open(temporary, "wb") as out:
        out.write(head + b"".join(datas))
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, path)
    return stored
