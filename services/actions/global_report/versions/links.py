"""The links of a DOCX to its images (ECMA-376 part 2, 6.5)."""

import io
import re
import zipfile

_LINKS = re.compile(r"word/_rels/[^/]+\.rels")
_LINK = re.compile(rb"<[^<>]*/relationships/image[\"'][^<>]*>")
_ABSOLUTE = re.compile(rb"(\bTarget\s*=\s*[\"'])/([^\"']+)")
_FOLDER = "word/"


def with_relative_images(content: bytes) -> bytes:
    """The DOCX, whose archive has passed its bounds, with a relative link to each image: pandoc leaves out images
    whose links begin at the root of the archive. An image outside the folder of the text gets a copy there."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if _LINKS.fullmatch(name)]
        links = {name: archive.read(name) for name in names}
        changed = {name: _LINK.sub(_relative, link) for name, link in links.items()}
        if changed == links:
            return content
        named = {path for link in links.values() for path in _roots(link) if not path.startswith(_FOLDER)}
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for name in dict.fromkeys(archive.namelist()):
                copy.writestr(name, changed.get(name) or archive.read(name))
            for path in sorted(named & {*archive.namelist()}):
                copy.writestr(_FOLDER + path, archive.read(path))
    return written.getvalue()


def _relative(link: re.Match[bytes]) -> bytes:
    return _ABSOLUTE.sub(lambda found: found[1] + found[2].removeprefix(_FOLDER.encode()), link[0])


def _roots(links: bytes) -> list[str]:
    """The paths of images that are named from the root."""
    return [found[2].decode(errors="replace") for link in _LINK.findall(links) for found in _ABSOLUTE.finditer(link)]
