"""Writes pictures of emoji in three styles, with their Unicode groups as classes, as IDX files for `study pictures`.

    apt-get install fonts-noto-color-emoji libjs-emojify ruby-gemojione unicode-data python3-fonttools python3-numpy python3-pil
    /usr/bin/python3 samples/FineTune/emoji.py FOLDER

An emoji is on one side only, in all its styles: 2,000 pictures to learn from and behind them, in the same file, those to choose settings with; those to test with in a file of their own.
Emoji of several code points are left out (skin colours, professions, families), and so are the groups that show no things: symbols and flags.
"""
import io
import json
import pathlib
import random
import struct
import sys

import numpy
from fontTools.ttLib import TTFont
from PIL import Image

SIZE, TRAIN, TEST = 64, 2000, 400
CLASSES = ["Smileys & Emotion", "People & Body", "Animals & Nature", "Food & Drink", "Travel & Places", "Activities", "Objects"]


def groups(path):
    """The class of each emoji of one code point, and what it is split by: itself, but all clock faces are one."""
    found, group = {}, ""
    for line in path.read_text("utf8").splitlines():
        if line.startswith("# group: "):
            group = line[9:]
        elif "; fully-qualified" in line and group in CLASSES:
            points = [int(point, 16) for point in line.split(";")[0].split() if point != "FE0F"]
            if len(points) == 1:
                clock = "o’clock" in line or "-thirty" in line
                found[points[0]] = (CLASSES.index(group), 0 if clock else points[0])
    return found


def noto(share):
    font = TTFont(share / "fonts/truetype/noto/NotoColorEmoji.ttf")
    pictures = font["CBDT"].strikeData[0]
    for point, name in font.getBestCmap().items():
        if name in pictures:
            yield point, io.BytesIO(pictures[name].imageData)


def one(gem):
    for path in sorted((gem / "assets/png").glob("*.png")):
        if "-" not in path.stem:
            yield int(path.stem, 16), path


def apple(share, gem):
    points = {}
    for name, entry in json.loads((gem / "config/index.json").read_text("utf8")).items():
        if "-" not in entry["unicode"]:
            for alias in [name, entry["shortname"].strip(":"), *(alias.strip(":") for alias in entry["aliases"])]:
                points[alias] = int(entry["unicode"], 16)
    for path in sorted((share / "javascript/emojify.js/images/emoji").glob("*.png")):
        if path.stem in points:
            yield points[path.stem], path


def pixels(file):
    """On white, as large as fits into a square."""
    picture = Image.open(file).convert("RGBA")
    square = Image.new("RGBA", (max(picture.size),) * 2, "white")
    square.alpha_composite(picture, tuple((square.width - side) // 2 for side in picture.size))
    return numpy.asarray(square.convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS))


def write(folder, name, rows):
    images, labels = numpy.stack([image for image, _ in rows]), numpy.array([label for _, label in rows], numpy.uint8)
    for kind, content in (("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels)):
        (folder / f"{name}-{kind}").write_bytes(struct.pack(f">BBBB{content.ndim}i", 0, 0, 8, content.ndim, *content.shape) + content.tobytes())
    print(name, images.shape, "of each class", numpy.bincount(labels).tolist())


def main(folder, root="/"):
    folder, share = pathlib.Path(folder), pathlib.Path(root) / "usr/share"
    gem = next((share / "rubygems-integration/all/gems").glob("gemojione-*"))
    classes = groups(share / "unicode/emoji/emoji-test.txt")
    emoji = {}
    for style in (noto(share), one(gem), apple(share, gem)):
        pictures = dict(style)
        for point in sorted(pictures.keys() & classes.keys()):
            label, key = classes[point]
            emoji.setdefault(key, []).append((pixels(pictures[point]), label))
    keys = sorted(emoji)
    random.Random(1).shuffle(keys)
    train, test, held = [], [], []
    for key in keys:
        # The side that is being filled takes an emoji as a whole; what is over the number is left out.
        (train if len(train) < TRAIN else test if len(test) < TEST else held).extend(emoji[key])
    train, test = train[:TRAIN], test[:TEST]
    for rows in (train, held, test):
        random.Random(2).shuffle(rows)
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, "train", train + held)
    write(folder, "t10k", test)


main(*sys.argv[1:])
