"""The floor of the stack: the least that a typer app of two commands does, without rich and with one rich table.

python benchmarks/minimal_app.py plain | table
"""

import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@app.command()
def plain() -> None:
    """Print 20 lines."""
    for number in range(1, 21):
        typer.echo(f"{number} 及时公开有关信息，做好解读回应 未开始")


@app.command()
def table() -> None:
    """Print a table of 20 rows."""
    from rich.console import Console
    from rich.table import Table

    shown = Table("编号", "具体要求", "状态")
    for number in range(1, 21):
        shown.add_row(str(number), "及时公开有关信息，做好解读回应", "未开始")
    Console().print(shown)


if __name__ == "__main__":
    app()
