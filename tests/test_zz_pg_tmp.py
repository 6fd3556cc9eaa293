import os
from bot import cli
def test_pg(database_url, capsys, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    cli.main(["migrate"])
    assert cli.main(["demo"]) == 0
    assert cli.main(["demo"]) == 0
    print(capsys.readouterr().out)
