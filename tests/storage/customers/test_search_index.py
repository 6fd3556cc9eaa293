"""The search in a book so large that it is indexed: real errors of typing, people's sight, and names that change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from commands.data.importing import run_import
from risk_engine.people.roles import Reach
from storage.customers import search, search_index, spellings
from storage.database import Database
from storage.migrations import migrate
from storage.sight import EVERYTHING, Sight
from tests.conftest import MONDAY
from tests.databases import Fill

# as people have typed them: from Wikipedia's list of common misspellings
TYPED = """
accomodate accommodate|acheive achieve|adress address|agressive aggressive|aparent apparent|arguement argument|assasin assassin
basicly basically|begining beginning|beleive believe|bizzare bizarre|buisness business|calender calendar|carribean caribbean
cemetary cemetery|chauffer chauffeur|collegue colleague|comming coming|commitee committee|completly completely|concious conscious
curiousity curiosity|definately definitely|dilemna dilemma|dissapear disappear|dissapoint disappoint|ecstacy ecstasy
embarass embarrass|enviroment environment|existance existence|farenheit fahrenheit|familar familiar|finaly finally
florescent fluorescent|foriegn foreign|forseeable foreseeable|fourty forty|foward forward|freind friend|futher further|gaurd guard
glamourous glamorous|goverment government|gaurantee guarantee|happend happened|harrass harass|honourary honorary
humourous humorous|idiosyncracy idiosyncrasy|immediatly immediately|incidently incidentally|independant independent
interupt interrupt|irresistable irresistible|knowlege knowledge|liase liaise|libary library|lollypop lollipop
millenium millennium|mispell misspell|neccessary necessary|noticable noticeable|ocassion occasion|occured occurred
occurence occurrence|pavillion pavilion|persistant persistent|pharoah pharaoh|peice piece|politican politician
portugese portuguese|posession possession|prefered preferred|propoganda propaganda|publically publicly|realy really
recieve receive|refered referred|religous religious|rember remember|resistence resistance|sence sense|seperate separate
seige siege|succesful successful|supercede supersede|suprise surprise|tatoo tattoo|tendancy tendency|therefor therefore
threshhold threshold|tommorow tomorrow|tounge tongue|truely truly|unforseen unforeseen|unfortunatly unfortunately|untill until
wierd weird
"""
PAIRS = [(wrong, right) for line in TYPED.split("\n") for pair in line.split("|") if pair for wrong, right in [pair.split()]]
TRADES, FORMS = ("Steel", "Logistics", "Foods", "Energy", "Shipping", "Glass"), ("GmbH", "AG", "Ltd", "S.p.A.")
MANY = search_index.UNINDEXED + 500


def book() -> str:
    """A customer for each right word, among many of common names, with two names as other languages write them."""
    lines = ["id,name,department,manager,aliases"]
    lines += [f"W-{place},{right.title()} {TRADES[place % 6]} {FORMS[place % 4]},North,Ana," for place, (_wrong, right) in enumerate(PAIRS)]
    lines += [f"C-{place:05},Brasal{place % 97} {TRADES[place % 6]} {FORMS[place % 4]},South,Ben," for place in range(MANY)]
    lines += ["ZJ,浙江远洋海运集团,South,Ben,Zhejiang Ocean Shipping", "NH,Nordhafen Terminal AG,South,Ben,"]
    return "\n".join(lines)


def load(database: Database, folder: Path, text: str, days: int = 0) -> None:
    (folder / "customers.csv").write_text(text, "utf-8")
    run_import(database, "customers", folder / "customers.csv", at=MONDAY + timedelta(days=days), progress=False)


def fill(database: Database) -> None:
    migrate.upgrade(database)
    with TemporaryDirectory() as folder:
        load(database, Path(folder), book())


@pytest.fixture
def stock() -> Fill:
    return fill


@pytest.fixture
def indexed(database: Database) -> Database:
    with database.begin(EVERYTHING) as tx:
        assert search_index.through(tx) == search_index.newest(tx)
    return database


@pytest.fixture
def find(indexed: Database) -> Callable[..., list[str]]:
    def ids(text: str, sight: Sight = EVERYTHING) -> list[str]:
        with indexed.begin(sight) as tx:
            return [found.id for found in search.find(tx, text)]

    return ids


def test_real_errors_of_typing_find_nineteen_in_twenty(find):
    missed = [(wrong, right) for place, (wrong, right) in enumerate(PAIRS) if f"W-{place}" not in find(wrong)]
    missed += [(wrong, right) for place, (wrong, right) in enumerate(PAIRS) if find(f"{wrong} {TRADES[place % 6]}")[:1] != [f"W-{place}"]]

    assert len(missed) <= 0.05 * 2 * len(PAIRS), missed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nordhafn", "NH"),
        ("nord hafen", "NH"),
        ("nordhafenterminal", "NH"),
        ("terminal nordhafen", "NH"),
        ("nordha", "NH"),
        ("远洋海运", "ZJ"),
        ("zhejiang ocaen", "ZJ"),
        ("c 00017", "C-00017"),
        ("C-00017", "C-00017"),
    ],
)
def test_what_is_meant_comes_first_among_thousands(find, typed: str, meant: str):
    assert find(typed)[:1] == [meant]


def test_what_resembles_nothing_finds_nothing_among_thousands(find):
    assert find("qqqqqq xyzzyx") == []


def test_people_find_their_own_among_thousands_and_nobody_elses(find):
    north, ben = Sight(Reach.DEPARTMENT, frozenset({"north"})), Sight(Reach.OWN, names=frozenset({"ben"}))

    assert find("recieve", north) == find("recieve")
    assert find("recieve", ben) == []
    assert find("nordhafn", ben) == ["NH"]
    assert find("nordhafn", north) == []
    assert {id[0] for id in find("steel", north)} == {"W"}


def test_after_the_index_was_made_only_present_names_are_found(indexed, find, tmp_path):
    load(indexed, tmp_path, "id,name\nNH,Hydra Renewables\nQU,Quixotic Windmills\n", days=1)

    assert find("nordhafen terminal") == []
    assert find("hydra renewabels") == ["NH"]
    assert find("quixottic") == ["QU"]


@pytest.mark.parametrize(
    ("typed", "word", "alike"),
    [("vltava", "vltava", True), ("vlatva", "vltava", True), ("vltva", "vltava", True), ("kvo", "kov", True), ("kov", "kop", True)],
)
def test_words_that_are_alike_share_a_spelling(typed: str, word: str, alike: bool):
    assert bool(spellings.spellings(typed) & spellings.spellings(word)) is alike
    assert (spellings.likeness(typed, word) > 0) is alike


def test_numbers_are_not_mistyped_into_each_other():
    assert spellings.spellings("00017") == {"00017"}
