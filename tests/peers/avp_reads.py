"""The real avp on frames of ours, and frames by it for us. Without torch.

    avp_reads.py reads FOLDER HASH    FOLDER has our f32.avp, f32.zstd.avp, ..., thoughts.avp, last.avp
    avp_reads.py writes FOLDER        our cells once more, in a frame of avp's: by-LEVEL.avp
    avp_reads.py same FOLDER          again-LEVEL.avp, which we wrote of those, hold the same bytes
"""
import sys

import numpy as np
from avp.codec import decode, encode
from avp.kv_cache import KVCacheHeader
from avp.types import AVPMetadata, CommunicationMode, CompressionLevel, DataType, PayloadType

DTYPES = {"f32": DataType.FLOAT32, "f16": DataType.FLOAT16, "bf16": DataType.BFLOAT16}
LAYERS, HEADS, HEAD, WIDTH, THOUGHTS = 6, 2, 48, 192, 3  # of models/demo.gguf


def load(folder, name):
    with open(f"{folder}/{name}.avp", "rb") as f:
        return decode(f.read())


def numbers(message):
    """The cells as float32, whatever they are in."""
    raw = message.payload[17:]
    if message.metadata.dtype == DataType.BFLOAT16:
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
    return np.frombuffer(raw, "<f4" if message.metadata.dtype == DataType.FLOAT32 else "<f2").astype("<f4")


def check_cells(folder, name, model_hash):
    plain, packed = load(folder, name), load(folder, name + ".zstd")
    m, head = plain.metadata, KVCacheHeader.from_bytes(plain.payload)
    assert plain.header.is_kv_cache and not plain.header.compressed and packed.header.compressed
    assert packed.payload == plain.payload and packed.raw_size < plain.raw_size
    assert (m.hidden_dim, m.num_layers, m.payload_type, m.dtype, m.mode) == (WIDTH, LAYERS, PayloadType.KV_CACHE, DTYPES[name], CommunicationMode.LATENT), m
    assert (m.model_id, m.source_agent_id) == ("demo.gguf", "planner"), m
    assert m.extra == {"model_family": "qwen3", "model_hash": model_hash, "num_steps": str(THOUGHTS)}, m.extra
    assert (head.num_layers, head.num_kv_heads, head.head_dim) == (LAYERS, HEADS, HEAD), head
    found = numbers(plain)
    assert len(found) == 2 * LAYERS * HEADS * HEAD * head.seq_len and np.isfinite(found).all()
    return found


def reads(folder, model_hash):
    fine = check_cells(folder, "f32", model_hash)
    half = check_cells(folder, "f16", model_hash)
    brain = check_cells(folder, "bf16", model_hash)
    assert (half == fine.astype("<f2").astype("<f4")).all(), "f16 is not f32 rounded"
    assert np.abs(brain - fine).max() <= np.abs(fine).max() / 256 and (brain.view("<u4") & 0xFFFF == 0).all(), "bf16 is not f32 rounded"
    thoughts, last = load(folder, "thoughts"), load(folder, "last")
    for message, n in (thoughts, THOUGHTS), (last, 1):
        assert message.metadata.payload_type == PayloadType.HIDDEN_STATE and message.metadata.tensor_shape == (n, WIDTH)
        assert len(message.embedding) == n * WIDTH and np.isfinite(message.embedding).all()
    assert thoughts.header.has_map and not last.header.has_map
    norms = np.linalg.norm(thoughts.embedding.reshape(THOUGHTS, WIDTH), axis=1)
    assert np.ptp(norms) < 1e-5 * norms[0], norms  # inputs: all of the size of an embedding


def writes(folder):
    ours = load(folder, "f32")
    for level in CompressionLevel:
        m = AVPMetadata(session_id="s", source_agent_id="a", target_agent_id="b", model_id="demo", hidden_dim=WIDTH, num_layers=LAYERS,
                        payload_type=PayloadType.KV_CACHE, dtype=DataType.FLOAT32, extra={**ours.metadata.extra, "more": "ünknown"})
        with open(f"{folder}/by-{level.name.lower()}.avp", "wb") as f:
            f.write(encode(ours.payload, m, level))


def same(folder):
    ours = load(folder, "f32")
    for level in CompressionLevel:
        assert load(folder, f"again-{level.name.lower()}").payload == ours.payload, level


{"reads": reads, "writes": writes, "same": same}[sys.argv[1]](*sys.argv[2:])
