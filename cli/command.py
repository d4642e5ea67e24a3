"""A command that tells of every wrong value at once."""

from __future__ import annotations

import click


class Command(click.Command):
    """As click's, which stops at the first value that it cannot take."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; after a wrong value look at the others as well."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if others := self._having(ctx, error.option_name):
                *most, last = (f"greeks {name}" for name in others)
                names = f"{', '.join(most)} and {last}" if most else last
                raise click.UsageError(
                    f"{error.option_name} is an option of {names}, not of greeks {self.name}", ctx
                ) from error
            raise
        except (click.BadParameter, click.MissingParameter) as first:
            found = self._all_problems(ctx, given)
            if len(found) < 2:
                raise
            raise click.UsageError("\n  ".join(found), ctx) from first

    def _having(self, ctx: click.Context, option: str) -> list[str]:
        """Other commands that know an option."""
        group = ctx.parent.command if ctx.parent else None
        if not isinstance(group, click.Group):
            return []
        named = [(name, group.get_command(ctx, name)) for name in group.list_commands(ctx) if name != self.name]
        return [
            name
            for name, other in named
            if other is not None and any(option in (*each.opts, *each.secondary_opts) for each in other.params)
        ]

    def _all_problems(self, ctx: click.Context, args: list[str]) -> list[str]:
        options, rest, _ = self.make_parser(ctx).parse_args(args=args)
        found = []
        for parameter in self.get_params(ctx):
            try:
                _, rest = parameter.handle_parse_result(ctx, options, rest)
            except click.UsageError as error:
                found.append(error.format_message().rstrip("."))
        return found
