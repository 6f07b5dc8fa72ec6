"""Writes GGUF version 3 (docs/gguf.md of ggml): little endian, tensors aligned to 32 bytes; weights as Q8_0."""
import struct

import numpy as np

U32, F32, BOOL, STRING, ARRAY, I32 = 4, 6, 7, 8, 9, 5
TENSOR_F32, TENSOR_Q8_0 = 0, 8


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def value(item):
    kind, content = item
    if kind == U32:
        return struct.pack("<II", kind, content)
    if kind == F32:
        return struct.pack("<If", kind, content)
    if kind == BOOL:
        return struct.pack("<IB", kind, content)
    if kind == STRING:
        return struct.pack("<I", kind) + string(content)
    of, items = content
    head = struct.pack("<IIQ", ARRAY, of, len(items))
    if of == STRING:
        return head + b"".join(string(s) for s in items)
    return head + np.array(items, dtype="<f4" if of == F32 else "<i4").tobytes()


def quantise(weights):
    """Q8_0: blocks of 32 with one binary16 scale. The bytes, and the values that they stand for."""
    blocks = weights.astype(np.float32).reshape(-1, 32)
    scale = (np.abs(blocks).max(axis=1) / 127).astype(np.float16)
    inverse = np.where(scale > 0, 1 / np.maximum(scale.astype(np.float32), 1e-30), 0)
    q = np.clip(np.rint(blocks * inverse[:, None]), -127, 127).astype(np.int8)
    raw = np.concatenate([scale.view(np.uint8).reshape(-1, 2), q.view(np.uint8)], axis=1)
    return raw.tobytes(), (q.astype(np.float32) * scale.astype(np.float32)[:, None]).reshape(weights.shape)


def write(path, keys, tensors):
    """`keys`: name to (kind, content); `tensors`: name to float32 array, matrices as [outputs, inputs].
    Returns the tensors as a reader will see them."""
    seen, blobs, infos, offset = {}, [], b"", 0
    for name, array in tensors.items():
        if array.ndim == 2:
            data, seen[name] = quantise(array)
            kind = TENSOR_Q8_0
        else:
            data, seen[name], kind = array.astype("<f4").tobytes(), array.astype(np.float32), TENSOR_F32
        dims = array.shape[::-1]
        infos += string(name) + struct.pack("<I", len(dims)) + struct.pack("<%dQ" % len(dims), *dims)
        infos += struct.pack("<IQ", kind, offset)
        data += b"\0" * (-len(data) % 32)
        blobs.append(data)
        offset += len(data)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    head += b"".join(string(k) + value(v) for k, v in keys.items()) + infos
    head += b"\0" * (-len(head) % 32)
    with open(path, "wb") as out:
        out.write(head + b"".join(blobs))
    return seen
