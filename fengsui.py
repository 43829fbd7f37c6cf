"""The command line. Each verb imports only the room it needs; nothing imports this file."""

from __future__ import annotations

import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="fengsui",
    help="烽燧 Fengsui: emergency command for a township.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
credentials = typer.Typer(help="Tokens of the console feed.", no_args_is_help=True)
app.add_typer(credentials, name="credentials")

Data = Annotated[Path, typer.Option(help="Folder of the post's own files.")]
Mqtt = Annotated[str | None, typer.Option(help="mqtt://HOST:PORT; else the embedded broker.")]
Redis = Annotated[str | None, typer.Option(help="redis://HOST:PORT; else the embedded store.")]


def _run(work: Coroutine[Any, Any, Any], *, quiet: bool = False) -> Any:
    """Run to the end; what a person can put right is one line on stderr, and exit 1, or 2.

    `quiet`: the error goes on, for stderr is not the person's just now.
    """
    from command.errors import FengsuiError
    from command.runner import run

    try:
        return run(work)
    except FengsuiError as error:
        if quiet:
            raise
        raise _said(error) from None


def _said(error: Exception) -> typer.Exit:
    """The error in one line; exit 2 where the command line itself is wrong."""
    from command.errors import UsageError

    typer.echo(f"fengsui: {error}", err=True)
    return typer.Exit(2 if isinstance(error, UsageError) else 1)


@app.command()
def serve(
    township: Annotated[Path, typer.Option(help="Folder with the township's files.")],
    mqtt: Mqtt = None,
    redis: Redis = None,
    listen: Annotated[str, typer.Option(help="HOST:PORT of the feed.")] = "127.0.0.1:8460",
    data: Data = Path("data"),
    standby: Annotated[bool, typer.Option(help="Wait for the lease, and again when lost.")] = False,
    root: Annotated[str, typer.Option(help="fs, or fsx for a drill.")] = "fs",
    lease: Annotated[float, typer.Option(help="Seconds of a lease.", min=0.5)] = 6.0,
    console: Annotated[
        bool,
        typer.Option(
            "--console/--no-console",
            help="Keep a token for this computer's console; in a terminal, open it here.",
        ),
    ] = False,
) -> None:
    """Be the command post of a township."""
    from command import screen
    from command.announce import announce
    from command.app import serve as be_the_post
    from command.errors import UsageError
    from command.settings import read

    try:
        settings = read(
            township=township,
            mqtt=mqtt,
            redis=redis,
            listen=listen,
            data=data,
            standby=standby,
            root=root,
            lease_s=lease,
        )
    except UsageError as error:
        raise _said(error) from None
    if not console:
        _run(be_the_post(settings, announce))
    elif not screen.terminal():
        _run(screen.serve_with_token(settings))
    else:
        _beside(settings)


def _beside(settings: Any) -> None:
    """The post in the background, the console on this terminal."""
    from command import screen
    from command.errors import FengsuiError
    from sensors.words import tr

    log = settings.data / screen.LOG
    typer.echo(tr("Starting the post; what it says is in {log} ...").format(log=log))
    try:
        with screen.aside(log) as terminal:
            code = _run(screen.serve_with_console(settings, terminal), quiet=True)
        screen.ended(code or 0, log)
    except FengsuiError as error:
        raise _said(error) from None


@app.command()
def console(
    url: Annotated[str, typer.Option(help="The post's feed.")] = "ws://127.0.0.1:8460/console",
    token: Annotated[
        str | None, typer.Option(help="Else FENGSUI_TOKEN, else the one kept in --data.")
    ] = None,
    data: Annotated[Path, typer.Option(help="Folder of a post on this computer.")] = Path("data"),
    lang: Annotated[str | None, typer.Option(help="zh or en.")] = None,
    theme: Annotated[str | None, typer.Option(help="night contrast ansi mono")] = None,
    readonly: Annotated[bool, typer.Option("--readonly", help="Send nothing.")] = False,
    guard: Annotated[
        float | None,
        typer.Option(help="Seconds before a dialog accepts F3.", min=0.4, max=1.5),
    ] = None,
    sound_command: Annotated[
        str | None, typer.Option(help="Program to call with a sound's word.")
    ] = None,
) -> None:
    """The duty officer's console."""
    import shlex

    from command import desk_token, screen
    from command.errors import FengsuiError
    from console.main import Options, start
    from console.styles import THEMES

    _one_of("--lang", lang, ("zh", "en"))
    _one_of("--theme", theme, THEMES)
    try:
        argv = tuple(shlex.split(sound_command or ""))
    except ValueError as error:
        raise typer.BadParameter(f"--sound-command: {error}") from None
    try:
        known = token or os.environ.get("FENGSUI_TOKEN") or desk_token.read(data)
    except FengsuiError as error:
        raise _said(error) from None
    options = Options(
        url=url,
        token=known,
        lang=lang,
        theme=theme,
        guard_s=guard,
        readonly=readonly,
        beside=os.environ.get(screen.BESIDE_VARIABLE) == "1",
        sound_command=argv,
    )
    raise typer.Exit(start(options))


