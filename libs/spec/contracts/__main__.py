"""Writes docs/contracts, and removes what is no longer declared."""

from libs.spec.contracts import FOLDER, committed, documents

if __name__ == "__main__":
    made = documents()
    for gone in committed().keys() - made.keys():
        (FOLDER / gone).unlink()
    for name, text in made.items():
        file = FOLDER / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
