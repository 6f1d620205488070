"""Who is drawn: a cast of people, each with a look of their own and a room behind them."""

from dataclasses import dataclass, replace
from typing import Literal

from tests.people.brush import Colour

Hair = Literal[
    "long",
    "wavy",
    "bob",
    "bun",
    "curls",
    "short",
    "quiff",
    "sides",
    "braids",
    "ponytail",
    "headscarf",
    "turban",
]
Top = Literal["crew", "shirt", "blazer", "hoodie", "wrap"]
Room = Literal["plant", "shelf", "window", "wall", "lamp", "kitchen"]


@dataclass(frozen=True)
class Look:
    """`hair` is also the colour of brows and beard, `cover` that of what is worn on the head."""

    skin: Colour
    hair: Colour
    style: Hair
    top: Top
    cloth: Colour
    room: Room
    wall: Colour
    inner: Colour = (244, 241, 236)
    cover: Colour = (120, 90, 120)
    eyes: Colour = (84, 54, 36)
    lips: Colour | None = None
    beard: Literal["", "full", "stubble", "moustache"] = ""
    glasses: Literal["", "round", "square"] = ""
    jaw: float = 1.0  # how wide the face is below
    age: float = 0.0  # from 0, none of its lines, to 1
    lashes: bool = False
    earrings: bool = False
    grins: bool = False  # shows teeth when smiling
    talks: bool = False
    beat: int = 0  # shifts the movement, so that no two people nod in step


PORCELAIN, ROSY, SAND, OLIVE = (250, 219, 200), (242, 196, 170), (229, 178, 142), (206, 152, 112)
HONEY, BRONZE, BROWN, DEEP = (186, 126, 84), (154, 98, 64), (122, 76, 52), (92, 58, 44)
INK, ESPRESSO, CHESTNUT = (34, 28, 32), (58, 38, 32), (104, 62, 38)
COPPER, BLOND, SILVER, WHITE = (168, 84, 44), (214, 170, 104), (150, 150, 156), (224, 222, 220)

CAST: dict[str, Look] = {
    "Anna": Look(
        ROSY, CHESTNUT, "wavy", "crew", (46, 112, 108), "plant", (226, 219, 206), eyes=(88, 104, 78),
        lips=(196, 96, 92), lashes=True, jaw=0.94, grins=True, beat=1,
    ),
    "Ben": Look(
        BROWN, INK, "short", "shirt", (126, 158, 196), "shelf", (208, 201, 190), beard="stubble", jaw=1.04,
        grins=True, glasses="square", talks=True, beat=6,
    ),
    "Jane": Look(
        DEEP, INK, "curls", "blazer", (214, 152, 62), "window", (222, 226, 222), lips=(140, 62, 66),
        lashes=True, earrings=True, jaw=0.95, grins=True, beat=3,
    ),
    "Chloé": Look(
        PORCELAIN, COPPER, "bob", "wrap", (92, 108, 150), "lamp", (216, 206, 200), eyes=(90, 122, 120),
        lips=(204, 92, 92), glasses="round", lashes=True, jaw=0.93, beat=9,
    ),
    "Dev": Look(
        HONEY, INK, "turban", "shirt", (236, 232, 224), "wall", (190, 204, 204), cover=(178, 66, 58),
        beard="full", jaw=1.02, beat=12,
    ),
    "Elena": Look(
        OLIVE, SILVER, "bun", "blazer", (72, 84, 104), "kitchen", (226, 220, 210), lips=(178, 86, 86),
        age=0.9, lashes=True, earrings=True, beat=4,
    ),
    "Farid": Look(
        SAND, ESPRESSO, "quiff", "hoodie", (104, 116, 92), "plant", (214, 208, 198), beard="full",
        grins=True, beat=8,
    ),
    "Amina": Look(
        BRONZE, INK, "headscarf", "wrap", (76, 96, 112), "lamp", (228, 216, 204), cover=(204, 168, 156),
        lips=(160, 80, 74), lashes=True, jaw=0.94, talks=True, beat=2,
    ),
    "Mei": Look(
        SAND, INK, "long", "crew", (62, 66, 78), "plant", (204, 210, 200), lips=(190, 96, 92), jaw=0.95,
        grins=True, lashes=True, beat=11,
    ),
    "Walter": Look(
        ROSY, WHITE, "sides", "blazer", (94, 80, 72), "lamp", (198, 190, 182), eyes=(92, 118, 138), age=1.0,
        beard="moustache", glasses="round", jaw=1.05, beat=5,
    ),
    "Zola": Look(
        DEEP, INK, "braids", "crew", (198, 92, 74), "wall", (230, 212, 188), lips=(128, 54, 60),
        lashes=True, glasses="round", jaw=0.96, grins=True, beat=13,
    ),
    "Mia": Look(
        PORCELAIN, BLOND, "ponytail", "hoodie", (150, 128, 178), "kitchen", (214, 220, 224),
        eyes=(86, 122, 150), lips=(210, 112, 108), lashes=True, jaw=0.92, talks=True, beat=7,
    ),
    "Kenji": Look(
        PORCELAIN, INK, "quiff", "shirt", (88, 128, 112), "shelf", (214, 212, 204), glasses="square",
        grins=True, jaw=0.98, beat=10,
    ),
}  # fmt: skip

# What the same face wears, and where it sits, when the cast is used up.
CLOTHES: tuple[Colour, ...] = ((88, 122, 148), (170, 96, 92), (112, 128, 98), (196, 160, 108), (112, 94, 134))
ROOMS: tuple[Room, ...] = ("wall", "lamp", "window", "plant", "shelf")


def named(name: str) -> Look:
    """Somebody of the cast by their first name; one of many, as "Person 7", by the number."""
    first, *more = name.split() or [""]
    number = int(more[-1]) - 1 if more and more[-1].isdigit() else sum(name.encode())
    return CAST.get(first) or numbered(number)


def numbered(number: int) -> Look:
    """One of many: the cast in turn, each round in other clothes, another room and another rhythm."""
    looks = list(CAST.values())
    turn, place = divmod(number, len(looks))
    look = looks[place]
    if not turn:
        return look
    change = (turn * 2 + place) % len(CLOTHES)
    return replace(look, cloth=CLOTHES[change], room=ROOMS[change], beat=look.beat + 3 * turn)
