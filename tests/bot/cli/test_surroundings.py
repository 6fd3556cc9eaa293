"""The command line in unfriendly surroundings: outputs that are not UTF-8, and addresses of other databases."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from bot.cli import main
from tests.bot.conftest import Typed


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "gb18030", "utf-8"])
def test_every_output_prints_what_it_can(typed: Typed, monkeypatch: pytest.MonkeyPatch, encoding: str):
    Path("c.csv").write_text("id,name\nC1,北港“Łódź” – Müller\n", encoding="utf-8")
    typed("import", "customers", "c.csv")
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding))

    codes = [main(line.split()) for line in ("score", "score --customer C1", "data", "digest")]
    sys.stdout.flush()

    assert codes == [0, 0, 0, 0]
    assert b"C1" in printed.getvalue()


def test_a_refusal_prints_what_it_can(typed: Typed, monkeypatch: pytest.MonkeyPatch):
    Path("c.csv").write_text("id,name\nC1,\nC<2>,北港\n", encoding="utf-8")
    complained = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(complained, "ascii"))

    code = main(["import", "customers", "c.csv"])
    sys.stderr.flush()

    assert (code, b'id = "C<2>"' in complained.getvalue()) == (1, True)


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg2://u:geheim@127.0.0.1:1/x", "mysql://u:geheim@h/x", "oracle://h", "rubbish", "sqlite+aiosqlite:///x"]
)
@pytest.mark.parametrize("line", ["migrate", "score", "restore x.sqlite", "import customers c.csv"])
def test_an_address_of_another_database_is_refused_by_the_name_of_the_variable(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, url: str, line: str
):
    monkeypatch.setenv("DATABASE_URL", url)
    Path("x.sqlite").write_bytes(b"")

    code, said, complained = typed(*line.split())

    assert (code, said) == (1, "")
    assert complained.startswith("DATABASE_URL is wrong: ")
    assert "expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME" in complained
    assert "geheim" not in complained
    assert "Traceback" not in complained


def test_a_folder_is_no_database_and_keeps_its_mode(typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "shared").chmod(0o755)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/shared")

    code, _said, complained = typed("migrate")

    assert (code, "it is no ordinary file" in complained) == (1, True)
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o755
