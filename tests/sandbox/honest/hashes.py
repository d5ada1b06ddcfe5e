# Digests, random bytes and bytes as texts.
import base64
import binascii
import hashlib
import hmac
import secrets
import struct
import uuid
import zlib
right = (hashlib.md5(b"a").hexdigest() == "0cc175b9c0f1b6a831c399e269772661"
         and base64.b64decode(base64.b64encode(b"abc")) == b"abc" and len(secrets.token_bytes(8)) == 8
         and zlib.decompress(zlib.compress(b"x" * 99)) == b"x" * 99
         and struct.unpack("<I", b"\1\0\0\0") == (1,) and len(str(uuid.uuid4())) == 36
         and hmac.new(b"k", b"m", "sha256").digest() != b"" and binascii.crc32(b"a") == 0xE8B7BE43)