def _one_of(option: str, value: str | None, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise typer.BadParameter(f"{option}: {' '.join(choices)}")


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder with the township's files.")],
    lang: Annotated[str | None, typer.Option(help="zh or en.")] = None,
) -> None:
    """Read a township's folder, and say everything that is wrong and how to put it right."""
    from command.loader import main_check
    from sensors.words import language

    raise typer.Exit(main_check(folder, lang or language()))


@credentials.command("token")
def token(
    name: Annotated[str, typer.Argument(help="Whose console: a post, not a person.")],
    role: Annotated[str, typer.Option(help="officer leader observer trainer")],
    data: Data = Path("data"),
    redis: Redis = None,
) -> None:
    """Make a token for a console, and print it: it is shown once, and kept as a hash."""
    from command.offline import make_token

    typer.echo(_run(make_token(name, role, data, redis)))


@credentials.command("revoke")
def revoke(
    name: Annotated[str, typer.Argument(help="Whose console.")],
    data: Data = Path("data"),
    redis: Redis = None,
) -> None:
    """Forget all tokens of a name."""
    from command.offline import forget_tokens

    typer.echo(_run(forget_tokens(name, data, redis)))


@app.command()
def log(
    data: Data = Path("data"),
    redis: Redis = None,
    township: Annotated[str | None, typer.Option(help="Township id; needed if several.")] = None,
    since: Annotated[str | None, typer.Option(help="Only what comes after this position.")] = None,
    root: Annotated[str, typer.Option(help="fs, or fsx for drills.")] = "fs",
) -> None:
    """Print the log as JSON lines, one event a line."""
    from command.offline import print_log

    _run(print_log(data, redis, root, township, since, sys.stdout))


@app.command()
def handheld(
    unit: Annotated[str, typer.Argument(help="Unit id, as in units.csv.")],
    township: Annotated[str, typer.Option(help="Township id.")],
    mqtt: Annotated[str, typer.Option(help="mqtt://HOST:PORT")] = "mqtt://127.0.0.1:1883",
    data: Annotated[Path, typer.Option(help="Folder of this handheld's files.")] = Path(
        "data/handheld"
    ),
    device: Annotated[str, typer.Option(help="One of several of this unit.")] = "",
    place: Annotated[str, typer.Option(help="Village or group id, for its notices.")] = "",
    root: Annotated[str, typer.Option(help="fs, or fsx for a drill.")] = "fs",
    auto: Annotated[
        str | None, typer.Option(help="Answer by itself: accept=5,go=20,here=90.")
    ] = None,
    speed: Annotated[float, typer.Option(help="Divides the delays of --auto.")] = 1.0,
    lang: Annotated[str | None, typer.Option(help="zh or en.")] = None,
    json_lines: Annotated[bool, typer.Option("--json", help="Lines for programs.")] = False,
) -> None:
    """A field team's handheld in a terminal: orders in, answers out."""
    import asyncio

    from sensors.handheld.main import Options, run

    options = Options(
        unit=unit,
        township=township,
        mqtt=mqtt,
        data=data,
        root=root,
        auto=auto,
        speed=speed,
        lang=lang,
        place=place,
        device=device,
        json=json_lines,
    )
    raise typer.Exit(asyncio.run(run(options)))


