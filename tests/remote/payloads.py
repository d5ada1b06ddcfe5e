"""What a payload of vectors must be: base64 of a torch.save() zip, read here by rules of our own, and
by torch where there is one."""
import base64
import io
import math
import pickle
import struct
import zipfile
import zlib

CLASSES = {("torch._utils", "_rebuild_tensor_v2"): "rebuild", ("collections", "OrderedDict"): dict,
           ("torch", "FloatStorage"): "f32", ("torch", "BFloat16Storage"): "bf16"}


class Tensor:
    def __init__(self, storage, offset, size, stride, requires_grad, hooks):
        kind, self.dtype, self.key, place, self.numel = storage
        expect(kind == "storage" and place == "cpu", f"a storage on the CPU, not {storage}")
        expect(offset == 0 and not requires_grad and hooks == {}, "a plain tensor")
        expect(len(size) == 2 and stride == (size[1], 1), f"contiguous rows, not {size} {stride}")
        expect(size[0] * size[1] == self.numel, f"{size} is not {self.numel} numbers")
        self.size = size


class Reader(pickle.Unpickler):
    def find_class(self, module, name):
        found = CLASSES.get((module, name))
        expect(found is not None, f"no {module}.{name}")
        return Tensor if found == "rebuild" else found

    def persistent_load(self, pid):
        return pid


def expect(is_so, what):
    if not is_so:
        raise ValueError(what)


def numbers(data, dtype):
    if dtype == "f32":
        return struct.unpack(f"<{len(data) // 4}f", data)
    words = struct.unpack(f"<{len(data) // 2}H", data)
    return struct.unpack(f"<{len(words)}f", b"".join(b"\0\0" + struct.pack("<H", w) for w in words))


def load_by_torch(data):
    """The rows as torch loads them, None where there is no torch."""
    try:
        import torch
    except ImportError:
        return None
    tensor = torch.load(io.BytesIO(data), weights_only=True, map_location="cpu")
    return tensor.float().tolist()


def read(text):
    """(rows, dtype) of a payload; ValueError says what is wrong with it."""
    data = base64.b64decode(text.encode("ascii"), validate=True)
    expect(base64.b64encode(data).decode() == text, "padded base64 of the standard alphabet")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        expect(archive.testzip() is None, "sums that are right")
        names = [entry.filename for entry in archive.infolist()]
        expect(names == ["archive/data.pkl", "archive/byteorder", "archive/data/0", "archive/version"],
               f"the four entries, not {names}")
        expect(all(e.compress_type == zipfile.ZIP_STORED for e in archive.infolist()), "stored entries")
        tensor = Reader(io.BytesIO(archive.read(names[0]))).load()
        expect(archive.read(names[1]) == b"little", "little-endian numbers")
        expect(archive.read(names[3]) == b"3\n", "version 3")
        raw = archive.read(names[2])
    expect(tensor.key == "0", "the numbers in data/0")
    expect(len(raw) == tensor.numel * (4 if tensor.dtype == "f32" else 2), "as many numbers as it says")
    flat = numbers(raw, tensor.dtype)
    expect(all(map(math.isfinite, flat)), "finite numbers")
    rows, width = tensor.size
    found = [list(flat[i * width:(i + 1) * width]) for i in range(rows)]
    loaded = load_by_torch(data)
    expect(loaded is None or loaded == found, "what torch loads")
    return found, tensor.dtype


def crc(rows):
    """Of rows as f32, to tell them apart by."""
    return zlib.crc32(b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows))
