"""Looking into a file before it is kept.

A picture is written anew from its dots, so nothing else in the file (where it was taken, a program, a second file
hidden behind it) survives. A PDF cannot be written anew without harm, so one with anything active in it is refused
(:mod:`app.evidence.pdfs`).
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageFile, ImageOps

from app.evidence.pdfs import look_into
from app.evidence.rules import (
    BROKEN_PICTURE,
    EMPTY,
    HUGE_PICTURE,
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    TOO_BIG,
    WRONG_KIND,
    Clean,
    Kind,
    RefusedError,
    kind_of,
)

warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


def clean(content: bytes) -> Clean:
    """Check a file by its content and make it fit to keep.

    :raises RefusedError: with a sentence for the person.
    """
    if not content:
        raise RefusedError(EMPTY)
    if len(content) > MAX_BYTES:
        raise RefusedError(TOO_BIG)
    kind = kind_of(content)
    if kind is None:
        raise RefusedError(WRONG_KIND)
    if kind is Kind.PDF:
        return Clean(kind, content, look_into(content))
    return _picture(content, kind)


def _picture(content: bytes, kind: Kind) -> Clean:
    wanted = "JPEG" if kind is Kind.JPEG else "PNG"
    try:
        with Image.open(io.BytesIO(content), formats=[wanted]) as picture:
            if picture.width * picture.height > MAX_PIXELS or min(picture.size) < 1:
                raise RefusedError(HUGE_PICTURE)  # before one dot of it is decoded
            picture.verify()
        with Image.open(io.BytesIO(content), formats=[wanted]) as picture:
            return Clean(kind, _rewritten(picture, wanted), 1)
    except (Image.DecompressionBombError, MemoryError):
        raise RefusedError(HUGE_PICTURE) from None
    except RefusedError:
        raise
    except Exception:  # a decoder fed with hostile bytes may raise anything; the file is refused all the same
        raise RefusedError(BROKEN_PICTURE) from None


def _rewritten(picture: ImageFile.ImageFile, wanted: str) -> bytes:
    if wanted == "JPEG":
        picture.draft("RGB", (MAX_SIDE, MAX_SIDE))  # decode no more dots than are kept
    elif picture.width * picture.height > MAX_PIXELS // 2:
        raise RefusedError(HUGE_PICTURE)  # a PNG can only be decoded whole
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    if wanted == "JPEG" or upright.mode not in ("1", "L", "RGB"):
        upright = _on_white(upright)
    # a new picture made of the dots alone: no EXIF, no comment, no colour profile, no second frame
    plain = Image.new(upright.mode, upright.size)
    plain.paste(upright)
    out = io.BytesIO()
    if wanted == "JPEG":
        plain.save(out, "JPEG", quality=85, optimize=True)
    else:
        plain.save(out, "PNG", optimize=False)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return picture.convert("RGB")
