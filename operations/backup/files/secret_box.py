"""Encryption with a passphrase: scrypt makes the key, AES-256-GCM encrypts and authenticates."""

import os
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, Field, ValidationError

from operations.backup.errors import DamagedBackup, WrongPassphrase

# 128 MB of memory and half a second for each guess (OWASP's first choice for scrypt).
COST, BLOCK_SIZE, PARALLELISM = 2**17, 8, 1
MAX_COST = 2**20
KEY_BYTES, SALT_BYTES, NONCE_BYTES = 32, 16, 12


class Box(BaseModel):
    """A ciphertext with what its key is made of, apart from the passphrase. Bytes are base64."""

    n: int = Field(ge=2, le=MAX_COST)
    r: int = Field(ge=1, le=BLOCK_SIZE)
    p: int = Field(ge=1, le=4)
    salt: str
    nonce: str
    ciphertext: str


def seal(plain: bytes, passphrase: str) -> bytes:
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    ciphertext = AESGCM(_key(passphrase, salt, COST, BLOCK_SIZE, PARALLELISM)).encrypt(nonce, plain, None)
    texts = [b64encode(value).decode() for value in (salt, nonce, ciphertext)]
    box = Box(n=COST, r=BLOCK_SIZE, p=PARALLELISM, salt=texts[0], nonce=texts[1], ciphertext=texts[2])
    return box.model_dump_json().encode()


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """Raises WrongPassphrase, also when the ciphertext was changed, and DamagedBackup."""
    try:
        box = Box.model_validate_json(sealed)
        key = _key(passphrase, b64decode(box.salt), box.n, box.r, box.p)
        return AESGCM(key).decrypt(b64decode(box.nonce), b64decode(box.ciphertext), None)
    except InvalidTag:
        raise WrongPassphrase("The passphrase is wrong.") from None
    except (ValidationError, ValueError):
        raise DamagedBackup("The secrets in this backup are damaged. Restore it with --without-secrets.") from None


def _key(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=n, r=r, p=p).derive(passphrase.encode())
