"""Every rule proves itself on its own lines: those it must find, and those it must not raise to its tier."""

from bot.domain.screen.reading import Screen


def unproved(screen: Screen) -> list[str]:
    """One sentence for each line that is not read as its rule says; empty when all is well."""
    faults: list[str] = []
    for rule in (rule for pack in screen.packs for rule in pack.rules):
        name = rule.id.partition(".")[2]
        read = screen.read if rule.tier.opens_case else screen.read_whole
        for line in rule.must_match:
            finding = read(line)
            if rule.id not in finding.rules:
                faults.append(f'{rule.place}: rule {name}: does not find "{line}", which it must match')
            elif finding.tier < rule.tier:
                why = ", ".join(finding.modifiers) or "another reading"
                faults.append(
                    f'{rule.place}: rule {name}: finds "{line}" only as {finding.tier.name} ({why})'
                )
        for line in rule.must_not_match:
            finding = screen.read(line)
            if finding.tier >= rule.tier:
                faults.append(
                    f'{rule.place}: rule {name}: "{line}", which it must not match, is read as '
                    f"{finding.tier.name} ({', '.join(finding.rules)})"
                )
    return faults