@app.command()
def drill(
    name: Annotated[
        str | None,
        typer.Argument(
            help="smoke, ridge-fire, flood-night, earthquake, coach, missing-child, quiet-night,"
            " or the path of a .toml file."
        ),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            help="Times faster than real time; else 10, and 1 with a console.", min=0.1, max=60
        ),
    ] = None,
    fast: Annotated[
        bool,
        typer.Option("--fast", help="Virtual clock: the post itself, no servers, in a second."),
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Folder for report, transcript, log.")] = None,
    mqtt: Mqtt = None,
    redis: Redis = None,
    township: Annotated[
        Path | None, typer.Option(help="Folder with the township's files; else the reference one.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Kept folder; else a temporary one. Of --live: the running post's."),
    ] = None,
    lang: Annotated[str | None, typer.Option(help="zh or en.")] = None,
    console: Annotated[
        bool | None,
        typer.Option("--console/--no-console", help="An officer's console; in a terminal, yes."),
    ] = None,
    live: Annotated[
        bool,
        typer.Option(
            "--live", help="Beside the running post of --data, or of --mqtt and --redis: root fsx."
        ),
    ] = False,
    people: Annotated[
        str, typer.Option(help="Of --live: units with a real handheld (--root fsx), by commas.")
    ] = "",
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(
            help="Two policies, folders or plans, on the virtual clock; without NAME all."
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(help="Of --compare: how many pairs.", min=1)] = 20,
) -> None:
    """Play a drill on a post of its own; exit 0 if every inject got its expected action.

    With --compare A B play it over many seeds; exit 1 if A is shown to be worse.
    """
    if compare is not None:
        if speed or mqtt or redis or data or console or live:
            raise typer.BadParameter("--compare runs on the virtual clock, without servers")
        raise typer.Exit(_compared(name, compare, seeds, report, township, lang))
    if name is None:
        raise typer.BadParameter("Which drill? Or --compare A B.")
    from command import screen
    from command.errors import ConfigError
    from sensors.words import language
    from simulations.drill import Options
    from simulations.drill import drill as play
    from simulations.drill import fast as play_fast
    from simulations.player import TOWNSHIP
    from simulations.scenario import find, load

    try:
        scenario = load(find(name))
    except ConfigError as error:
        typer.echo(f"fengsui: {error}", err=True)
        raise typer.Exit(2) from None
    if fast and live:
        raise typer.BadParameter("--fast has a clock of its own, --live the one on the wall")
    if people and not live:
        raise typer.BadParameter("--people goes with --live: there they have the handhelds")
    manned = not fast and (screen.terminal() if console is None else console)
    if manned and not screen.terminal():
        raise typer.BadParameter("--console: this is not a terminal")
    options = Options(
        scenario.answered_by([name.strip() for name in people.split(",") if name.strip()]),
        speed=speed or (1.0 if manned or live else 10.0),
        report=report,
        mqtt=mqtt,
        redis=redis,
        township=township or TOWNSHIP,
        data=data,
        lang=lang or language(),
        live=live,
    )
    played = play_fast(options) if fast else _manned(options) if manned else _run(play(options))
    raise typer.Exit(0 if played is not None and played.passed else 1)


def _compared(
    name: str | None,
    compare: tuple[str, str],
    seeds: int,
    report: Path | None,
    township: Path | None,
    lang: str | None,
) -> int:
    """The exit code of `drill --compare`."""
    from command.errors import ConfigError
    from sensors.words import language
    from simulations.compare import Options
    from simulations.compare import compare as play_both
    from simulations.player import TOWNSHIP
    from simulations.scenario import find, known, load

    try:
        options = Options(
            scenarios=[load(find(each)) for each in ([name] if name else known())],
            first=compare[0],
            second=compare[1],
            seeds=seeds,
            township=township or TOWNSHIP,
            report=report,
            lang=lang or language(),
        )
        return 0 if play_both(options) else 1
    except ConfigError as error:
        typer.echo(f"fengsui: {error}", err=True)
        return 2


def _manned(options: Any) -> Any:
    """The drill with an officer's console on this terminal; what it says comes at the end."""
    import io
    import tempfile
    from dataclasses import replace

    from command import screen
    from command.errors import FengsuiError
    from simulations.drill import drill as play

    said = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="fengsui-drill-log-") as folder:
        log = (options.report or Path(folder)) / screen.LOG
        try:
            with screen.aside(log) as terminal:
                return _run(play(replace(options, console=terminal), said), quiet=True)
        except FengsuiError as error:
            raise _said(error) from None
        finally:
            typer.echo(said.getvalue(), nl=False)


@app.command()
def bench(
    name: Annotated[str | None, typer.Argument(help="Which one; all of them without.")] = None,
    embedded: Annotated[bool, typer.Option("--embedded", help="On the embedded pair.")] = False,
    json_lines: Annotated[bool, typer.Option("--json", help="Figures for programs.")] = False,
    seconds: Annotated[
        float | None, typer.Option(help="Of the benchmark console; else 60.", min=1)
    ] = None,
) -> None:
    """Measure this machine against the design: `faults` kills post, broker and store."""
    from command.errors import FengsuiError
    from simulations.bench import run

    try:
        code = run(name, as_json=json_lines, embedded=embedded, seconds=seconds)
    except FengsuiError as error:
        raise _said(error) from None
    raise typer.Exit(code)


def main() -> None:
    """The console script `fengsui`."""
    try:
        code = app(prog_name="fengsui", standalone_mode=False)
    except typer.TyperException as error:  # bad use: one line, not three
        _say_how(error)
        code = error.exit_code
    except typer.Abort:
        code = 130  # Ctrl-C, as a shell has it
    sys.exit(code if isinstance(code, int) else 0)


def _say_how(error: typer.TyperException) -> None:
    """What is wrong, and where to read how; a group without a verb says all it has instead."""
    message, context = error.format_message(), getattr(error, "ctx", None)
    if context is None or "\n" in message:
        typer.echo(message, err=True)
    else:
        path = context.command_path
        typer.echo(f"{path}: {message} ({path} --help)", err=True)


if __name__ == "__main__":
    main()
