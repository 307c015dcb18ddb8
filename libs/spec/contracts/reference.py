"""The API reference of one service: its commands and questions, their fields, and what the fields accept."""

from libs.host.service import vocabularies
from libs.host.validation import ITEMS, LENGTH
from libs.spec.contracts.protos import Field, File, Message, Protos


def reference(protos: Protos, name: str) -> str:
    file = protos.files[name]
    lines = [f"# {file.service or file.package}", "", file.comment, ""]
    if file.methods:
        lines += methods(file)
    for message in ordered(file):
        lines += section(message)
    return "\n".join(lines)


def methods(file: File) -> list[str]:
    by_name = {message.name: message for message in file.messages}
    lines = ["| method | kind | answer |", "|---|---|---|"]
    for method in file.methods:
        kind = "command" if by_name[method.request].is_command else "question"
        lines.append(f"| [{method.name}](#{method.name.lower()}) | {kind} | {link(method.answer, file.package)} |")
    return [*lines, ""]


def ordered(file: File) -> list[Message]:
    """Requests in the order of the methods, then what they and the answers consist of."""
    requests = {method.request: at for at, method in enumerate(file.methods)}
    return sorted(file.messages, key=lambda message: requests.get(message.name, len(requests)))


def section(message: Message) -> list[str]:
    package, _, name = message.name.rpartition(".")
    lines = [f"## {name}", ""]
    if message.comment:
        lines += [message.comment, ""]
    if message.fields:
        lines += ["| field | type | accepts | |", "|---|---|---|---|"]
        lines += [
            f"| {field.name} | {typed(field, package)} | {accepts(field)} | {field.comment} |"
            for field in message.fields
        ]
        lines.append("")
    return lines


def typed(field: Field, package: str) -> str:
    prefix, _, kind = field.type.rpartition(" ") if not field.type.startswith("map<") else ("", "", field.type)
    return f"{prefix} {link(kind, package)}".strip()


def link(kind: str, package: str) -> str:
    """A message's name as a link to where it is described; other types as they are."""
    if not kind.startswith("samspor."):
        return kind.removeprefix("google.protobuf.")
    home, _, name = kind.rpartition(".")
    page = "" if home == package else f"{home.split('.')[1]}.md"
    return f"[{name}]({page}#{name.lower()})"


def accepts(field: Field) -> str:
    """The field's rules in words."""
    rules, said = field.rules, []
    if rules.required:
        said.append("required")
    if rules.uuid:
        said.append("UUID")
    elif rules.vocabulary:
        said.append("one of " + ", ".join(f"`{word}`" for word in vocabularies()[rules.vocabulary]))
    elif field.type.endswith("string"):
        said.append(f"at most {rules.max_length or LENGTH} characters")
    if field.type.startswith("repeated"):
        said.append(f"at most {rules.max_items or ITEMS} items")
    if rules.personal:
        said.append("**personal**")
    return "; ".join(said)
